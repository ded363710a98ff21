"""The timeline of an account as people read it: what happened, what the agent did, who had it, day by day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, select

from agent_runtime.calls.activities import legs_of
from agent_runtime.calls.intent import classify
from agent_runtime.calls.legs import join_legs
from agent_runtime.inbox.models import Item
from agent_runtime.ledger.book import Book, InteractionRow
from agent_runtime.web.account_events import event_words
from memory import timeline
from memory.scope import AccountScope
from memory.timeline import Event

PAGE = 60
# Filter chips: their name in the address, what they say, and the kinds of activities that they leave.
GROUPS: Mapping[str, tuple[str, frozenset[str]]] = {
    "mail": ("Mail", frozenset({"email", "message", "form"})),
    "calls": ("Calls", frozenset({"call"})),
    "meetings": ("Meetings", frozenset({"meeting"})),
    "agent": ("Tenure", frozenset({"agent", "fact.stated"})),
    "owners": ("Owners", frozenset({"owner.changed"})),
    "crm": ("CRM", frozenset()),
}
_item: Table = Item.__table__  # type: ignore[attr-defined]
_INTENTS = {"commercial": "wants to buy or talk", "service": "needs help", "informational": "asks", "noise": "noise"}
_STATES = {
    "open": "waits for a person", "snoozed": "put off", "approved": "approved, going out", "done": "done",
    "dismissed": "dismissed", "cleared": "settled by itself", "expired": "nobody decided, the next step came",
    "renewed": "prepared anew",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A short word beside an entry, and the tone of its chip."""

    text: str
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on the timeline. `side`: in, out, inside or rule, which is a line across the page.

    `parts`: its hostile text, in pieces of which some are marked. `here`: a link has led to it.
    """

    id: str
    at: datetime
    group: str
    label: str
    title: str
    who: str = ""
    side: str = "inside"
    parts: tuple[tuple[str, bool], ...] = ()
    href: str = ""
    marks: tuple[Mark, ...] = ()
    here: bool = False

    @property
    def length(self) -> int:
        """How many characters its text has."""
        return sum(len(text) for text, _ in self.parts)


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one day in the reader's zone, the latest first."""

    day: date
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is shown: these groups (all where none is named), at most so many; `around`: an entry that must be there,
    however old it is, and in it these `words` marked."""

    groups: Sequence[str] = ()
    around: str = ""
    words: str = ""
    most: int = PAGE


@dataclass(slots=True)
class Told:
    """What an account's rows are told with: names by id, the ledger, and the intents of its calls."""

    names: Mapping[str, str]
    book: Book
    intents: Mapping[str, str] = field(default_factory=dict)
    missed: Mapping[str, InteractionRow] = field(default_factory=dict)

    def name(self, *ids: str | None) -> str:
        """The first of these people who has a name here."""
        return next((self.names.get(x, x) for x in ids if x), "")


