"""What was begun and never ended, the promises that were not kept, and the customers who wait for an answer."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row as TableRow

from agent_runtime.ledger.models import Kind
from agent_runtime.look.book import UNSEEN, LookBook, Opened, shortened
from agent_runtime.look.figures import Begun, Listing, Row

SHOWN = 25
PROMISES = frozenset({Kind.PROMISE.value})
QUESTIONS = frozenset({Kind.OPEN_QUESTION.value, Kind.LEAD_RESPONSE.value, Kind.MISSED_CALL.value})
# What the market or a feed shows is a chance, and a preparation is ours alone: neither is left open with a customer.
NOT_LISTED = frozenset({Kind.SIGNAL.value, Kind.PREPARATION.value})
_CHANNELS = {"email": "mail", "phone": "telephone", "messages": "text messages", "calendar": "calendar"}
NAMES = {
    "lead_response": "new lead",
    "opportunity": "deal",
    "missed_call": "missed call",
    "promise": "promise of ours",
    "proposal_follow_up": "proposal",
    "open_question": "question of a customer",
    "meeting_follow_up": "meeting to follow up",
    "no_show": "missed appointment",
    "appointment": "appointment to confirm",
    "renewal": "renewal",
    "nurture": "lead to nurture",
    "hand_over": "hand-over",
    "concern": "concern",
    "escalation": "grave case",
    "signal": "signal",
    "preparation": "preparation",
}


def begun_by_kind(book: LookBook) -> list[Begun]:
    """How much of each kind was begun and what became of it; what is most overdue first."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in book.interactions:
        kind = counts[row.kind]
        kind["begun"] += 1
        kind[row.state] += 1
        owed = book.owed(row) if row.state == "open" else None
        if owed is not None:
            kind["cannot_tell" if book.standing(owed) in UNSEEN else "overdue"] += 1
    fields = ("begun", "ended", "open", "overdue", "cannot_tell")
    found = [Begun(NAMES.get(kind, kind), *(count[name] for name in fields)) for kind, count in counts.items()]
    return sorted(found, key=lambda one: (-one.overdue, -one.cannot_tell, -one.open, one.kind))


def never_ended(book: LookBook) -> Listing:
    """What is open and overdue, except promises and unanswered customers: they have lists of their own."""
    others = {row.kind for row in book.interactions} - PROMISES - QUESTIONS - NOT_LISTED
    return _listing(book, others)


def promises_not_kept(book: LookBook) -> Listing:
    """What we promised and have not done, the longest overdue first."""
    return _listing(book, PROMISES)


def unanswered(book: LookBook) -> Listing:
    """Questions, leads and missed calls that nobody answered, the longest overdue first."""
    return _listing(book, QUESTIONS)


def _listing(book: LookBook, kinds: Iterable[str]) -> Listing:
    wanted = frozenset(kinds)
    owed = [
        (row, expected)
        for row in book.interactions
        if row.state == "open" and row.kind in wanted and (expected := book.owed(row)) is not None
    ]
    owed.sort(key=lambda pair: (book.standing(pair[1]) in UNSEEN, pair[1].due_at, pair[0].id))
    cannot_tell = sum(book.standing(expected) in UNSEEN for _, expected in owed)
    return Listing([_row(book, *pair) for pair in owed[:SHOWN]], len(owed), cannot_tell)


def _row(book: LookBook, row: TableRow[Any], expected: TableRow[Any]) -> Row:
    opened = book.opened(row.opened_by)
    name = NAMES.get(row.kind, row.kind)
    deal = book.deals.get(row.opportunity_id or "")
    titled = (deal.name if deal else "") or opened.subject
    owed = str(expected.action).replace("_", " ")
    due: datetime = expected.due_at
    return Row(
        account=book.accounts.get(row.account_id, row.account_id),
        what=f"{name}: {shortened(titled)}" if titled else name,
        owed=owed,
        since=row.opened_at,
        due=due,
        owner=_owner(book, row, opened),
        quote=_quote(book, row, opened.data),
        unseen=_unseen(book, expected) if book.standing(expected) in UNSEEN else "",
    )


def _owner(book: LookBook, row: TableRow[Any], opened: Opened) -> str:
    """Whose it is by the records: who promised it, else who has the deal, the account, or began it."""
    deal = book.deals.get(row.opportunity_id or "")
    promised = opened.user_id if row.kind in PROMISES else None
    return book.person(promised, deal.worked_by if deal else None, book.owners.get(row.account_id), opened.user_id)


def _unseen(book: LookBook, expected: TableRow[Any]) -> str:
    """The channels that could not be seen, and whose."""
    names = []
    for gap in expected.blind or ("a channel",):
        source, _, holder = str(gap).partition(":")
        holder = holder.partition(":")[0]
        if book.reaches_the_end(source, holder):
            continue
        name = _CHANNELS.get(source, source)
        names.append(f"{name} of {book.person(holder)}" if holder else name)
    return ", ".join(dict.fromkeys(names))


def _quote(book: LookBook, row: TableRow[Any], data: dict[str, Any]) -> str:
    if row.kind in PROMISES:
        promised, number = data.get("promises") or [], row.key.rpartition(":")[2]
        if number.isdigit() and int(number) < len(promised):
            return shortened(str(promised[int(number)].get("quote") or ""))
    return book.text(row.account_id, row.opened_by) if row.kind in PROMISES | QUESTIONS else ""
