"""Says who stands behind a number: one contact, one unknown caller, or nobody that can be named."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from agent_runtime.calls.models import CallLeg, DistinctCall, Owner, Owners

CallerKey = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caller:
    """One party; `key` is None where nobody can be named: withheld, or `ambiguous` (several owners)."""

    key: CallerKey | None
    account_id: str | None = None
    contact_id: str | None = None
    ambiguous: bool = False


_WITHHELD = Caller(None)
_AMBIGUOUS = Caller(None, ambiguous=True)


class CallerBook:
    """Names the party of calls and messages; it never chooses between two owners of a number.

    Numbers that `owners` does not know are learned from calls whose source names the account or contact.
    """

    def __init__(self, calls: Iterable[DistinctCall], owners: Owners) -> None:
        self._owners = owners
        self._learned: dict[str, set[Owner]] = {}
        self._named: dict[tuple[str, str | None], Caller] = {}
        for number, account_id, contact_id in {_named_by(call) for call in calls}:
            if number is not None and (account_id is not None or contact_id is not None):
                self._learned.setdefault(number, set()).add(Owner(account_id, contact_id))

    def caller(self, call: DistinctCall) -> Caller:
        """Who made this inbound call."""
        return self.party(call.from_number, call.account_id, call.contact_id)

    def called(self, call: DistinctCall) -> dict[CallerKey, list[CallLeg]]:
        """Whom this outbound call was for, each with the legs that say whether they answered.

        A number of the call that no deciding leg was for (our own phone rang first, say) is judged by the root.
        """
        found: dict[CallerKey, list[CallLeg]] = {}
        for number in call.to_numbers or (None,):
            named = call.contact_id if number == call.root.to_number else None
            key = self.party(number, call.account_id, named).key
            if key is not None:
                found.setdefault(key, []).extend(_legs_to(number, call))
        return found

    def party(self, address: str | None, account_id: str | None, contact_id: str | None) -> Caller:
        """The owner of a number or mail address; what the source itself names narrows the choice."""
        if contact_id is not None:
            account_id = account_id or self._account_of(address, contact_id)
            return Caller(("contact", contact_id), account_id, contact_id)
        if address is None:
            return _WITHHELD
        named = self._named.get((address, account_id))
        if named is None:
            named = self._named[address, account_id] = self._owner(address, account_id)
        return named

    def _owner(self, address: str, account_id: str | None) -> Caller:
        owners = [owner for owner in self._owners_of(address) if _may_be(owner, account_id)]
        contacts = {owner.contact_id for owner in owners if owner.contact_id is not None}
        accounts = {owner.account_id for owner in owners if owner.account_id is not None}
        if len(contacts) > 1 or len(accounts) > 1:
            return _AMBIGUOUS
        account = account_id or next(iter(accounts), None)
        contact = next(iter(contacts), None)
        key = ("number", address, account or "") if contact is None else ("contact", contact)
        return Caller(key, account, contact)

    def _owners_of(self, address: str) -> Collection[Owner]:
        known = self._owners.get(address, ())
        return known if known else self._learned.get(address, ())

    def _account_of(self, address: str | None, contact_id: str) -> str | None:
        owners = () if address is None else self._owners_of(address)
        accounts = {owner.account_id for owner in owners if owner.contact_id == contact_id} - {None}
        return accounts.pop() if len(accounts) == 1 else None


def _named_by(call: DistinctCall) -> tuple[str | None, str | None, str | None]:
    """The other end's number, and the account and contact that the source names for it."""
    number = call.from_number if call.direction == "inbound" else call.root.to_number
    return number, call.account_id, call.contact_id


def _legs_to(number: str | None, call: DistinctCall) -> list[CallLeg]:
    deciding = [leg for leg in call.deciding if leg.to_number == number]
    return deciding or [leg for leg in call.deciding if leg.to_number is None] or [call.root]


def _may_be(owner: Owner, account_id: str | None) -> bool:
    return account_id is None or owner.account_id is None or owner.account_id == account_id
