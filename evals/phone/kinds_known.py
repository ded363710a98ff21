"""Kinds of history: who it was, how it came to be known, and what the clock said."""

from datetime import UTC, datetime

from evals.phone.history import INTAKE, LINE, ZONE, History
from evals.phone.telling import days, hours, kind, minutes

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
