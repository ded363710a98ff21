"""AccountScope: the only key that opens an account's memory."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountScope:
    """The right to read one account. Only agent_runtime.permissions makes one (tests/test_house.py sees to it)."""

    account_id: str
    reader: str
