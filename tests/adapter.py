"""`make test-adapter NAME=x`: the tests of one adapter: its own, those of every adapter, and the client's."""

import re
import sys
from dataclasses import dataclass

import pytest

from agent_runtime.connectors.registry import HOUSE
from tests.conftest import CHECKOUT

# What every adapter is put to stands beside its own tests.
CLIENT, EVERY = "tests/unit/tools/http", "tests/unit/agent_runtime/connectors"
# What is tested with one vendor although it is named after something else.
BESIDE = {
    "hubspot": ("test_sync.py", "test_writing.py"),
    "imap": ("test_connected_mailbox.py",),
    "slack": ("test_telling.py", "test_vendor_calls.py"),
    "twilio": ("test_fault_scripts.py",),
}
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The tests of one adapter among all that were collected. `home`: the folder of its tests."""

    name: str
    home: str

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leaves the others out."""
        kept = [one for one in items if self.is_its(one.nodeid)]
        config.hook.pytest_deselected(items=[one for one in items if not self.is_its(one.nodeid)])
        items[:] = kept

    def is_its(self, node: str) -> bool:
        """Whether a test, by its path and name, is one of this adapter."""
        path = node.partition("::")[0]
        is_beside = path.startswith(f"{self.home}/") or path.startswith(f"{CLIENT}/")
        return is_beside or path.endswith(BESIDE.get(self.name, ("\0",))) or self.name in _WORD.findall(node)


def chosen(name: str) -> Chosen:
    """What is tested of an adapter of the house; SystemExit names those that there are."""
    if name not in HOUSE:
        raise SystemExit(f"There is no adapter {name or 'without a name'}. There are: {', '.join(sorted(HOUSE))}.")
    module = HOUSE[name].partition(":")[0].rpartition(".")[0]
    home = f"tests/unit/{module.replace('.', '/')}"
    if not (CHECKOUT / home).is_dir():
        raise SystemExit(f"{home} is not there: {name} has no tests of its own.")
    return Chosen(name, home)


if __name__ == "__main__":
    name, *rest = sys.argv[1:] or [""]
    its = chosen(name)
    raise SystemExit(pytest.main([its.home, CLIENT, EVERY, *rest], plugins=[its]))
