"""What was promised, asked and planned with customers, and what became of it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from agent_runtime.demo.book import Mail
from agent_runtime.demo.company import SMALL_OWNER, Account
from agent_runtime.demo.hours import at_clock
from agent_runtime.demo.scene import Party, Scene, Subject, large
from agent_runtime.demo.texts_calls import PLEDGES, deal_talk, spoken
from agent_runtime.demo.wording import expand, long_date, on_date

Where = Callable[[Account], bool]


def _subject(scene: Scene, rng: Random, ago: int, until_ago: int, where: Where = large) -> Subject | None:
    """A matter with a contact who has nothing else planted between the two days; None when nobody is free."""
    until = scene.end if until_ago <= 0 else at_clock(scene.ago(until_ago), 20)
    party = scene.pick(rng, at_clock(scene.ago(ago), 0), until, where=where)
    return scene.topic(rng, party) if party else None


def _ask(subject: Subject, ago: int) -> datetime:
    scene = subject.scene
    return scene.moment(subject.rng, subject.party.user, scene.ago(ago), 8.7, 15)


def _dates(subject: Subject, due: date, at: datetime) -> dict[str, str]:
    language = subject.party.account.language
    day = subject.scene.hours.shift(due, 2)
    return {"by": long_date(due, language), "promised": long_date(at.date(), language),
            "asked": on_date(at.date(), language), "on": on_date(day, language)}  # fmt: skip


def mail_promise(scene: Scene, rng: Random, made_ago: int, due_ago: int, kept: str) -> None:
    """We promise a paper by a date; `kept` is "kept", "late", "broken" or "future"."""
    until = {"kept": due_ago - 2, "late": due_ago - 4}.get(kept, 0)
    subject = _subject(scene, rng, made_ago + 1, until)
    if subject is None:
        return
    user, due = subject.party.user, scene.ago(due_ago)
    asked = _ask(subject, made_ago + 1)
    dates = _dates(subject, due, asked)
    question = subject.theirs("question", asked, **dates)
    made = scene.reply_time(rng, user, asked, 60, 300)
    promise = subject.ours("promise", made, question, **dates)
    ids = [question.id, promise.id]
    if kept in ("kept", "late"):
        day = due if kept == "kept" else scene.ago(due_ago - 3)
        sent = subject.ours("promise_kept", scene.moment(rng, user, day, 9, 15), promise, (subject.file,), **dates)
        subject.theirs("thanks", scene.reply_time(rng, user, sent.at, 30, 300), sent)
        ids.append(sent.id)
    _promise_truth(subject, "mail_promise", kept, ids, made)


_PROMISE_ENDS = {
    "kept": ("sent by the promised day: nothing to do", False, False),
    "late": ("not sent by the promised day, sent three days later: noticed in between", True, False),
    "broken": ("the promised day has passed and nothing was sent: our debt, pay or name it", True, True),
    "future": ("the promised day is still to come: nothing to do yet", False, False),
}


def _promise_truth(subject: Subject, kind: str, kept: str, ids: list[str], at: datetime) -> None:
    expectation, notice, still = _PROMISE_ENDS[kept]
    subject.scene.plant(f"{kind}_{kept}", subject.party.account, ids, at, expectation, notice=notice, open_at_end=still)


def call_promise(
    scene: Scene, rng: Random, made_ago: int, due_ago: int, kept: str, where: Where = large, second: int = 0
) -> None:
    """We promise a paper on the telephone; `second` fixes where in the talk the sentence falls."""
    subject = _subject(scene, rng, made_ago, 0 if kept != "kept" else due_ago - 1, where)
    if subject is None:
        return
    party, due = subject.party, scene.ago(due_ago)
    at = _ask(subject, made_ago)
    dates = _dates(subject, due, at)
    pledge = expand(rng, PLEDGES[party.account.language], {**subject.slots, **dates})
    lines = deal_talk(rng, "promise", party.user, party.contact, {**subject.slots, "pledge": pledge}, 8)
    # The other things come first, so that the promise stands deep in the talk.
    lines = [*lines[:2], *lines[5:13], *lines[2:5], *lines[13:]] if second else lines
    place = next(index for index, (_, text) in enumerate(lines) if pledge in text)
    script = spoken(rng, lines, _paced(place, second))
    key = scene.book.call(
        at, "outbound", "completed", ours=party.user.phone, theirs=party.contact.phone, user=party.user,
        talk=int(script[-1]["start_s"]) + 6, transcript=script, consent="all_party", answered_by="person",
    )  # fmt: skip
    ids = [key]
    if kept == "kept":
        mail = subject.ours("promise_kept", scene.moment(rng, party.user, due, 9, 15), None, (subject.file,), **dates)
        ids.append(mail.id)
    _promise_truth(subject, "call_promise", kept, ids, at)


def _paced(place: int, second: int) -> dict[int, int]:
    """Spreads the lines before `place` evenly, so that it begins exactly at `second`."""
    return {index: index * second // place for index in range(place + 1)} if second else {}


def question(scene: Scene, rng: Random, ago: int, ending: str, where: Where = large) -> None:
    """A customer asks; `ending` is one of the keys of `_QUESTION_ENDS`."""
    open_at_end = ending in ("unanswered", "holding_only", "this_morning")
    subject = _subject(scene, rng, ago, 0 if open_at_end else ago - 6, where)
    if subject is None:
        return
    party = subject.party
    at = _ask(subject, ago)
    if ending == "this_morning":
        at = scene.end - timedelta(minutes=rng.randrange(6, 55))
    dates = _dates(subject, scene.hours.shift(at.date(), 6), at)
    asked = subject.theirs("question", at, **dates)
    ids = [asked.id, *_answer(subject, ending, asked, dates)]
    expectation, notice = _QUESTION_ENDS[ending]
    scene.plant(f"question_{ending}", party.account, ids, at, expectation, notice=notice,
                open_at_end=open_at_end and notice)  # fmt: skip


_QUESTION_ENDS = {
    "in_time": ("answered the same or the next day: nothing to do", False),
    "late": ("answered after four days: noticed in between", True),
    "by_phone": ("answered by telephone: not unanswered", False),
    "unanswered": ("an answer is owed to the customer", True),
    "holding_only": ("only a holding reply: it became a promise that is due", True),
    "holding_then_answer": ("a holding reply, then the answer two days later: kept", False),
    "this_morning": ("came in this morning: still inside the response time", False),
}


def _answer(subject: Subject, ending: str, asked: Mail, dates: dict[str, str]) -> list[str]:
    scene, rng, user = subject.scene, subject.rng, subject.party.user
    ids: list[str] = []
    thread = asked
    if ending == "by_phone":
        return [_answer_call(subject, scene.reply_time(rng, user, asked.at, 60, 400))]
    if ending.startswith("holding"):
        thread = subject.ours("holding", scene.reply_time(rng, user, asked.at, 20, 120), thread, **dates)
        ids.append(thread.id)
    minutes = {"in_time": (40, 420), "late": (2200, 2600), "holding_then_answer": (900, 1100)}.get(ending)
    if minutes:
        mail = subject.ours("answer", scene.reply_time(rng, user, asked.at, *minutes), thread, **dates)
        if rng.random() < 0.6:
            subject.theirs("thanks", scene.reply_time(rng, user, mail.at, 20, 200), mail)
        ids.append(mail.id)
    return ids


def _answer_call(subject: Subject, at: datetime) -> str:
    party = subject.party
    lines = deal_talk(subject.rng, "answer", party.user, party.contact, subject.slots, 2)
    script = spoken(subject.rng, lines)
    return subject.scene.book.call(
        at, "outbound", "completed", ours=party.user.phone, theirs=party.contact.phone, user=party.user,
        talk=int(script[-1]["start_s"]) + 5, transcript=script, consent="all_party", answered_by="person",
    )  # fmt: skip


_TASKS = (
    ("Call {them} about the service interval", "call"),
    ("Send the inspection dates for {site}", "email"),
    ("Agree the access times at {site} with {them}", "call"),
    ("Check the spare fan for plant {serial}", "email"),
    ("Send {them} the new price list", "email"),
    ("Ask {them} for the meter readings of {site}", "email"),
)


def task(scene: Scene, rng: Random, due_ago: int, ending: str, where: Where) -> None:
    """A task with a due time; `ending` is "kept", "missed", "late" or "future"."""
    subject = _subject(scene, rng, due_ago + 6, 0 if ending in ("missed", "future") else max(0, due_ago - 4), where)
    if subject is None:
        return
    party, book = subject.party, scene.book
    made = _ask(subject, due_ago + 5)
    due = at_clock(scene.ago(due_ago), 16)
    text, channel = rng.choice(_TASKS)
    book.count += 1
    task_id = f"t-{book.count:05d}"
    ids = [book.crm("task.created", made, party.account, task_id=task_id, channel=channel, due_at=due,
                    subject=expand(rng, text, {**subject.slots, "them": party.contact.name}),
                    user_id=party.user.id)]  # fmt: skip
    if ending in ("kept", "late"):
        at = scene.moment(rng, party.user, scene.ago(due_ago if ending == "kept" else due_ago - 2), 9, 15)
        if channel == "call":
            ids.append(_chat(scene, rng, party, at - timedelta(minutes=12), subject))
        ids.append(book.crm("task.completed", at, party.account, task_id=task_id, result="done"))
    notice = ending in ("missed", "late")
    scene.plant(f"task_{ending}", party.account, ids, made, _TASK_ENDS[ending], notice=notice,
                open_at_end=ending == "missed")  # fmt: skip


_TASK_ENDS = {
    "kept": "done on its day: nothing to do",
    "late": "done two days late: noticed in between",
    "missed": "its due time has passed and it is not done",
    "future": "due in the coming days: nothing to do yet",
}


def _chat(scene: Scene, rng: Random, party: Party, at: datetime, subject: Subject) -> str:
    script = spoken(rng, deal_talk(rng, "chat", party.user, party.contact, subject.slots, 2))
    return scene.book.call(
        at, "outbound", "completed", ours=party.user.phone, theirs=party.contact.phone, user=party.user,
        talk=int(script[-1]["start_s"]) + 5, transcript=script, consent="all_party", answered_by="person",
    )  # fmt: skip


def play_open(scene: Scene, rng: Random) -> None:
    """What is open, or looks as if it were, on the last morning."""
    call_promise(scene, rng, 5, 2, "broken", second=192)
    for number in range(2):
        call_promise(scene, rng, 6 + number, 1 + number, "broken", second=120 + 37 * number)
    for made, due in ((6, 3), (5, 2), (8, 4), (4, 1)):
        mail_promise(scene, rng, made, due, "broken")
    for made in (1, 2, 3):
        mail_promise(scene, rng, made, -3, "future")
    for ago in (2, 3, 4):
        question(scene, rng, ago, "unanswered")
    for ago in (2, 3):
        question(scene, rng, ago, "unanswered", _annas)
        question(scene, rng, 1 + ago, "holding_only", _annas if ago == 2 else large)
        question(scene, rng, 0, "this_morning", _annas)
    for due in (1, 2, 4):
        task(scene, rng, due, "missed", _annas if due == 4 else large)
        task(scene, rng, -due, "future", _annas)


def play_past(scene: Scene, rng: Random) -> None:
    """The same situations spread over the six months, in all the ways in which they ended."""
    for ago in range(14, 118, 4):
        mail_promise(scene, rng, ago, ago - 3, "late" if ago % 5 == 0 else "kept")
        question(scene, rng, ago, rng.choice(("in_time", "in_time", "late", "by_phone", "holding_then_answer")))
        question(scene, rng, ago + 1, "in_time", _annas)
        task(scene, rng, ago - 2, rng.choice(("kept", "kept", "late")), large if ago % 8 else _annas)
    for ago in range(16, 116, 12):
        call_promise(scene, rng, ago, ago - 4, "kept")
        question(scene, rng, ago, "late" if ago % 24 else "by_phone", _annas)


def _annas(account: Account) -> bool:
    return account.owner_id == SMALL_OWNER
