"""Kinds of history: was it answered, by whom of ours, and did anybody want anything."""

from datetime import datetime, timedelta

from evals.phone.history import USERS, History, Record
from evals.phone.telling import days, hours, kind, minutes

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
