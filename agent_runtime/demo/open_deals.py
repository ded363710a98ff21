"""The deals that are open on the last morning: those that hang, and those in good order."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from agent_runtime.demo.company import BLIND_NOW, LEAVER, MOBILE_ONLY, Account, slots
from agent_runtime.demo.deals import Deal, past_deal, start_deal
from agent_runtime.demo.hours import at_clock
from agent_runtime.demo.scene import Party, Scene
from agent_runtime.demo.topics import TOPICS
from agent_runtime.demo.wording import expand

Story = Callable[[Scene, Random, Account], None]


def _party(scene: Scene, account: Account, created_ago: int) -> Party:
    """The first contact, kept for the deal from its creation; the whole account from the last weeks on."""
    created = at_clock(scene.ago(created_ago), 0)
    scene.take(account, account.contacts[0], created, scene.end)
    return scene.party(account, account.contacts[0], created)


def _advanced(scene: Scene, rng: Random, account: Account, proposed_ago: int, title: str = "") -> Deal:
    """A deal with a proposal sent that many working days ago, and silence since then."""
    party = _party(scene, account, proposed_ago + 18)
    scene.take(account, None, at_clock(scene.ago(proposed_ago), 0), scene.end)
    deal = start_deal(scene, rng, party, scene.ago(proposed_ago + 18), title)
    deal.survey(scene.ago(proposed_ago + 13))
    deal.propose(scene.ago(proposed_ago))
    return deal


def _plant(deal: Deal, kind: str, expectation: str, *ids: str, notice: bool = True) -> None:
    at = deal.proposed.at if "proposal" in deal.mails and not ids else deal.scene.end - timedelta(days=7)
    deal.scene.plant(
        kind,
        deal.party.account,
        ids or (deal.proposed.id,),
        at,
        expectation,
        notice=notice,
        open_at_end=notice,
        opportunity_id=deal.id,
    )


def proposal_unanswered(scene: Scene, rng: Random, account: Account) -> None:
    """A proposal of eight or nine days that nobody answered."""
    deal = _advanced(scene, rng, account, rng.randint(8, 9))
    _plant(deal, "proposal_unanswered", "no response to the proposal for nine days or more: write or call")


def proposal_unseen(scene: Scene, rng: Random, account: Account) -> None:
    """The mailbox went blind the day after the proposal; the answer came and cannot be seen."""
    deal = _advanced(scene, rng, account, 11)
    _plant(deal, "proposal_unseen", "the mailbox is not connected: unverified, no draft to the customer")
    deal.mail("them", "proposal_ack", scene.reply_time(rng, deal.party.user, deal.proposed.at, 1200, 1600))


def proposal_question_by_phone(scene: Scene, rng: Random, account: Account) -> None:
    """A proposal to which the customer asked something in a later call."""
    deal = _advanced(scene, rng, account, rng.randint(9, 10))
    topic, words = rng.choice(TOPICS[account.language]), slots(rng, account)
    at = scene.moment(rng, deal.party.user, scene.ago(rng.randint(3, 4)))
    call = deal.call(at, "question_after_proposal", "inbound", ask=expand(rng, topic.ask, words),
                     answer=expand(rng, topic.answer, words))  # fmt: skip
    _plant(deal, "proposal_question_by_phone", "the customer called and got the answer: not without "
    "response, and the "
           "answered question is not asked again", call, deal.proposed.id, notice=False)  # fmt: skip


def proposal_fresh(scene: Scene, rng: Random, account: Account) -> None:
    """A proposal of two days or less: nothing is due yet."""
    deal = _advanced(scene, rng, account, rng.randint(1, 2))
    _plant(deal, "proposal_fresh", "sent two days ago or less: nothing is due yet", notice=False)


def proposal_answered(scene: Scene, rng: Random, account: Account) -> None:
    """A proposal that was answered, with the next date agreed."""
    deal = _advanced(scene, rng, account, 6)
    mail = deal.mail("them", "proposal_ack", scene.reply_time(rng, deal.party.user, deal.proposed.at, 500, 1500))
    due = at_clock(scene.hours.shift(scene.end.date(), rng.randint(1, 2)), 11)
    deal.next_step(scene.reply_time(rng, deal.party.user, mail.at, 30, 200), f"Call about {deal.name}", due, "call")
    _plant(deal, "proposal_answered", "answered, and a call is planned: nothing to do", mail.id, notice=False)


def stalled(scene: Scene, rng: Random, account: Account) -> None:
    """No step and no word for about six weeks, in one of three stages."""
    since = rng.randint(25, 30)
    party = _party(scene, account, since + 20)
    scene.take(account, None, at_clock(scene.ago(since), 0), scene.end)
    if rng.random() < 0.4:
        deal = start_deal(scene, rng, party, scene.ago(since + 1))
    else:
        deal = start_deal(scene, rng, party, scene.ago(since + 10))
        deal.survey(scene.ago(since + 7))
    _plant(deal, "deal_stalled", f"in stage {deal.stage} for longer than expected, nothing planned", deal.ids[-1])


def close_date_pushed(scene: Scene, rng: Random, account: Account) -> None:
    """A deal whose close date moved back without a word to the customer."""
    deal = _advanced(scene, rng, account, 14)
    user = deal.party.user
    reply = deal.mail("them", "proposal_ack", scene.reply_time(rng, user, deal.proposed.at, 400, 900))
    first = deal.push(scene.moment(rng, user, scene.ago(10)), 15)
    if rng.random() < 0.6:
        reply = deal.mail("them", "more_time", scene.moment(rng, user, scene.ago(4)))
    deal.enter("negotiation", reply.at + timedelta(minutes=45))
    second = deal.push(scene.moment(rng, user, scene.ago(rng.randint(1, 2))), 20)
    _plant(deal, "close_date_pushed", "the close date was moved for the second time", first, second)


def champion_quiet(scene: Scene, rng: Random, account: Account) -> None:
    """The contact answered within hours until the negotiation, then two mails stay without a word."""
    deal = _advanced(scene, rng, account, 22)
    user = deal.party.user
    answer = deal.mail("them", "proposal_change", scene.reply_time(rng, user, deal.proposed.at, 120, 400))
    deal.propose(scene.hours.shift(answer.at.date(), 1), name="proposal_revised")
    ack = deal.mail("them", "proposal_ack", scene.reply_time(rng, user, deal.proposed.at, 90, 300))
    deal.enter("negotiation", scene.reply_time(rng, user, ack.at, 30, 90))
    one = deal.mail("us", "confirm", scene.moment(rng, user, scene.ago(11)))
    two = deal.mail("us", "confirm", scene.moment(rng, user, scene.ago(6)), fresh=True)
    _plant(deal, "champion_quiet", "used to answer within a day, two mails without a word: another "
    "person or channel",
           one.id, two.id)  # fmt: skip


def no_next_step(scene: Scene, rng: Random, account: Account) -> None:
    """A deal with nothing planned and nothing done for days."""
    party = _party(scene, account, 16)
    scene.take(account, None, at_clock(scene.ago(12), 0), scene.end)
    deal = start_deal(scene, rng, party, scene.ago(rng.randint(11, 12)))
    task = deal.next_step(scene.moment(rng, party.user, scene.ago(10), 8.7, 10), "Ask for the room sizes",
                          at_clock(scene.ago(9), 16), "call")  # fmt: skip
    task_id = scene.book.files["crm"][-1]["task_id"]
    deal.call(scene.moment(rng, party.user, scene.ago(9), 11, 14), "chat")
    done = deal.crm("task.completed", at_clock(scene.ago(9), 15), task_id=task_id, result="sizes noted")
    _plant(deal, "no_next_step", "the last task is done and nothing is planned", task, done)


def healthy(scene: Scene, rng: Random, account: Account) -> None:
    """A deal that goes as it should, with a task ahead."""
    party = _party(scene, account, 14)
    deal = start_deal(scene, rng, party, scene.ago(rng.randint(9, 11)))
    notes = deal.survey(scene.ago(8))
    due = at_clock(scene.hours.shift(scene.end.date(), rng.randint(1, 4)), 12)
    deal.next_step(scene.reply_time(rng, party.user, notes, 20, 90), f"Send proposal {deal.name}", due)
    task = deal.ids[-1]
    _plant(deal, "deal_healthy", "on time with a task in the future: leave it alone", task, notice=False)


def meridian(scene: Scene, account: Account, rng: Random) -> None:
    """The deal that was lost because nobody answered a question: its story can be told day by day."""
    party = _party(scene, account, 60)
    scene.take(account, None, at_clock(scene.ago(32), 0), at_clock(scene.ago(2), 0))
    deal = start_deal(scene, rng, party, scene.ago(58), "Harbour Street and two further sites")
    deal.amount, deal.words["site"] = 184000.0, "Harbour Street"
    deal.survey(scene.ago(52))
    deal.propose(scene.ago(36))
    deal.mail("them", "proposal_ack", scene.reply_time(rng, party.user, deal.proposed.at, 400, 900))
    topic = TOPICS["en"][12]
    ask = expand(rng, topic.ask, deal.words)
    question = deal.mail("them", "question", scene.moment(rng, party.user, scene.ago(27)), ask=ask, on="next week")
    reminder = deal.mail("them", "chase", scene.moment(rng, party.user, scene.ago(20)),
                         thing="the dates for the installation")  # fmt: skip
    lost = scene.moment(rng, party.user, scene.ago(6))
    deal.mail("them", "lost_silence", lost)
    deal.end("lost", scene.hours.after(lost, 100), "no answer from us in time", deal.mails["proposal_ack"].at)
    scene.plant("lost_by_silence", account, (question.id, reminder.id, deal.ids[-1]), question.at,
                "the unanswered question should have been shown a day later, weeks before the loss",
                opportunity_id=deal.id)  # fmt: skip


PLAN: tuple[tuple[Story, int], ...] = (
    (proposal_unanswered, 6),
    (proposal_question_by_phone, 3),
    (proposal_fresh, 3),
    (proposal_answered, 3),
    (stalled, 5),
    (close_date_pushed, 4),
    (champion_quiet, 3),
    (no_next_step, 3),
    (healthy, 6),
)
ENDINGS = ("won", "won", "won", "lost_price", "lost_silence", "lost_budget", "disqualified", "won")


def play(scene: Scene, rng: Random) -> None:
    """Deals for all large accounts, and small past ones for every fourth small account."""
    accounts = [account for account in scene.accounts if account.large]
    meridian(scene, accounts[0], rng)
    blind = [account for account in accounts if account.owner_id == BLIND_NOW]
    for account in blind[:2]:
        proposal_unseen(scene, rng, account)
    # One account of the seller whose mobile is unseen stays without a deal, for her missed calls.
    spare = next(account for account in accounts[1:] if account.owner_id == MOBILE_ONLY)
    rest = [one for one in accounts[1:] if one not in blind and one is not spare]
    rest.sort(key=lambda one: (one.first_owner_id in (LEAVER, MOBILE_ONLY), rng.random()))
    share = len(accounts) / 40
    stories = [story for story, count in PLAN for _ in range(max(1, round(count * share)))]
    for account, story in zip(rest, stories, strict=False):
        story(scene, rng, account)
    for number, account in enumerate(scene.accounts):
        _past(scene, rng, account, number)


def _past(scene: Scene, rng: Random, account: Account, number: int) -> None:
    """Ended deals: up to two of a large account, one of every fourth small one, where nothing else is."""
    slots_ago = (112, 74) if account.large else (rng.randint(50, 110),) if number % 4 == 0 else ()
    for place, ago in enumerate(slots_ago):
        created = scene.ago(ago - rng.randrange(0, 8))
        start, until = at_clock(created, 0), at_clock(scene.hours.shift(created, 38), 0)
        if not scene.free(account, account.contacts[0], start, until):
            continue
        if scene.owner(account, start) is not scene.owner(account, until):
            continue
        scene.take(account, account.contacts[0], start, until)
        past_deal(scene, rng, account, created, ENDINGS[(number + place * 3) % len(ENDINGS)])
