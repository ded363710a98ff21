"""The benchmarks run, at tiny sizes; what they measure is asserted nowhere."""

from pathlib import Path

import orjson
import pytest

from tests.bench.figures import Figure, Machine, p95
from tests.bench.path import full_ingest, one_event
from tests.bench.processes import command_start
from tests.bench.run import main, write
from tests.bench.sweep import sweep


def test_the_sweep_is_measured_idle_and_with_all_that_is_due() -> None:
    figures = sweep(2, expectations=40, due=10, asked=20)
    assert [len(figure.samples) for figure in figures] == [2, 2]
    assert all(figure.median > 0 for figure in figures)


def test_events_and_ingest_are_measured_on_an_invented_company() -> None:
    figures = one_event(1, records=200, events=3) + full_ingest(1, records=30, stored=30)
    assert [figure.unit for figure in figures] == ["ms", "ms", "ms", "records/s", "records/s"]
    assert all(figure.median > 0 for figure in figures)


def test_a_command_is_measured_as_a_process() -> None:
    assert command_start(1)[0].median > 0


def test_figures_are_written_with_machine_target_and_median(tmp_path: Path) -> None:
    write([Figure("idle", "ms", (3.0, 1.0, 2.0), 2)], Machine(), tmp_path / "var" / "bench.json")
    found = orjson.loads((tmp_path / "var" / "bench.json").read_bytes())
    assert found["machine"]["cores"] >= 1
    assert found["figures"][0] | {"median": 2.0, "least": 1.0, "most": 3.0, "reached": True} == found["figures"][0]


@pytest.mark.parametrize(("at_least", "reached"), [(True, False), (False, True)])
def test_a_target_is_a_floor_or_a_ceiling(at_least: bool, reached: bool) -> None:
    assert Figure("x", "s", (9.0,), 10, at_least).reached is reached


def test_the_percentile_leaves_out_the_slowest_twentieth() -> None:
    assert p95([1.0] * 99 + [100.0]) == 1.0


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["swep"])
    assert "swep" in capsys.readouterr().err
