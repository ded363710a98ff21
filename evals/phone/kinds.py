"""Every kind of history that we could think of, each as one function that tells it and says what is true of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from evals.phone.history import INTAKE, LINE, START, USERS, ZONE, History, Record

Kind = Callable[[History, datetime], None]
_KINDS: dict[str, Kind] = {}


def kind(tell: Kind) -> Kind:
    """Puts a kind into the list, under the name of its function."""
    _KINDS[tell.__name__] = tell
    return tell


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def days(count: float) -> timedelta:
    return timedelta(days=count)


# -- answered or not


@kind
def answered_at_once(h: History, at: datetime) -> None:
    who = h.person()
    h.not_missed(h.answered(at, caller=who.numbers[0]), who)


@kind
def answered_without_saying_by_whom(h: History, at: datetime) -> None:
    who = h.person()
    h.not_missed(h.call(at, status="completed", talk_s=42, caller=who.numbers[0]), who)


@kind
def rang_in_vain(h: History, at: datetime) -> None:
    who = h.person()
    h.ends({h.call(at, caller=who.numbers[0]): at}, "none", who)


@kind
def picked_up_without_talk(h: History, at: datetime) -> None:
    who = h.person()
    h.ends({h.call(at, status="completed", ring_s=31, talk_s=0, caller=who.numbers[0]): at}, "none", who)


@kind
def left_a_voicemail(h: History, at: datetime) -> None:
    who = h.person()
    said: Record = {"answered_by": "voicemail", "voicemail_text": "The gate is stuck, please call me.", "talk_s": 18}
    miss = h.call(at, status="completed", user_id=None, **said, caller=who.numbers[0])
    back = h.answered(at + hours(3), "outbound", to=who.numbers[0])
    h.ends({miss: at}, "callback", who, (back, at + hours(3)))


@kind
def gave_up_in_the_menu(h: History, at: datetime) -> None:
    who = h.person()
    menu: Record = {"status": "completed", "answered_by": "ivr", "ivr": "2 service", "talk_s": 25, "user_id": None}
    h.ends({h.call(at, **menu, caller=who.numbers[0]): at}, "none", who)


@kind
def waited_in_the_queue(h: History, at: datetime) -> None:
    who = h.person()
    h.ends({h.call(at, status="abandoned", ring_s=95, user_id=None, caller=who.numbers[0]): at}, "none", who)


# -- legs


@kind
def a_colleague_took_it(h: History, at: datetime) -> None:
    who = h.person()
    root = h.call(at, status="completed", user_id=None, caller=who.numbers[0])
    h.call(at, parent_id=root, user_id="u1", caller=who.numbers[0])
    h.answered(at + timedelta(seconds=9), parent_id=root, user_id="u2", caller=who.numbers[0])
    h.not_missed(root, who)


@kind
def the_whole_group_rang_in_vain(h: History, at: datetime) -> None:
    who = h.person()
    root = h.call(at, status="completed", talk_s=40, user_id=None, answered_by="ivr", caller=who.numbers[0])
    for user in USERS:
        h.call(at + timedelta(seconds=12), parent_id=root, user_id=user, caller=who.numbers[0])
    back = h.answered(at + minutes(14), "outbound", to=who.numbers[0], user_id="u3")
    h.ends({root: at}, "callback", who, (back, at + minutes(14)))


@kind
def one_key_and_a_reported_miss(h: History, at: datetime) -> None:
    who, key = h.person(), f"key-{h.kind}-{at.isoformat()}"
    root = h.answered(at, call_key=key, user_id="u2", caller=who.numbers[0])
    h.call(at + timedelta(seconds=1), call_key=key, missed_event_for="u1", caller=who.numbers[0])
    h.not_missed(root, who)


@kind
def a_reported_miss_without_a_key(h: History, at: datetime) -> None:
    who = h.person()
    root = h.answered(at, user_id="u2", caller=who.numbers[0])
    h.call(at + timedelta(seconds=2), missed_event_for="u1", caller=who.numbers[0])
    h.not_missed(root, who)


@kind
def forwarded_and_answered(h: History, at: datetime) -> None:
    who = h.person()
    root = h.call(at, caller=who.numbers[0])
    h.answered(at + timedelta(seconds=21), parent_id=root, forwarded_from="u1", user_id="u2",
               caller=who.numbers[0], to=USERS["u2"])  # fmt: skip
    h.not_missed(root, who)


@kind
def forwarded_into_a_mobiles_voicemail(h: History, at: datetime) -> None:
    who = h.person()
    root = h.call(at, caller=who.numbers[0])
    h.call(at + timedelta(seconds=21), parent_id=root, forwarded_from="u1", status="completed", talk_s=12,
           answered_by="voicemail", caller=who.numbers[0], to=USERS["u2"])  # fmt: skip
    h.ends({root: at}, "none", who)


@kind
def over_to_another_queue(h: History, at: datetime) -> None:
    who, key = h.person(), f"over-{at.isoformat()}"
    root = h.call(at, call_key=key, ring_s=60, user_id=None, caller=who.numbers[0])
    h.answered(at + minutes(1), call_key=key, parent_id=root, queue="support", user_id="u3",
               caller=who.numbers[0])  # fmt: skip
    h.not_missed(root, who)


@kind
def handed_on_and_lost_there(h: History, at: datetime) -> None:
    """Somebody answered; that the colleague to whom the call was handed did not, makes no miss."""
    who = h.person()
    root = h.call(at, status="completed", user_id=None, caller=who.numbers[0])
    h.answered(at + timedelta(seconds=8), parent_id=root, user_id="u1", caller=who.numbers[0])
    h.call(at + minutes(4), parent_id=root, user_id="u2", caller=who.numbers[0])
    h.not_missed(root, who)


@kind
def legs_come_in_the_wrong_order(h: History, at: datetime) -> None:
    who = h.person()
    root = f"late-{at.isoformat()}"
    h.answered(at + timedelta(seconds=6), parent_id=root, user_id="u2", caller=who.numbers[0])
    h.call(at, known=at + hours(5), id=root, status="completed", user_id=None, caller=who.numbers[0])
    h.not_missed(root, who)


@kind
def a_key_that_is_used_again(h: History, at: datetime) -> None:
    who, other, key = h.person(), h.person(), f"again-{at.isoformat()}"
    miss = h.call(at, call_key=key, caller=who.numbers[0])
    h.ends({miss: at}, "none", who)
    taken = h.answered(at + days(9), call_key=key, caller=other.numbers[0])
    h.not_missed(taken, other)


@kind
def between_colleagues(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    h.call(at + minutes(3), "internal", caller=USERS["u1"], to=USERS["u2"])
    h.ends({miss: at}, "none", who)


# -- nothing wanted


@kind
def a_very_short_dial(h: History, at: datetime) -> None:
    who = h.person()
    h.ends({h.call(at, status="canceled", ring_s=h.rng.randint(1, 4), caller=who.numbers[0]): at}, "misdial", who)


@kind
def short_but_with_a_message(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, ring_s=2, voicemail_text="Invoice four seven, please.", caller=who.numbers[0])
    h.ends({miss: at}, "none", who)


@kind
def the_wrong_number(h: History, at: datetime) -> None:
    who = h.person(listed=False)
    said = h.rng.choice(["Oh, sorry, wrong number.", "I dialled the wrong number, bye.",
                         "Entschuldigung, ich habe mich verwählt."])  # fmt: skip
    miss = h.call(at, status="completed", answered_by="voicemail", talk_s=9, voicemail_text=said,
                  caller=who.numbers[0])  # fmt: skip
    h.ends({miss: at}, "misdial", who)


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


# -- who it was


@kind
def withheld(h: History, at: datetime) -> None:
    h.ends({h.call(at, caller=None): at}, "unlinkable", None)


@kind
def withheld_twice(h: History, at: datetime) -> None:
    for moment in (at, at + minutes(3)):
        h.ends({h.call(moment, caller="anonymous"): moment}, "unlinkable", None)


@kind
def one_number_of_two_accounts(h: History, at: datetime) -> None:
    number = h.number()
    h.share(number, h.person(), h.person())
    miss = h.call(at, caller=number)
    h.answered(at + minutes(20), "outbound", to=number)
    h.ends({miss: at}, "ambiguous", None)


@kind
def one_desk_of_two_colleagues(h: History, at: datetime) -> None:
    number, one = h.number(), h.person()
    h.share(number, one, h.person(account=one.account_id))
    miss = h.call(at, account_id=one.account_id, caller=number)
    h.answered(at + minutes(20), "outbound", to=number)
    h.ends({miss: at}, "ambiguous", None)


@kind
def unknown_and_called_back(h: History, at: datetime) -> None:
    who = h.person(listed=False)
    misses = {h.call(at + minutes(m), caller=who.numbers[0]): at + minutes(m) for m in (0, 7)}
    back = h.answered(at + hours(1), "outbound", to=who.numbers[0])
    h.ends(misses, "callback", who, (back, at + hours(1)))


@kind
def unknown_and_texted(h: History, at: datetime) -> None:
    who = h.person(listed=False)
    miss = h.call(at, caller=who.numbers[0])
    text = h.text(at + minutes(40), who.numbers[0])
    h.ends({miss: at}, "other_channel", who, (text, at + minutes(40)))


@kind
def a_stranger_at_the_door(h: History, at: datetime) -> None:
    """On the intake line a provisional account is made; the line of the call names none."""
    who = h.person(listed=False)
    miss = h.call(at, to=INTAKE, caller=who.numbers[0])
    back = h.answered(at + hours(2), "outbound", to=who.numbers[0])
    h.ends({miss: at}, "callback", who, (back, at + hours(2)))


@kind
def a_contact_without_an_account(h: History, at: datetime) -> None:
    who = h.person(2, account=None)
    miss = h.call(at, to=h.rng.choice([LINE, INTAKE]), caller=who.numbers[0])
    back = h.answered(at + hours(2), "outbound", to=who.numbers[1])
    h.ends({miss: at}, "callback", who, (back, at + hours(2)))


@kind
def numbers_as_people_write_them(h: History, at: datetime) -> None:
    who = h.person()
    national = f"0{who.numbers[0][3:6]} / {who.numbers[0][6:]}"
    miss = h.call(at, caller=national)
    back = h.answered(at + minutes(33), "outbound", to=f"0049 {who.numbers[0][3:]}")
    h.ends({miss: at}, "callback", who, (back, at + minutes(33)))


# -- how it came to be known


@kind
def delivered_twice(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    h.call(at, known=at + hours(1), id=miss, caller=who.numbers[0])
    h.ends({miss: at}, "none", who)


@kind
def delivered_again_under_another_name(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    h.call(at, known=at + hours(30), caller=who.numbers[0])
    back = h.answered(at + minutes(26), "outbound", to=who.numbers[0])
    h.ends({miss: at}, "callback", who, (back, at + minutes(26)))


@kind
def known_days_later(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, known=at + days(3), caller=who.numbers[0])
    back = h.answered(at + minutes(12), "outbound", known=at + days(4), to=who.numbers[0])
    h.ends({miss: at}, "callback", who, (back, at + minutes(12)))


@kind
def was_answered_after_all(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    h.answered(at, known=at + days(2), id=miss, caller=who.numbers[0])
    h.not_missed(miss, who)


@kind
def the_callback_was_withdrawn(h: History, at: datetime) -> None:
    who = h.person()
    miss = h.call(at, caller=who.numbers[0])
    back = h.answered(at + minutes(12), "outbound", to=who.numbers[0])
    h.answered(at + minutes(12), "outbound", known=at + days(1), id=back, deleted=True, to=who.numbers[0])
    h.ends({miss: at}, "none", who)


# -- the clock


@kind
def in_the_night_in_which_the_clocks_change(h: History, at: datetime) -> None:
    missed = datetime(2026, 3, 28, 18, at.minute, tzinfo=ZONE).astimezone(UTC)
    returned = datetime(2026, 3, 30, 9, at.minute, tzinfo=ZONE).astimezone(UTC)
    who = h.person()
    miss = h.call(missed, caller=who.numbers[0])
    back = h.answered(returned, "outbound", to=who.numbers[0])
    h.ends({miss: missed}, "callback", who, (back, returned))


@kind
def over_a_holiday(h: History, at: datetime) -> None:
    missed = datetime(2026, 4, 2, 16, at.minute, tzinfo=ZONE).astimezone(UTC)
    returned = datetime(2026, 4, 7, 8, 50, tzinfo=ZONE).astimezone(UTC)
    who = h.person()
    miss = h.call(missed, caller=who.numbers[0])
    back = h.answered(returned, "outbound", to=who.numbers[0])
    h.ends({miss: missed}, "callback", who, (back, returned))


@kind
def at_noon_and_at_night(h: History, at: datetime) -> None:
    missed = at.astimezone(ZONE).replace(hour=h.rng.choice([3, 12, 22]), minute=20).astimezone(UTC)
    who, returned = h.person(), missed + hours(11)
    miss = h.call(missed, caller=who.numbers[0])
    back = h.answered(returned, "outbound", to=who.numbers[0])
    h.ends({miss: missed}, "callback", who, (back, returned))


def constructed(seed: int = 11, each: int = 5) -> History:
    """A history with `each` cases of every kind, spread over two months."""
    history = History(Random(seed))
    for name, tell in _KINDS.items():
        history.kind = name
        for _ in range(each):
            day = START + timedelta(days=history.rng.randint(7, 56))
            at = day.replace(hour=history.rng.randint(7, 18), minute=history.rng.randint(0, 59),
                             second=history.rng.choice([0, 0, 17]))  # fmt: skip
            tell(history, at.astimezone(UTC))  # to UTC, since adding hours to a local time skips clock changes
    return history


KINDS = tuple(_KINDS)
