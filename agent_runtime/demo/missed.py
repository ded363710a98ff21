"""Missed calls of the demo world, in all the ways in which they are returned, or not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from agent_runtime.demo.company import (
    ADVERT_LINE,
    LEAVER,
    LONDON_LINE,
    MAIN_LINE,
    MOBILE_ONLY,
    SERVICE_LINE,
    SMALL_OWNER,
    Account,
    User,
)
from agent_runtime.demo.hours import at_clock
from agent_runtime.demo.scene import Scene, Subject
from agent_runtime.demo.texts_calls import deal_talk, spoken, voicemail

Where = Callable[[Account], bool]
_QUEUES = {MAIN_LINE: "sales", LONDON_LINE: "sales-uk", SERVICE_LINE: "service", ADVERT_LINE: "sales"}

# what happened after the miss, whether it should have been noticed, days that the story lasts
ENDINGS = {
    "in_time": ("returned within half an hour: nothing to do", False, 1),
    "late": ("returned two working days later: noticed in between", True, 3),
    "by_colleague": ("a colleague called back: returned", False, 1),
    "other_number": ("called back on the person's other number: returned", False, 1),
    "caller_reached_us": ("the caller tried again and was answered: no callback needed", False, 1),
    "other_channel": ("answered by a mail to the same person: returned", False, 1),
    "attempted": ("one attempt that nobody answered: the next attempt is due", True, 2),
    "never": ("nobody called back: the callback is due", True, 6),
    "repeat_never": ("three calls within half an hour are one need, and nobody called back", True, 6),
    "after_hours_in_time": ("came after hours, returned the next morning: nothing to do", False, 2),
    "after_hours_never": ("came after hours with a voicemail, and nobody called back", True, 6),
    "answered_elsewhere": ("rang at one desk and was answered at the next: not missed", False, 1),
}


def missed(scene: Scene, rng: Random, ago: int, ending: str, where: Where = lambda account: True) -> None:
    """One missed call of a contact and what followed."""
    expectation, notice, days = ENDINGS[ending]
    still = notice and ago <= days
    until = scene.end if still else at_clock(scene.ago(max(0, ago - days)), 23)
    party = scene.pick(rng, at_clock(scene.ago(ago), 0), until, where=lambda one: where(one) and _fits(one, ending))
    if party is None:
        return
    subject = scene.topic(rng, party)
    ours = rng.choice((party.user.phone, party.user.phone, MAIN_LINE, SERVICE_LINE))
    if ending == "answered_elsewhere":
        ids, at = _answered_elsewhere(subject, ago)
    else:
        ids, at = _rings(subject, ago, ours, ending)
        ids += _follow(subject, ids[0], at, ours, ending)
    scene.plant(f"missed_{ending}", party.account, ids, at, expectation, notice=notice, open_at_end=still)


def _fits(account: Account, ending: str) -> bool:
    if ending == "other_number":
        return any(contact.second_phone for contact in account.contacts)
    return True


def _rings(subject: Subject, ago: int, ours: str, ending: str) -> tuple[list[str], datetime]:
    """The miss itself: rings out, is given up in the queue, or meets the voicemail."""
    scene, rng, contact = subject.scene, subject.rng, subject.party.contact
    late = ending.startswith("after_hours")
    at = scene.hours.moment(rng, scene.ago(ago), *((18.2, 20.9) if late else (9, 13)))
    times = 3 if ending.startswith("repeat") else 1
    ids = []
    for number in range(times):
        began = at + timedelta(minutes=9 * number, seconds=rng.randrange(50))
        spoke = late or (number == times - 1 and rng.random() < 0.55)
        fields: dict[str, Any] = {"queue": _QUEUES.get(ours)}
        if spoke:
            kind = rng.choice(("commercial", "commercial", "service", "billing"))
            fields |= {
                "voicemail_text": voicemail(rng, kind, contact, {**subject.slots}),
                "answered_by": "voicemail",
            }
        status = "no_answer" if spoke or not fields["queue"] or rng.random() < 0.5 else "abandoned"
        ids.append(scene.book.call(began, "inbound", status, ours=ours, theirs=contact.phone,
                                   ring=rng.randrange(14, 45), **fields))  # fmt: skip
    return ids, at


def _follow(subject: Subject, first: str, at: datetime, ours: str, ending: str) -> list[str]:
    scene, rng, party = subject.scene, subject.rng, subject.party
    user, contact, hours = party.user, party.contact, scene.hours
    last = at + timedelta(minutes=20 if ending.startswith("repeat") else 1)
    soon = hours.after(last, rng.randrange(5, 22))
    if ending in ("in_time", "after_hours_in_time"):
        return [_talk(subject, soon, user, contact.phone)]
    if ending == "late":
        return [_talk(subject, hours.after(last, 1100), user, contact.phone)]
    if ending == "by_colleague":
        return [_talk(subject, soon, _colleague(scene, user), contact.phone)]
    if ending == "other_number":
        return [_talk(subject, soon, user, contact.second_phone or contact.phone)]
    if ending == "caller_reached_us":
        return [_talk(subject, hours.after(last, 21), user, contact.phone, "inbound")]
    if ending == "other_channel":
        return [subject.ours("noted_call", soon).id]
    if ending == "attempted":
        return [scene.book.call(soon, "outbound", "no_answer", ours=user.phone, theirs=contact.phone, ring=31,
                                user=user)]  # fmt: skip
    return []


def _colleague(scene: Scene, user: User) -> User:
    """Somebody of the same team who still works here."""
    away = {user.id, LEAVER, MOBILE_ONLY}
    return next(
        one for one in scene.users.values() if one.team == user.team and one.role == "rep" and one.id not in away
    )


def _talk(subject: Subject, at: datetime, user: User, number: str, direction: str = "outbound") -> str:
    """The talk that settles the matter; half of them are written down."""
    rng, contact = subject.rng, subject.party.contact
    script = spoken(rng, deal_talk(rng, "callback", user, contact, subject.slots, 2))
    fields: dict[str, Any] = {"consent": "none"}
    if rng.random() < 0.5:
        fields = {"consent": "all_party", "transcript": script}
    return subject.scene.book.call(
        at,
        direction,
        "completed",
        ours=user.phone,
        theirs=number,
        talk=int(script[-1]["start_s"]) + 6,
        user=user,
        answered_by="person",
        **fields,
    )


def _answered_elsewhere(subject: Subject, ago: int) -> tuple[list[str], datetime]:
    """Two legs of one call: the owner's desk reports a miss while a colleague picks up."""
    scene, rng, party = subject.scene, subject.rng, subject.party
    at, other = scene.hours.moment(rng, scene.ago(ago), 9, 15), _colleague(scene, party.user)
    key = f"k{at:%d%H%M%S}{party.contact.id[-4:]}"
    first = scene.book.call(at, "inbound", "no_answer", ours=MAIN_LINE, theirs=party.contact.phone, ring=12,
                            queue="sales", call_key=key, missed_event_for=party.user.id)  # fmt: skip
    second = scene.book.call(
        at + timedelta(seconds=12),
        "inbound",
        "completed",
        ours=other.phone,
        ring=5,
        talk=140,
        theirs=party.contact.phone,
        user=other,
        call_key=key,
        parent_id=first,
        answered_by="person",
        consent="none",
    )
    return [first, second], at


