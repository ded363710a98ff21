"""The bill of materials: every pin is in it, with its files' hashes and its licence, the same bytes each time."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[2]
REQUIREMENTS = CHECKOUT / "requirements"


def printed() -> str:
    """What the script prints."""
    command = [sys.executable, str(REQUIREMENTS / "sbom.py")]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=CHECKOUT).stdout


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    """The bill, read."""
    found: dict[str, Any] = json.loads(printed())
    return found


def test_every_pin_is_in_it_with_its_hashes(bill: dict[str, Any]) -> None:
    pins = (REQUIREMENTS / "runtime.txt").read_text()
    wanted = set(re.findall(r"^([\w.-]+?)(?:\[.*\])?==([^\s;\\]+)", pins, re.MULTILINE))
    assert {(each["name"], each["version"]) for each in bill["components"]} == wanted
    assert sum(len(each["hashes"]) for each in bill["components"]) == pins.count("--hash=sha256:")
    assert all(each["hashes"] for each in bill["components"])


def test_what_is_installed_has_a_licence(bill: dict[str, Any]) -> None:
    without = [each["name"] for each in bill["components"] if not each["licenses"]]
    assert len(without) <= len(bill["components"]) // 20, without
    assert bill["metadata"]["component"]["licenses"] == [{"expression": "Apache-2.0"}]


def test_the_same_pins_give_the_same_bytes() -> None:
    assert printed() == printed()
