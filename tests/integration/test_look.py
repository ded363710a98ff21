"""A look through a part of a real world, where it is there."""

import csv
import shutil
from pathlib import Path

import orjson
import pytest

from agent_runtime.look.gather import look_through
from agent_runtime.look.page import render

ACCOUNTS = 12


def test_a_real_world_is_looked_through(tenure_data: Path, tmp_path: Path) -> None:
    whole = tenure_data / "worlds" / "pipeline"
    if not whole.is_dir():
        pytest.skip(f"there is no {whole}")
    found = look_through(part_of(whole, tmp_path / "part"), None, "b2b_sales", lambda replay: replay.run())
    assert (found.ledger["begun"], found.ledger["missing"]) == (found.ledger["ended"] + found.ledger["open"], 0)
    assert sum(one.begun for one in found.begun) == found.ledger["begun"]
    assert found.said > 0
    assert "<script" not in render(found)


def part_of(whole: Path, part: Path) -> Path:
    """A copy of a world with all of its first accounts and nothing of the others."""
    shutil.copytree(whole, part)
    with (whole / "accounts.csv").open(encoding="utf-8", newline="") as handle:
        kept = {row["id"] for row in list(csv.DictReader(handle))[:ACCOUNTS]}
    for path in part.glob("*.jsonl"):
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(line for line in lines if orjson.loads(line).get("account_id") in kept))
    return part
