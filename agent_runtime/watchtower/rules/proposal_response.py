"""A proposal went out and the customer has not answered."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from agent_runtime.ledger.book import Begun, Ending, Expected
from agent_runtime.watchtower.contact import is_theirs
from agent_runtime.watchtower.estimates import deal_of_estimate, estimates, is_estimate
from agent_runtime.watchtower.view import Deal, View
from memory.timeline import Event

RULE = "proposal_response"
KIND = "proposal_follow_up"
_ANSWERS = ("accepted", "declined")


@dataclass(slots=True)
class _Run:
    """Proposals of one deal until the customer answers; a newer version restarts the wait."""

    proposals: list[Event] = field(default_factory=list)
    answer: Event | None = None


def state(view: View) -> Iterator[Begun]:
    """One follow-up for each run of unanswered proposals of each deal."""
    if not estimates(view) and not any(map(is_proposal, view.of("opportunity.proposal"))):
        return
    for deal in view.deals.values():
        if deal.lives:
            for run in _runs(view, deal):
                yield _begun(view, deal, run)


def is_proposal(event: Event) -> bool:
    """The customer was sent a proposal, as the mail or the CRM tells it."""
    if event.kind == "email":
        return is_estimate(event)
    return event.kind == "opportunity.proposal" and event.data.get("status") == "created"


def _runs(view: View, deal: Deal) -> list[_Run]:
    runs: list[_Run] = []
    threads: set[str] = set()
    told = {x.id for x in view.about(deal) if x.opportunity_id or x.kind == "call"}
    for event in _relevant(view, deal):
        if is_proposal(event) and (event.kind != "email" or deal_of_estimate(view, event) == deal.id):
            if not runs or runs[-1].answer:
                runs.append(_Run())
            runs[-1].proposals.append(event)
            threads.update(filter(None, [event.data.get("thread")]))
        elif runs and runs[-1].answer is None and _answers(event, told, threads):
            runs[-1].answer = event
    return runs


def _relevant(view: View, deal: Deal) -> list[Event]:
    """What is told of the deal, calls that can only be about it, and mails in threads, which may be the proposal's."""
    threaded = {x.id for x in view.of("email", "message") if x.opportunity_id is None and x.data.get("thread")}
    if not threaded:
        return view.about(deal)
    told = {x.id for x in view.about(deal)}
    return [x for x in view.events if x.id in told or x.id in threaded]


def _answers(event: Event, told: Set[str], threads: set[str]) -> bool:
    if event.kind == "opportunity.proposal":
        return event.data.get("status") in _ANSWERS
    return is_theirs(event) and (event.id in told or event.data.get("thread") in threads)


def _begun(view: View, deal: Deal, run: _Run) -> Begun:
    first, last = run.proposals[0], run.proposals[-1]
    ended = view.end_of(deal.id, first.occurred_at)
    answered = run.answer and (ended is None or run.answer.occurred_at <= ended.at)
    end = None
    if run.answer and answered:
        end = Ending("converted", "the customer answered", run.answer.occurred_at, (run.answer.id,))
    elif ended:
        outcome = {"won": "converted", "lost": "lost"}.get(ended.category, "disqualified")
        end = Ending(outcome, f"the opportunity ended: stage {ended.stage}", ended.at, (ended.activity_id,))
    expected = Expected(
        key=f"{RULE}:{last.occurred_at.isoformat()}",
        rule=RULE,
        action="get_an_answer_to_the_proposal",
        opened_at=last.occurred_at,
        due_at=view.company.window(RULE, last.occurred_at, view.account.segment),
        turn="theirs",
        channels=("email", "call"),
        evidence=tuple(x.id for x in run.proposals if x.occurred_at == last.occurred_at),
        met_at=run.answer.occurred_at if run.answer else None,
        met_by=run.answer.id if run.answer else None,
    )
    return Begun(
        kind=KIND,
        key=f"{deal.id}:{first.stream}:{first.source_id}",
        opened_at=first.occurred_at,
        opened_by=first.id,
        expected=(expected,),
        end=end,
        opportunity_id=deal.id,
        contact_id=last.contact_id,
        parts=tuple(x.id for x in run.proposals),
    )
