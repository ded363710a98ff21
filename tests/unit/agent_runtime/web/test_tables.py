"""CSV of hostile names stays text: no cell begins a formula, nothing breaks a line."""

import csv
from datetime import UTC, datetime
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.web.tables import csv_response


def read(body: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(body.decode("utf-8-sig"), newline="")))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_cell_is_a_formula(text: str) -> None:
    [_, row] = read(bytes(csv_response("x.csv", ("a", "b"), [(text, "end")]).body))
    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert row[1] == "end"


def test_times_and_nothing() -> None:
    when = datetime(2026, 3, 2, 9, tzinfo=UTC)
    body = bytes(csv_response("x.csv", ("a", "b", "c"), [(when, None, -3)]).body)
    assert read(body) == [["a", "b", "c"], ["2026-03-02T09:00:00+00:00", "", "-3"]]
