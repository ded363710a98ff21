"""The same world and options give the same bytes in every file but timing.json."""

import os
import subprocess
import sys
from pathlib import Path

from tests.acceptance.worlds import outputs

COMMAND = (sys.executable, "-c", "from agent_runtime.cli import main; main()", "replay")
OPTIONS = ("--daily-cap", "4", "--scores", "daily", "--approve", "first:2", "--json")


def test_two_processes_write_the_same_bytes(world: Path, tmp_path: Path) -> None:
    written = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run(
            [*COMMAND, str(world), "--out", str(out), *OPTIONS], check=True, capture_output=True, env=environment
        )
        written.append(outputs(out))
    assert len(written[0]["inbox.jsonl"]) > 10_000
    assert written[0] == written[1]