def blind_mobile(scene: Scene, rng: Random, ago: int) -> None:
    """A miss at the desk of the seller who calls back from a mobile that nobody can see."""
    party = scene.pick(rng, at_clock(scene.ago(ago), 0), scene.end, where=lambda one: one.owner_id == MOBILE_ONLY)
    if party is None:
        return
    at = scene.hours.moment(rng, scene.ago(ago), 9, 14)
    key = scene.book.call(at, "inbound", "no_answer", ours=party.user.phone, theirs=party.contact.phone, ring=28)
    scene.plant(
        "missed_unseen",
        party.account,
        [key],
        at,
        "her mobile cannot be seen: unverified, ask her, no apology to the customer",
        open_at_end=True,
    )


def withheld(scene: Scene, rng: Random, ago: int) -> None:
    """A caller who withholds the number and gives up: nobody to call back."""
    at = scene.hours.moment(rng, scene.ago(ago), 9, 16)
    key = scene.book.call(at, "inbound", "abandoned", ours=MAIN_LINE, theirs=None, ring=rng.randrange(3, 30),
                          queue="sales")  # fmt: skip
    scene.plant("missed_withheld", None, [key], at, "no number: nobody can call back", notice=False)


def stranger(scene: Scene, rng: Random, ago: int, ending: str) -> None:
    """An unknown number on the main or the advertised line; `ending` is "in_time", "never" or "misdial"."""
    number = scene.numbers.take("DE")
    line = ADVERT_LINE if rng.random() < 0.5 else MAIN_LINE
    at = scene.hours.moment(rng, scene.ago(ago), 9, 16)
    fields: dict[str, Any] = {"queue": "sales", "tracking_number": line if line == ADVERT_LINE else None}
    if ending == "misdial":
        key = scene.book.call(at, "inbound", "completed", ours=line, theirs=number, talk=7, ring=3,
                              user=scene.users["hanna-lindt"], answered_by="person", consent="none", **fields,
                              transcript=None)  # fmt: skip
        ids, notice = [key], False
    else:
        text = rng.choice(_STRANGERS).format(n=rng.randrange(2, 6))
        ids = [scene.book.call(at, "inbound", "no_answer", ours=line, theirs=number, ring=30,
                               answered_by="voicemail", voicemail_text=text, **fields)]  # fmt: skip
        notice = ending == "never"
        if ending == "in_time":
            user = scene.at_work(rng, ("nora-vieth", SMALL_OWNER), at)
            ids.append(scene.book.call(scene.reply_time(rng, user, at, 6, 22), "outbound", "completed",
                                       ours=user.phone, theirs=number, talk=rng.randrange(80, 400), user=user,
                                       answered_by="person", consent="none"))  # fmt: skip
    scene.plant(f"stranger_{ending}", None, ids, at, _STRANGER_ENDS[ending], notice=notice,
                open_at_end=notice and ago <= 6)  # fmt: skip


