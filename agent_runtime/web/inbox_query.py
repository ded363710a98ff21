"""What of the inbox is shown, as it stands in the address: the same in links, forms and after a decision."""

from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent_runtime.inbox import reading
from agent_runtime.permissions import reach_of
from agent_runtime.web.door import PageCall

ROWS = 50
Name = Annotated[str, Field(max_length=200)]
# What a decision's way back keeps; the selected item and the told one are of the moment.
_OF_THE_LIST = ("view", "state", "split", "q", "type", "owner", "account", "sla", "focus")


class InboxQuery(BaseModel):
    """The address of the inbox. `sel`: the item beside the list; `told`: the one about which was just decided."""

    model_config = ConfigDict(extra="ignore")

    view: reading.View = "mine"
    state: reading.State = "open"
    split: reading.Split = "all"
    q: Name = ""
    type: Name = ""
    owner: Name = ""
    account: Name = ""
    sla: reading.Sla = "any"
    sel: Name = ""
    focus: bool = False
    told: Name = ""
    cursor: Annotated[str, Field(max_length=2_000)] = ""

    def link(self, **changed: Any) -> str:
        """The address with something changed; what is as usual is left out. Another list begins at its top."""
        kept = self.model_dump(exclude={"told"}) | changed
        if changed.keys() & {"view", "state", "split", "q", "type", "owner", "account", "sla"}:
            kept |= {"sel": "", "cursor": ""} | changed
        usual = InboxQuery().model_dump()
        told = {name: value for name, value in kept.items() if value != usual.get(name)}
        given = {name: "1" if value is True else str(value) for name, value in told.items()}
        return f"/inbox?{urlencode(given)}" if given else "/inbox"

    @property
    def back(self) -> str:
        """The list without the moment, for a form to carry."""
        return self.link(sel="", cursor="").partition("?")[2]

    def wanted(self, call: PageCall) -> reading.Wanted:
        """Which items these are for whoever asks."""
        reach = reach_of(call.connection, call.principal, call.now)
        today = reading.today_of(call.connection, call.principal.user_id, call.now)
        return reading.Wanted(
            reach, today, own_only=self.view == "mine", state=self.state, split=self.split, signal=self.type or None,
            owner_id=self.owner or None, account_id=self.account or None, words=self.q or None,
            due=reading.due_window(self.sla, today, call.now),
        )  # fmt: skip


def query_of(back: str) -> InboxQuery:
    """The list that a form came from; a form may carry anything, so what does not fit is left out."""
    given = {name: value for name, value in parse_qsl(back[:2_000]) if name in _OF_THE_LIST}
    try:
        return InboxQuery.model_validate(given)
    except ValidationError:
        return InboxQuery()


def way_back(back: str, *, sel: str = "", told: str = "") -> str:
    """The address after a decision: the list, the item to go on with, and the one to tell about."""
    address = query_of(back).link(sel=sel)
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'told': told})}" if told else address
