"""Whose matter the call of somebody unknown is: each number has an account of its own, callers without one share it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, or_, select, update

from agent_runtime.calls.activities import legs_of
from agent_runtime.calls.intent import classify
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.missed import is_misdial, is_missed
from agent_runtime.ingest.identity import Identity, Match, Stranger, stranger_of
from agent_runtime.ingest.parties import Party
from memory.records import Activity, Episode
from memory.timeline import Event, NewActivity, revision_id

_activity = Activity.__table__  # type: ignore[attr-defined]
_episode = Episode.__table__  # type: ignore[attr-defined]
_PLACED = frozenset({"call", "message"})
_JOINED_BY = ("call_key", "parent_id", "missed_event_for")


def place(activity: NewActivity, match: Match, identity: Identity) -> Match:
    """The match of a call whose customer nobody knows, or that several customers could have made.

    A miss that wants something gets an account of its caller, in which all that goes to and fro with that number is
    kept: nobody is guessed, and the miss is owed by somebody. What is no miss goes there only if there is one.
    """
    if activity.kind not in _PLACED or activity.deleted or match.account_id or activity.direction == "internal":
        return match
    number = _other_end(activity)
    if number is not None and identity.ours.owns(Party("phone", number)):
        return match
    stranger = _caller(activity, match, number)
    if stranger is None:
        return match
    # The person that the source names stays who it was.
    contact = match.contact_id or stranger.contact_id or None
    if identity.has_account(stranger.account_id):
        # Where a person said whose it is, by merging it, their word counts.
        return Match(identity.gone.account(stranger.account_id), contact, "caller", match.ambiguous)
    if activity.kind != "call" or not (wants_something(activity) or (number is None and _is_part(activity))):
        return match
    return Match(stranger.account_id, contact, "caller", match.ambiguous, stranger)


def wants_something(activity: NewActivity) -> bool:
    """Whether a call came in, nobody answered, and it was no misdial and no nuisance."""
    calls = join_legs(legs_of([_event(activity)]))
    return any(is_missed(x) and not is_misdial(x) and classify(x).intent != "noise" for x in calls)


def adopt(
    connection: Connection, activities: Sequence[NewActivity], strangers: Iterable[Stranger], identity: Identity
) -> None:
    """Takes what callers did before they had an account into it: the leg that a colleague answered may come first."""
    for one in strangers:
        number = next((x.value for x in one.handles if x.kind == "phone"), None)
        if number is None or not identity.has_called(number):
            continue
        for activity in activities:
            if activity.account_id is None and activity.kind in _PLACED and _other_end(activity) == number:
                activity.account_id = one.account_id
                activity.contact_id = activity.contact_id or one.contact_id or None
        _adopt_stored(connection, one, number)


def _adopt_stored(connection: Connection, one: Stranger, number: str) -> None:
    ends = (_activity.c.data[name].as_string() == number for name in ("from", "to"))
    lone = (_activity.c.account_id.is_(None), _activity.c.kind == "call", or_(*ends))
    ids = list(connection.scalars(select(_activity.c.id).where(*lone)))
    if ids:
        connection.execute(update(_activity).where(_activity.c.id.in_(ids)).values(account_id=one.account_id))
        connection.execute(update(_episode).where(_episode.c.activity_id.in_(ids)).values(account_id=one.account_id))


def _other_end(activity: NewActivity) -> str | None:
    """The number at the customer's end; None where it was withheld."""
    value = activity.data.get("from" if activity.direction == "inbound" else "to")
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    return str(value) if value else None


def _caller(activity: NewActivity, match: Match, number: str | None) -> Stranger | None:
    contact = match.contact_id or activity.contact_id
    if contact:
        name = number or "Somebody of no account"
        return Stranger(stranger_of([Party("contact", contact)]).account_id, "", name, name, ())
    if number is not None:
        return stranger_of([Party("phone", number)])
    if activity.direction != "inbound" or activity.kind != "call":
        return None
    year, week, _ = activity.occurred_at.isocalendar()
    name = f"Callers without a number, week {week} of {year}"
    return Stranger(stranger_of([Party("withheld", f"{year}-{week}")]).account_id, "", name, name, ())


def _is_part(activity: NewActivity) -> bool:
    """Whether another record belongs to the same call: of callers without a number only the account joins them."""
    return activity.direction == "inbound" and any(activity.data.get(name) for name in _JOINED_BY)


def _event(activity: NewActivity) -> Event:
    x = activity
    name = revision_id(x.source, x.stream, x.source_id, 0)
    return Event(
        name, x.account_id, x.source, x.stream, x.source_id, x.kind, x.direction, x.occurred_at, x.known_at,
        x.contact_id, x.user_id, x.opportunity_id, x.caused_by, x.subject, x.data,
    )  # fmt: skip
