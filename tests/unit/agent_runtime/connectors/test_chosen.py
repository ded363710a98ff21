"""`make test-adapter` runs the tests of each adapter of the registry, and says so where there is none."""

import pytest

from agent_runtime.connectors.registry import HOUSE, adapter_of
from tests.adapter import chosen
from tests.conftest import CHECKOUT

ROUND = "tests/unit/agent_runtime/connectors/test_vendor_rounds.py::test_kill_at_every_page_and_go_on[{}]"


@pytest.mark.parametrize("name", HOUSE)
def test_each_adapter_has_tests_of_its_own(name: str) -> None:
    found = chosen(name)
    files = list((CHECKOUT / found.home).glob("test_*.py"))
    assert files
    assert all(found.is_its(f"{path.relative_to(CHECKOUT)}::test_x") for path in files)
    assert found.is_its(ROUND.format(name))
    assert found.is_its("tests/unit/tools/http/test_client.py::test_x")
    assert not any(found.is_its(ROUND.format(other)) for other in HOUSE if other != name)


PROVEN = [name for name in HOUSE if adapter_of(name).proven == "contract"]


@pytest.mark.parametrize("name", PROVEN)
def test_what_is_called_proven_by_its_contract_is_compared_with_the_vendors_own_client(name: str) -> None:
    assert (CHECKOUT / chosen(name).home / "test_wire.py").exists()


def test_what_has_no_client_to_compare_with_says_so() -> None:
    assert not {"aircall", "gong", "caldav", "ics", "imap"} & set(PROVEN)


def test_a_name_that_is_none_is_told() -> None:
    with pytest.raises(SystemExit, match="no adapter hubspt"):
        chosen("hubspt")
