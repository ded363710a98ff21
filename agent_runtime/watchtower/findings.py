"""What a rule gives: something begun, or an expectation inside what another rule states as begun."""

from dataclasses import dataclass

from agent_runtime.ledger.book import Begun, Expected


@dataclass(frozen=True, slots=True)
class Inside:
    """An expectation inside the interaction (kind, key) of another rule."""

    kind: str
    key: str
    expected: Expected


Finding = Begun | Inside