def entries(connection: Connection, scope: AccountScope, told: Told, wanted: Wanted) -> tuple[list[Entry], int]:
    """The entries that are wanted, the latest first, and how many older ones were left out."""
    events = timeline.read(connection, scope)
    told.intents, told.missed = _intents(events), _missed(told.book)
    found = [*(_entry(x, told) for x in events), *_items(connection, scope)]
    if wanted.groups:
        found = [x for x in found if x.group in wanted.groups]
    found.sort(key=lambda x: (x.at, x.id), reverse=True)
    place = next((n for n, x in enumerate(found) if x.id == wanted.around), 0)
    shown = found[: max(wanted.most, place + PAGE // 3)]
    texts = timeline.texts(connection, scope, [x.id for x in shown if x.group != "agent"])
    told_of = [_with_text(x, texts.get(x.id, ""), wanted) for x in shown]
    return told_of, len(found) - len(shown)


def days(found: Iterable[Entry], zone: ZoneInfo) -> list[Day]:
    """The entries by the day on which they happened, in the order in which they come."""
    grouped: list[Day] = []
    for entry in found:
        day = entry.at.astimezone(zone).date()
        if not grouped or grouped[-1].day != day:
            grouped.append(Day(day, []))
        grouped[-1].entries.append(entry)
    return grouped


def _with_text(entry: Entry, text: str, wanted: Wanted) -> Entry:
    here = entry.id == wanted.around
    return replace(entry, parts=_parts(text, wanted.words if here else ""), here=here) if text or here else entry


def _parts(text: str, words: str) -> tuple[tuple[str, bool], ...]:
    """The text, with the first place of `words` apart: (text, whether it is those words)."""
    place = text.find(words) if words else -1
    if place < 0:
        return ((text, False),)
    end = place + len(words)
    return tuple(x for x in ((text[:place], False), (text[place:end], True), (text[end:], False)) if x[0])


def group_of(kind: str) -> str:
    """The filter chip under which a kind of activity stands."""
    return next((name for name, (_, kinds) in GROUPS.items() if kind in kinds), "crm")


def _intents(events: Iterable[Event]) -> dict[str, str]:
    found = {}
    for call in join_legs(legs_of(events)):
        if call.direction == "inbound":
            for leg in call.legs:
                found[leg.id] = _INTENTS[classify(call).intent]
    return found


def _missed(book: Book) -> dict[str, InteractionRow]:
    """The interactions that missed calls began, by the activity that began them."""
    return {x.opened_by: x for x in book.interactions if x.kind == "missed_call"}


def _entry(event: Event, told: Told) -> Entry:
    label, title = event_words(event, told.name)
    return Entry(
        id=event.id,
        at=event.occurred_at,
        group=group_of(event.kind),
        label=label,
        title=title,
        who=_who(event, told),
        side=_side(event),
        marks=tuple(_marks(event, told)),
    )


def _side(event: Event) -> str:
    if event.kind == "owner.changed":
        return "rule"
    return {"inbound": "in", "outbound": "out"}.get(event.direction or "", "inside")


def _who(event: Event, told: Told) -> str:
    ours, theirs = told.name(event.user_id), told.name(event.contact_id)
    sender = str(event.data.get("from") or "") if event.kind in ("email", "message", "call") else ""
    if event.direction == "inbound":
        return f"{theirs or sender}{f' → {ours}' if ours else ''}"
    if event.direction == "outbound":
        return f"{ours}{f' → {theirs}' if theirs else ''}"
    return ours or theirs


def _marks(event: Event, told: Told) -> Iterator[Mark]:
    if event.data.get("auto"):
        yield Mark("written by a machine")
    if event.caused_by == "rule":
        yield Mark("by a rule")
    if event.kind == "call" and event.id in told.intents:
        yield Mark(told.intents[event.id])
    if event.id in told.missed:
        yield _callback(told.missed[event.id])
    for _ in event.data.get("promises") or ():
        yield Mark("a promise")
    if event.data.get("asks") and event.direction == "inbound":
        yield Mark("asks something")


def _callback(row: InteractionRow) -> Mark:
    if row.state == "open":
        return Mark("not called back yet", "late")
    return Mark("called back", "good") if row.outcome == "converted" else Mark(f"ended: {row.reason or row.outcome}")


def _items(connection: Connection, scope: AccountScope) -> Iterator[Entry]:
    """What the agent put before people about this account."""
    columns = ("id", "delivered_at", "state", "closed_reason", "action", "beside")
    query = select(*(_item.c[x] for x in columns)).where(_item.c.account_id == scope.account_id)
    for row in connection.execute(query):
        title = str(row.action.get("subject") or "") or str(row.beside.get("why_now") or "")
        tone = "soon" if row.state in ("open", "snoozed", "approved") else "quiet"
        yield Entry(
            id=row.id,
            at=row.delivered_at,
            group="agent",
            label=_PREPARED.get(row.action.get("kind"), "Prepared"),
            title=title,
            side="out",
            href=f"/audit/items/{row.id}",
            marks=(Mark(_STATES.get(row.state, row.state), tone),),
        )


_PREPARED = {
    "send_email": "Draft mail", "message": "Draft message", "call_card": "Call prepared", "task": "Task prepared",
    "escalate": "Brought to the manager", "reassign": "Given to a colleague", "handover": "Hand-over",
}  # fmt: skip
