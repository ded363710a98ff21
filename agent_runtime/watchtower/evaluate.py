"""Evaluates one account: what is true of it now, and what changes in its ledger. Pure."""

from collections.abc import Iterable
from datetime import datetime

from agent_runtime.ledger.book import Begun, Book, ExpectationRow, Expected, InteractionRow, Move
from agent_runtime.ledger.policy import Terms, settle
from agent_runtime.ledger.terms import Unseen
from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.judged import assigned_to, assignment, judged
from agent_runtime.watchtower.mentions import subjects
from agent_runtime.watchtower.routing import routed
from agent_runtime.watchtower.rules import asked
from agent_runtime.watchtower.view import View
from memory.timeline import revision_id

# A record that was corrected more often than this is not traced back to what it first was.
_REVISIONS = 6


def stated(view: View) -> list[Begun]:
    """All rules' statements about the account, with the expectations inside what they belong to.

    What is stated twice under one name counts as it was stated last.
    """
    begun: dict[tuple[str, str], Begun] = {}
    inside: dict[tuple[str, str], dict[str, Expected]] = {}
    for rule in asked(subjects(view), view.company.switched_off):
        for finding in rule.state(view):
            if isinstance(finding, Inside):
                inside.setdefault((finding.kind, finding.key), {})[finding.expected.key] = finding.expected
            else:
                begun[finding.kind, finding.key] = finding
    return [
        x._replace(expected=(*x.expected, *inside[identity].values())) if identity in inside else x
        for identity, x in begun.items()
    ]


def evaluate(view: View, book: Book) -> list[Move]:
    """Moves `book` to what is true at `view.now`; gives what changed. Evaluating again changes nothing."""
    return settle(book, judged(view, book, stated(view)), terms(view))


def terms(view: View) -> Terms:
    """The account's owners, sight and ladders, as the ledger asks for them."""
    company, now = view.company, view.now
    return Terms(
        now=now,
        unseen=lambda expected: _unseen(view, expected),
        step=lambda rule, due_at: company.step(rule, due_at, now),
        first_step=company.first_step,
        owner=lambda begun: assigned_to(view, begun) or routed(view, begun) or owner_of(view, begun.opportunity_id),
        stand_in=lambda do, owner: company.stand_in(do, owner, now),
        review_at=company.review_at,
        recheck_at=company.recheck_at,
        known=lambda activity: _is_known(view, activity),
        assigned_at=lambda row: _assigned_at(view, row),
    )


def _is_known(view: View, activity: str) -> bool:
    """Whether the record of an activity is still there, as it was or as a later revision of it."""
    if any(x.id == activity for x in view.events):
        return True
    return any(
        revision_id(x.source, x.stream, x.source_id, number) == activity
        for x in view.events
        for number in range(_REVISIONS)
    )


def _assigned_at(view: View, row: InteractionRow) -> datetime | None:
    given = assignment(view, row.kind, row.key, row.opportunity_id)
    return given.occurred_at if given else None


def holder_of(view: View, row: InteractionRow, owed: ExpectationRow) -> str:
    """Who has this part of an interaction: its owner, or whoever the step names on which the part stands.

    The ledger goes by what is owed soonest; of the same interaction another part may have climbed further. To whom a
    person gave it has it until the next step.
    """
    owner = row.owner_id or view.company.fallback_owner
    step = view.company.step(owed.rule, owed.due_at, view.now)
    stands_at, given = (row.next_action or "").partition(":")[0], _assigned_at(view, row)
    kept = given is not None and step.since is not None and given >= step.since
    if owed.state != "breached" or kept or stands_at in (step.do, "manager"):
        return owner
    return view.company.stand_in(step.do, owner, view.now)


def owner_of(view: View, opportunity_id: str | None) -> str:
    """The CRM's owner, else the latest user who worked the opportunity, else the account, else the fallback."""
    return view.company.present_owner(account_owner(view) or _worker_of(view, opportunity_id), view.now)


def _worker_of(view: View, opportunity_id: str | None) -> str | None:
    deal = view.deals.get(opportunity_id or "")
    return deal.worked_by if deal else _latest_user(view)


def account_owner(view: View) -> str | None:
    """Who owns the account: the latest owner change that is known, else what its row says."""
    if "owner" not in view.drawn:
        view.drawn["owner"] = _latest_owner(view)
    found: str | None = view.drawn["owner"]
    return found


def _latest_owner(view: View) -> str | None:
    for change in reversed(view.of("owner.changed")):
        if change.data.get("role") in (None, "", "owner") and (latest := change.data.get("to_user_id")):
            return str(latest)
    return view.account.owner_id


def _latest_user(view: View) -> str | None:
    return next((x.user_id for x in reversed(view.events) if x.user_id in view.company.people), None)


def _unseen(view: View, expected: Expected) -> Unseen:
    """The sources that could not be seen while it was due, and when their gaps blind no longer.

    A gap that is over blinds until as much time as the window has passed in full sight. One that begins when the
    absence could already be claimed takes nothing back: whenever an account is looked at, the same is found.
    """
    gaps = view.company.sight.gaps(expected.channels, holders(view), expected.opened_at, view.now)
    window = expected.due_at - expected.opened_at
    until: datetime | None = expected.due_at + expected.grace
    sources = []
    for gap in sorted(gaps, key=lambda x: x.since):
        if until and gap.since >= until:
            break
        until = max(until, gap.until + window) if until and gap.until else None
        if gap.until is None or gap.until + window > view.now:
            sources.append(gap.name)
    return Unseen(tuple(dict.fromkeys(sources)), until if sources else None)


def holders(view: View) -> list[str]:
    """Whose mailboxes and lines would show contact with this account: its owner and all who had contact.

    Nobody writes to a customer from the mailbox of one who has left.
    """
    users: Iterable[str | None] = (account_owner(view), *(x.user_id for x in view.events))
    return [x for x in dict.fromkeys(users) if x and not view.company.has_left(x, view.now)]
