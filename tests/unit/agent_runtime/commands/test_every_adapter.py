"""What holds for each adapter that is registered: how it presents itself before anything is connected."""

import pytest

from agent_runtime.connectors.registry import HOUSE, adapter_of


@pytest.mark.parametrize("name", sorted(HOUSE))
def test_it_says_where_its_credential_is_made_what_it_does_and_how_to_undo(name: str) -> None:
    adapter = adapter_of(name)
    assert len(adapter.page) > 10
    assert len(adapter.reads) > 20
    assert adapter.writes.startswith("nothing")
    assert f"tenure disconnect {name}" in adapter.undo
    # Whatever can be undone by taking it back is promised, and nothing else.
    goes_back = adapter.writer is not None and "cannot be taken back" not in adapter.undo
    assert ("--remove-written" in adapter.undo) == goes_back
    asks = {one.name: one for one in adapter.asks}
    assert any(one.secret for one in asks.values()) or name == "ics"
    # Writing has a credential of its own, and nobody has to give it.
    may_write = adapter.writer or adapter.notifier or adapter.drafts
    assert bool(may_write) == any(one.startswith("write_") for one in asks)
    assert not any(one.needed for key, one in asks.items() if key.startswith("write_"))
