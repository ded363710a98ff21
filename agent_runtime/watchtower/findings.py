"""What a rule gives: something begun, or an expectation inside what another rule states as begun."""

from typing import NamedTuple

from agent_runtime.ledger.book import Begun, Expected


class Inside(NamedTuple):
    """An expectation inside the interaction (kind, key) of another rule."""

    kind: str
    key: str
    expected: Expected


Finding = Begun | Inside

# Good news: what is lost by not acting is a chance, not something that was there.
OPPORTUNITIES = frozenset({"buying_signal", "competitor_contract", "intent_signal", "new_executive", "usage_spike"})
