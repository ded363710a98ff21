"""Life with customers: maintenance, invoices, meetings, renewals, complaints and monthly figures."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from agent_runtime.demo.company import Account
from agent_runtime.demo.hours import at_clock
from agent_runtime.demo.scene import Party, Scene, Subject, large
from agent_runtime.demo.texts_calls import deal_talk, spoken
from agent_runtime.demo.wording import long_date, on_date


def contracts(scene: Scene, rng: Random) -> None:
    """Decides who is a customer, at what yearly fee, and until when the service contract runs."""
    for number, account in enumerate(scene.accounts):
        account.customer = number % 10 not in (3, 7)
        if not account.customer:
            continue
        account.arr = rng.randrange(60, 900) * 100 if account.large else rng.randrange(6, 40) * 60
        renews = scene.end.date() + timedelta(days=rng.randrange(95, 340))
        account.renewal_date = renews.isoformat()
        scene.book.crm("renewal", scene.start + timedelta(minutes=number), account,
                       renewal_date=renews, arr=account.arr)  # fmt: skip


def renewals(scene: Scene, rng: Random) -> None:
    """Contracts that end soon: prepared, or forgotten."""
    plan = ((25, False), (38, True), (41, False), (52, True), (60, False), (33, False))
    for days, offered in plan:
        party = scene.pick(rng, at_clock(scene.ago(9), 0), scene.end, where=lambda one: one.customer)
        if party is None:
            continue
        renews = scene.end.date() + timedelta(days=days)
        party.account.renewal_date = renews.isoformat()
        key = scene.book.crm("renewal", scene.moment(rng, party.user, scene.ago(9), 9, 10), party.account,
                             renewal_date=renews, arr=party.account.arr)  # fmt: skip
        ids = [key]
        if offered:
            subject = _titled(scene, rng, party, "Wartungsvertrag", "Service contract")
            text = long_date(renews, party.account.language)
            offer = subject.ours("renewal_offer", scene.moment(rng, party.user, scene.ago(7), 9, 12), renewal=text)
            answer = subject.theirs("renewal_yes", scene.reply_time(rng, party.user, offer.at, 60, 900), offer)
            ids += [offer.id, answer.id]
            scene.book.crm(
                "renewal",
                scene.hours.after(answer.at, 60),
                party.account,
                renewal_date=renews.replace(year=renews.year + 1),
                arr=party.account.arr,
            )
        kind = "renewal_offered" if offered else "renewal_unprepared"
        scene.plant(kind, party.account, ids, at_clock(scene.ago(9), 9), "renewed" if offered else
                    "the service contract ends within 60 days and nobody has written", notice=not offered,
                    open_at_end=not offered)  # fmt: skip


def usage(scene: Scene, rng: Random) -> None:
    """Monthly figures of every customer, known on the second of the next month; three of them fall."""
    falling = {one.id for one in rng.sample([one for one in scene.accounts if one.customer and one.large], 3)}
    for account in (one for one in scene.accounts if one.customer):
        level = rng.randrange(40, 220) if account.large else rng.randrange(6, 30)
        ids = []
        for place, first in enumerate(_months(scene)):
            share = 1 - 0.17 * place if account.id in falling else rng.uniform(0.88, 1.12)
            ids.append(_month(scene, account, first, "portal_logins", level * share))
            if account.large:
                _month(scene, account, first, "open_alarms", rng.randrange(0, 9))
        if account.id in falling:
            at = scene.book.files["usage"][-1]["at"]
            scene.plant(
                "usage_falls",
                account,
                ids,
                at,
                "the use of the portal falls month by month",
                open_at_end=True,
            )


def _months(scene: Scene) -> list[date]:
    """The first days of all months whose figures are known within the world."""
    firsts, day = [], scene.start.date().replace(day=1)
    while at_clock((following := (day + timedelta(days=32)).replace(day=1)) + timedelta(days=1), 7) < scene.end:
        firsts.append(day)
        day = following
    return firsts


def _month(scene: Scene, account: Account, first: date, metric: str, value: float) -> str:
    at = at_clock((first + timedelta(days=32)).replace(day=2), 6)
    return scene.book.add("usage", at, occurred_at=at_clock(first, 0), account_id=account.id, metric=metric,
                          value=round(value), period="month")  # fmt: skip


def meeting(scene: Scene, rng: Random, ago: int, ending: str) -> None:
    """A meeting, ended as `_MEETINGS` names it; one that is still to come has `ago` 0 or below."""
    open_at_end = ending in ("held_silent", "no_show")
    until = scene.end if open_at_end or ago <= 0 else at_clock(scene.ago(max(0, ago - 4)), 0)
    party = scene.pick(rng, at_clock(scene.ago(max(ago, 0) + 8), 0), until, where=large)
    if party is None:
        return
    account, user = party.account, party.user
    planned = scene.moment(rng, user, scene.ago(max(ago, 0) + 8), 9, 15)
    starts = at_clock(
        scene.ago(ago) if ago > 0 else scene.hours.shift(scene.end.date(), -ago), rng.choice((10, 11, 14))
    )
    title = f"Jahresgespräch {account.name}" if account.language == "de" else f"Yearly review {account.name}"
    status = {"held_silent": "held", "to_come": "scheduled"}.get(ending, ending)
    ids = [scene.meet(party, planned, starts, title, status=status)]
    if ending == "held":
        subject = _titled(scene, rng, party, title, title)
        recap = subject.ours("meeting_recap", scene.hours.after(starts, rng.randrange(90, 260)))
        ids.append(recap.id)
    scene.plant(f"meeting_{ending}", account, ids, starts, _MEETINGS[ending], notice=open_at_end,
                open_at_end=open_at_end)  # fmt: skip


_MEETINGS = {
    "held": "held, and a summary went out: nothing to do",
    "held_silent": "held, and nothing was written or planned since",
    "no_show": "nobody came: offer another day",
    "canceled": "cancelled the day before by the customer",
    "to_come": "planned: prepare a brief, and no nagging mail before it",
}


def complaint(scene: Scene, rng: Random, ago: int, answered: bool) -> None:
    """A plant failed, the customer is angry; the case stays open or is settled."""
    until = at_clock(scene.ago(max(0, ago - 5)), 0) if answered else scene.end
    party = scene.pick(rng, at_clock(scene.ago(ago), 0), until, where=lambda one: one.customer)
    if party is None:
        return
    subject = _titled(scene, rng, party, "Ausfall der Anlage", "Failure of the plant")
    at = scene.hours.moment(rng, scene.ago(ago), 8.7, 10)
    mail = subject.theirs("complaint", at)
    scene.book.count += 1
    case_id = f"case-{scene.book.count}"
    case: dict[str, Any] = {"case_id": case_id, "severity": "high"}
    ids = [mail.id, scene.book.crm("case", at + timedelta(minutes=9), party.account, status="open", **case)]
    if answered:
        reply = subject.ours("complaint_answer", scene.reply_time(rng, party.user, at, 20, 120), mail)
        ids += [reply.id, _talk(subject, scene.hours.after(reply.at, 300))]
        scene.book.crm("case", scene.hours.after(reply.at, 700), party.account, status="closed", **case)
    scene.plant(f"complaint_{'settled' if answered else 'open'}", party.account, ids, at,
                "settled" if answered else "an open complaint: answer it, and no sales mail until then",
                notice=not answered, open_at_end=not answered)  # fmt: skip


def _titled(scene: Scene, rng: Random, party: Party, german: str, english: str) -> Subject:
    subject = scene.topic(rng, party)
    site = subject.slots["site"]
    title = german if party.account.language == "de" else english
    subject.title = title if party.account.name in title else f"{title}, {site}"
    return subject


def _talk(subject: Subject, at: datetime, direction: str = "outbound") -> str:
    """An ordinary talk: written down where the line records with consent."""
    rng, party = subject.rng, subject.party
    script = spoken(rng, deal_talk(rng, "chat", party.user, party.contact, subject.slots, rng.choice((2, 4, 6))))
    fields: dict[str, Any] = {"consent": "none"}
    if rng.random() < 0.4:
        fields = {"consent": "all_party", "transcript": script}
    return subject.scene.book.call(
        at, direction, "completed", ours=party.user.phone, theirs=party.contact.phone, user=party.user,
        talk=int(script[-1]["start_s"]) + rng.randrange(4, 90), answered_by="person", **fields,
    )  # fmt: skip


def _service_visit(subject: Subject, at: datetime) -> None:
    scene, rng, user = subject.scene, subject.rng, subject.party.user
    day = long_date(scene.hours.shift(at.date(), 4), subject.party.account.language)
    subject.title = "Wartung" if subject.party.account.language == "de" else "Maintenance visit"
    first = subject.ours("site_access", at, day=day)
    answer = subject.theirs("site_access_ok", scene.reply_time(rng, user, at, 30, 500), first, day=day)
    subject.ours(
        "service_report",
        scene.hours.after(answer.at, 2700),
        answer,
        (f"report-{subject.slots['serial']}.pdf",),
    )


def _invoice(subject: Subject, at: datetime) -> None:
    scene, rng, user = subject.scene, subject.rng, subject.party.user
    number = f"{at:%y%m}-{rng.randrange(100, 999)}"
    subject.title = f"{'Rechnung' if subject.party.account.language == 'de' else 'Invoice'} {number}"
    first = subject.ours("invoice", at, None, (f"{number}.pdf",))
    if rng.random() < 0.3:
        query = subject.theirs("invoice_query", scene.reply_time(rng, user, at, 300, 1500), first)
        subject.ours("invoice_fixed", scene.reply_time(rng, user, query.at, 60, 400), query, (f"{number}-2.pdf",))


def _inquiry(subject: Subject, at: datetime) -> None:
    scene, rng, user = subject.scene, subject.rng, subject.party.user
    language = subject.party.account.language
    question = subject.theirs("question", at, on=on_date(scene.hours.shift(at.date(), 7), language))
    answer = subject.ours("answer", scene.reply_time(rng, user, at, 30, 400), question,
                          asked=on_date(at.date(), language))  # fmt: skip
    if rng.random() < 0.7:
        subject.theirs("thanks", scene.reply_time(rng, user, answer.at, 20, 300), answer)


def _call(subject: Subject, at: datetime) -> None:
    _talk(subject, at, subject.rng.choice(("inbound", "outbound", "outbound")))


_ROUTINE: tuple[Callable[[Subject, datetime], None], ...] = (
    _inquiry, _inquiry, _service_visit, _invoice, _call, _call, _call,
)  # fmt: skip


def routine(scene: Scene, rng: Random) -> None:
    """What fills the days: with each contact only at times when nothing planted is between us."""
    for account in scene.accounts:
        for _ in range(rng.randint(19, 27) if account.large else rng.randint(2, 4)):
            contact = rng.choice(account.contacts)
            day = scene.ago(rng.randint(9, 118))
            start, until = at_clock(day, 0), at_clock(scene.hours.shift(day, 8), 0)
            if scene.free(account, contact, start, until) and scene.owner(account, start) is scene.owner(
                account, until
            ):
                scene.take(account, contact, start, until)
                subject = scene.topic(rng, scene.party(account, contact, start))
                rng.choice(_ROUTINE)(subject, scene.moment(rng, subject.party.user, day, 8.7, 15))


def play(scene: Scene, rng: Random) -> None:
    """Everything but the routine, which comes last."""
    renewals(scene, rng)
    usage(scene, rng)
    for ago, ending in ((3, "held_silent"), (4, "held_silent"), (2, "no_show"), (5, "no_show")):
        meeting(scene, rng, ago, ending)
    for days in (0, 0, 1, 3, 6):
        meeting(scene, rng, -days, "to_come")
    for ago in range(14, 112, 7):
        meeting(scene, rng, ago, "canceled" if ago % 4 == 0 else "held")
    complaint(scene, rng, 2, False)
    complaint(scene, rng, 3, False)
    for ago in range(20, 110, 18):
        complaint(scene, rng, ago, True)