_STRANGERS = (
    "Guten Tag, ich habe Ihre Anzeige gesehen. Wir brauchen eine Kühlzelle für {n} Paletten. Bitte rufen Sie zurück.",
    "Hello, we are opening a delicatessen and need {n} cold rooms. Could somebody call me back on this number.",
    "Wir haben eine Anlage von Ihnen übernommen, {n} Geräte, und suchen jemanden für die Wartung. Bitte um Rückruf.",
)
_STRANGER_ENDS = {
    "in_time": "an unknown caller was called back within half an hour",
    "never": "an unknown caller with a wish: a provisional account and a callback",
    "misdial": "seven seconds and a wrong number: nothing is owed",
}


def play_open(scene: Scene, rng: Random) -> None:
    """What is missed and open on the last morning."""
    for ago, ending in ((1, "never"), (2, "never"), (3, "never"), (1, "repeat_never"), (2, "repeat_never"),
                        (2, "after_hours_never"), (3, "after_hours_never"), (1, "attempted")):  # fmt: skip
        missed(scene, rng, ago, ending)
    missed(scene, rng, 1, "never", lambda account: account.owner_id == SMALL_OWNER)
    for ago in (1, 3):
        stranger(scene, rng, ago, "never")


def play_unseen(scene: Scene, rng: Random) -> None:
    """Two misses of the seller whose callbacks nobody can see; early, since she has few accounts."""
    blind_mobile(scene, rng, 2)
    blind_mobile(scene, rng, 4)


def play_past(scene: Scene, rng: Random) -> None:
    """Missed calls of the six months before."""
    kinds = [kind for kind in ENDINGS if not kind.startswith("repeat")]
    for ago in range(8, 118):
        ending = kinds[ago % len(kinds)] if ago % 2 else "in_time"
        missed(scene, rng, ago, ending)
    for ago in range(12, 112, 20):
        missed(scene, rng, ago, "repeat_never")
        withheld(scene, rng, ago + 3)
        withheld(scene, rng, ago + 7)
        stranger(scene, rng, ago + 1, "in_time")
        stranger(scene, rng, ago + 4, "misdial")
        stranger(scene, rng, ago + 9, "in_time")
