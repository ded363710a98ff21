"""The gate: what closes it, what a crashed or missing case counts as, and whether regressions can be planted."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals import gate, report, sabotage
from evals.__main__ import main, suite_named
from evals.frame import Played, Suite, SuiteResult, Verdicts, run_suite
from evals.suites import NAMES

CASES = [{"id": name, "segments": {"kind": "x"}} for name in ("good", "bad", "lost", "breaks", "unjudged")]


def played(cases: Sequence[Mapping[str, Any]]) -> Played:
    return Played({"good": 1, "bad": 2, "breaks": 3, "unjudged": 4}, seconds=[0.1, 0.2, 0.3])


def judged(case: Mapping[str, Any], output: Any) -> Verdicts:
    if output == 3:
        raise ValueError("the grader broke")
    return {} if output == 4 else {"is one": None if output == 1 else "it is another"}


def result(**more: Any) -> SuiteResult:
    return run_suite(Suite("made", Path(), CASES, played, judged, **more))


def test_every_committed_case_counts_also_one_that_crashed_or_is_missing() -> None:
    found = result()
    assert [x.id for x in found.results] == ["good", "bad", "lost", "breaks", "unjudged"]
    assert [x.passed for x in found.results] == [True, False, False, False, False]
    assert all(x.reasons for x in found.results if not x.passed)
    assert gate.segments(found) == {"kind=x": (1, 5)}


def test_a_run_that_breaks_fails_every_case_with_its_reason() -> None:
    def broken(cases: Sequence[Mapping[str, Any]]) -> Played:
        raise RuntimeError("no database")

    found = run_suite(Suite("made", Path(), CASES, broken, judged))
    assert found.passed == 0
    assert all("no database" in x.reasons[0] for x in found.results)


def test_what_passed_may_not_fail_and_what_failed_may(tmp_path: Path) -> None:
    found = result()
    gate.write_baseline(found, tmp_path)
    before = gate.baseline("made", tmp_path)
    assert before is not None
    assert gate.judge(found, before).open
    assert gate.judge(found, {**before, "bad": True}).broken == ("bad",)
    assert gate.judge(found, {**before, "good": False}).mended == ("good",)
    assert not gate.judge(found, {**before, "bad": True}).open
    assert gate.judge(found, {**before, "good": False}).open


def test_cases_that_come_or_go_close_the_gate_until_the_baseline_follows() -> None:
    found = result()
    before = {x.id: x.passed for x in found.results}
    assert gate.judge(found, {x: y for x, y in before.items() if x != "bad"}).added == ("bad",)
    assert gate.judge(found, {**before, "older": True}).gone == ("older",)
    assert not gate.judge(found, {**before, "older": False}).open
    assert not gate.judge(found, None).open


def test_a_suite_that_must_be_whole_is_refused_whatever_its_baseline_says() -> None:
    found = result(must_be_whole=True)
    assert not gate.judge(found, {x.id: x.passed for x in found.results}).open


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share(passed: int, failed: int) -> None:
    low, high = gate.wilson(passed, passed + failed)
    share = passed / (passed + failed) if passed + failed else 0.5
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1


def test_flips_of_one_kind_alone_are_hardly_chance() -> None:
    assert gate.mcnemar([True] * 10, [False] * 10) < 0.01
    assert gate.mcnemar([True, False] * 5, [False, True] * 5) == 1.0
    assert gate.mcnemar([True] * 10, [True] * 10) == 1.0


def test_the_report_is_written_in_three_shapes_and_its_history_grows(tmp_path: Path) -> None:
    found = result()
    plain = report.plain([found], [gate.judge(found, {})], datetime(2026, 3, 2, tzinfo=UTC), 7)
    report.write(plain, tmp_path)
    report.write(plain, tmp_path)
    assert "| made | 1 of 5 |" in (tmp_path / "report.md").read_text(encoding="utf-8")
    assert (tmp_path / "junit.xml").read_text(encoding="utf-8").count("<failure") == 4
    assert len((tmp_path / "history.jsonl").read_bytes().splitlines()) == 2
    assert report.difference(plain, plain) == []
    assert [x["case"] for x in plain["suites"][0]["results"]] == CASES


@pytest.mark.parametrize("name", NAMES)
def test_a_suite_has_cases_of_its_own_name_each_once_and_a_baseline_of_them(name: str) -> None:
    suite = suite_named(name)
    ids = [x["id"] for x in suite.cases]
    assert suite.name == name
    assert len(ids) == len(set(ids)) > 0
    assert set(gate.baseline(name) or {}) == set(ids)


def test_every_regression_can_be_planted() -> None:
    assert len(sabotage.planted()) >= 20
    assert {x.suite for x in sabotage.planted()} <= set(NAMES)
    sabotage.check_all()


def test_what_ci_runs_has_the_gate_in_it_and_stops_where_it_is_closed() -> None:
    checkout = Path(__file__).parents[3]
    told = (checkout / ".ci" / "run").read_text(encoding="utf-8")
    assert "set -euo pipefail" in told
    assert "make check test evals" in told
    assert "-m evals run" in (checkout / "Makefile").read_text(encoding="utf-8")


def test_a_case_that_nobody_wrote_is_not_passed() -> None:
    with pytest.raises(SystemExit, match="There is no case a-cse"):
        main(["run", "brief", "--case", "a-cse"])
