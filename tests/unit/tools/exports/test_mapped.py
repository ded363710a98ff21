"""A CSV file with a mapping: each column means what it is told to mean, and nothing is guessed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tools.base import Rejected, SourceRecord, UnreadableSource
from tools.exports.mapped import read_mapped, read_mapping

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MAPPING = """
name = "pbx"
stream = "calls"
zone = "Europe/Berlin"
region = "DE"
day_first = true
occurred_at = "Start"
[fields]
from = "Von"
to = "An"
direction = "=inbound"
status = "Ergebnis"
talk_s = "Dauer"
[values.status]
"NO ANSWER" = "no_answer"
ANSWERED = "completed"
BUSY = "busy"
FAILED = "failed"
CONGESTION = "failed"
"""
ROWS = """Start;Von;An;Ergebnis;Dauer
02.03.2026 09:00:00;030 999001;030 12345670;ANSWERED;1:05
02.03.2026 09:10:00;;030 12345670;no answer;0
"""


def _read(folder: Path, rows: str = ROWS, mapping: str = MAPPING) -> tuple[list[SourceRecord], list[Rejected]]:
    (folder / "m.toml").write_text(mapping, encoding="utf-8")
    (folder / "c.csv").write_text(rows, encoding="utf-8")
    rejects: list[Rejected] = []
    found = list(read_mapped(folder / "c.csv", read_mapping(folder / "m.toml"), NOW, rejects.append))
    return found, rejects


def test_rows_become_records(tmp_path: Path) -> None:
    (first, second), rejects = _read(tmp_path)
    assert rejects == []
    assert first.occurred_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert (first.fields["status"], first.fields["talk_s"], first.fields["direction"]) == ("completed", 65.0, "inbound")
    assert (second.fields["status"], "from" in second.fields) == ("no_answer", False)


def test_the_same_row_is_the_same_record_however_it_is_spaced(tmp_path: Path) -> None:
    (first, _), _ = _read(tmp_path)
    (again, _), _ = _read(tmp_path, ROWS.replace("030 999001", "  030 999001 "))
    assert first.source_id == again.source_id
    assert first.source_id.startswith("pbx:")


def test_a_word_that_nobody_knows_is_rejected_with_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    found, (reject,) = _read(tmp_path, ROWS + "02.03.2026 09:20:00;1;2;HOLD;0\n02.03.2026 09:30:00;1;2;BUSY;0\n")
    assert (len(found), reject.line, reject.field) == (3, 4, "status")
    assert "HOLD" in reject.reason


@pytest.mark.parametrize("bad", ["32.03.2026 09:00:00;1;2;BUSY;0", ";1;2;BUSY;0", "02.03.2026 09:00:00;1;2;BUSY;long"])
def test_a_row_that_cannot_be_read_is_rejected(tmp_path: Path, bad: str) -> None:
    found, rejects = _read(tmp_path, f"{ROWS}{bad}\n")
    assert (len(found), len(rejects)) == (2, 1)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('zone = "Europe/Berlin"', "zone"), ('region = "DE"', "region"), ('stream = "calls"', "stream"),
        ('occurred_at = "Start"', "occurred_at"),
    ],
)  # fmt: skip
def test_zone_region_and_time_are_never_assumed(tmp_path: Path, line: str, word: str) -> None:
    with pytest.raises(UnreadableSource, match=word):
        _read(tmp_path, mapping=MAPPING.replace(line, ""))


@pytest.mark.parametrize(
    "mapping", ["stream = [", MAPPING.replace("Europe/Berlin", "Mars"), "colour = 1\n" + MAPPING, ""]
)
def test_a_mapping_that_cannot_be_used_is_told_in_one_line(tmp_path: Path, mapping: str) -> None:
    with pytest.raises(UnreadableSource) as told:
        _read(tmp_path, mapping=mapping)
    assert "m.toml" in str(told.value)


def test_a_column_that_is_not_there_ends_it_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="Von"):
        _read(tmp_path, ROWS.replace("Von", "Caller"))


def test_lists_keys_and_accounts(tmp_path: Path) -> None:
    mapping = """
name = "log"
stream = "emails"
zone = "UTC"
region = "GB"
id = "Id"
occurred_at = "When"
account_id = "Customer"
[fields]
to = "To"
direction = "=outbound"
[lists]
to = ";"
"""
    rows = "Id,When,Customer,To\nm1,2026-03-01T10:00:00Z,a1,x@y.example; z@y.example\n,2026-03-01,a1,x@y.example\n"
    (mail,), (reject,) = _read(tmp_path, rows, mapping)
    assert (mail.source_id, mail.account_id) == ("log:m1", "a1")
    assert mail.fields["to"] == ["x@y.example", "z@y.example"]
    assert (reject.line, reject.field) == (3, "Id")
