"""Kinds of history: which calls are one need, and how it was returned."""

from datetime import datetime, timedelta

from evals.phone.history import USERS, History
from evals.phone.telling import days, hours, kind, minutes

# -- one need


@kind
def dialled_three_times(h: History, at: datetime) -> None:
    who = h.person(2)
    calls = {h.call(at + minutes(m), caller=who.numbers[n]): at + minutes(m) for m, n in ((0, 0), (4, 1), (31, 0))}
    back = h.answered(at + hours(20), "outbound", to=who.numbers[1])
    h.ends(calls, "callback", who, (back, at + hours(20)))


@kind
def called_back_in_between(h: History, at: datetime) -> None:
    who = h.person()
    first = h.call(at, caller=who.numbers[0])
    back = h.answered(at + minutes(50), "outbound", to=who.numbers[0])
    again = h.call(at + hours(2), caller=who.numbers[0])
    h.ends({first: at}, "callback", who, (back, at + minutes(50)))
    h.ends({again: at + hours(2)}, "none", who)


@kind
def again_after_more_than_a_day(h: History, at: datetime) -> None:
    who, later = h.person(), at + hours(24) + minutes(1)
    first, second = (h.call(moment, caller=who.numbers[0]) for moment in (at, later))
    back = h.answered(later + hours(1), "outbound", to=who.numbers[0])
    h.ends({first: at}, "callback", who, (back, later + hours(1)))
    h.ends({second: later}, "callback", who, (back, later + hours(1)))


@kind
def tried_in_between(h: History, at: datetime) -> None:
    who = h.person()
    first = h.call(at, caller=who.numbers[0])
    h.call(at + minutes(20), "outbound", to=who.numbers[0])
    second = h.call(at + hours(1), caller=who.numbers[0])
    h.ends({first: at, second: at + hours(1)}, "attempted", who)


@kind
def two_people_of_one_company(h: History, at: datetime) -> None:
    one = h.person()
    other = h.person(account=one.account_id)
    first = h.call(at, caller=one.numbers[0])
    second = h.call(at + minutes(2), caller=other.numbers[0])
    back = h.answered(at + minutes(30), "outbound", to=other.numbers[0])
    h.ends({first: at}, "none", one)
    h.ends({second: at + minutes(2)}, "callback", other, (back, at + minutes(30)))


# -- how it was returned


@kind
def called_back(h: History, at: datetime) -> None:
    who, back_at = h.person(), at + minutes(h.rng.randint(1, 3000))
    miss = h.call(at, caller=who.numbers[0])
    back = h.answered(back_at, "outbound", to=who.numbers[0])
    h.ends({miss: at}, "callback", who, (back, back_at))


@kind
def called_back_on_another_number_by_another_user(h: History, at: datetime) -> None:
    who, back_at = h.person(3), at + hours(5)
    miss = h.call(at, caller=who.numbers[0])
    back = h.answered(back_at, "outbound", user_id="u3", caller=USERS["u3"], to=who.numbers[2])
    h.ends({miss: at}, "callback", who, (back, back_at))


@kind
def tried_twice_then_reached(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    h.call(at + minutes(9), "outbound", to=who.numbers[0])
    h.call(at + hours(2), "outbound", status="busy", ring_s=1, to=who.numbers[0])
    back = h.answered(at + days(1) + hours(2), "outbound", to=who.numbers[0])
    h.ends({miss: at}, "callback", who, (back, at + days(1) + hours(2)))


@kind
def only_tried(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    h.call(at + minutes(9), "outbound", to=who.numbers[0])
    h.ends({miss: at}, "attempted", who)


@kind
def their_voicemail(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    h.answered(at + minutes(40), "outbound", answered_by="voicemail", to=who.numbers[0])
    h.ends({miss: at}, "attempted", who)


@kind
def our_call_was_blocked(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    h.call(at + minutes(9), "outbound", status="failed", ring_s=0, to=who.numbers[0])
    h.ends({miss: at}, "none", who)


@kind
def on_the_thirteenth_day(h: History, at: datetime) -> None:
    who, back_at = h.person(), at + days(13) + hours(1)
    miss = h.call(at, caller=who.numbers[0])
    back = h.answered(back_at, "outbound", to=who.numbers[0])
    h.ends({miss: at}, "callback", who, (back, back_at))


@kind
def after_a_fortnight(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    h.answered(at + days(14) + hours(1), "outbound", to=who.numbers[0])
    h.ends({miss: at}, "none", who)


@kind
def spoken_to_just_before(h: History, at: datetime) -> None:
    who = h.person()
    h.answered(at - minutes(9), "outbound", talk_s=60, to=who.numbers[0])
    h.ends({h.call(at, caller=who.numbers[0]): at}, "none", who)


@kind
def a_colleague_of_theirs_was_called(h: History, at: datetime) -> None:
    who = h.person()
    other = h.person(account=who.account_id)
    miss = h.call(at, caller=who.numbers[0])
    h.answered(at + minutes(9), "outbound", to=other.numbers[0])
    h.write(at + minutes(12), other.email)
    h.ends({miss: at}, "none", who)


@kind
def both_were_rung_one_answered(h: History, at: datetime) -> None:
    who = h.person()
    other = h.person(account=who.account_id)
    miss = h.call(at, caller=who.numbers[0])
    root = h.call(at + minutes(9), "outbound", status="completed", user_id="u1", to=USERS["u1"])
    h.answered(at + minutes(9), "outbound", parent_id=root, to=other.numbers[0])
    h.call(at + minutes(9), "outbound", parent_id=root, to=who.numbers[0])
    h.ends({miss: at}, "attempted", who)


@kind
def dialled_by_click(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    root = h.answered(at + minutes(7), "outbound", to=USERS["u1"])
    h.answered(at + minutes(7) + timedelta(seconds=5), "outbound", parent_id=root, to=who.numbers[0])
    h.ends({miss: at}, "callback", who, (root, at + minutes(7)))


@kind
def they_reached_us(h: History, at: datetime) -> None:
    who = h.person(2)
    miss = h.call(at, caller=who.numbers[0])
    later = h.answered(at + minutes(25), caller=who.numbers[1])
    h.ends({miss: at}, "caller_reached_us", who, (later, at + minutes(25)))
    h.not_missed(later, who)


@kind
def answered_by_mail(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    mail = h.write(at + hours(6), who.email)
    h.answered(at + hours(8), "outbound", to=who.numbers[0])
    h.ends({miss: at}, "other_channel", who, (mail, at + hours(6)))


@kind
def answered_by_text(h: History, at: datetime) -> None:
    who = h.person(2)
    miss = h.call(at, caller=who.numbers[0])
    text = h.text(at + minutes(17), who.numbers[1], h.rng.choice(["sms", "whatsapp"]))
    h.ends({miss: at}, "other_channel", who, (text, at + minutes(17)))


@kind
def an_automatic_mail(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    h.write(at + minutes(1), who.email, auto_kind="ooo")
    h.ends({miss: at}, "none", who)


@kind
def what_they_write_is_no_answer(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    h.write(at + minutes(9), "u1@seller.example", direction="inbound", sender=who.email)
    h.ends({miss: at}, "none", who)
