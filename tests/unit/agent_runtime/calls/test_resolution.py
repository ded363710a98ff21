"""Constructed phone histories with their truth: who called, and how each need ended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.models import Visit
from agent_runtime.calls.resolution import resolve
from agent_runtime.calls.topics import TopicReader, TopicReading
from tests.unit.agent_runtime.calls.phone import (
    ANNA,
    ANNA_OFFICE,
    BERT,
    BUSINESS_CENTRE,
    DAY,
    DESK,
    HOUR,
    MOBILE,
    OWNERS,
    RECEPTION,
    SHARED,
    STRANGER,
    WEEK,
    business_seconds,
    callback,
    dial,
    miss,
    moment,
    sent,
    taken,
)
from tests.unit.agent_runtime.calls.truth import NOT_MISSED, Case, assert_true_lines, case, ends

CALLERS = [
    case("withheld", miss("a", 0, None), callback("cb", 5), a=ends("unlinkable", account_id=None)),
    case(
        "withheld twice is two needs",
        miss("a", 0, None),
        miss("b", 5, None),
        a=ends("unlinkable", need_id="a"),
        b=ends("unlinkable", need_id="b"),
    ),
    case(
        "one number of two accounts",
        miss("a", 0, SHARED),
        callback("cb", 5, SHARED),
        a=ends("ambiguous", account_id=None),
    ),
    case(
        "one number of two accounts, the source names one",
        miss("a", 0, SHARED, account_id="bolt"),
        callback("cb", 5, SHARED, account_id="bolt"),
        a=ends("callback", "cb", 5, account_id="bolt"),
    ),
    case("one number of two contacts", miss("a", 0, DESK), callback("cb", 5, DESK), a=ends("ambiguous")),
    case("one main line of two accounts", miss("a", 0, BUSINESS_CENTRE), a=ends("ambiguous")),
    case(
        "an account's main line that is one contact's number too",
        miss("a", 0, RECEPTION),
        callback("cb", 5, BERT),
        a=ends("callback", "cb", 5, account_id="acme"),
    ),
    case(
        "a call filed under somebody else does not take her number away",
        miss("a", 0),
        dial("d", 5, contact_id="dora"),
        callback("cb", 9),
        a=ends("callback", "cb", 9),
    ),
    case(
        "a callback to a shared number is not known to be hers",
        miss("a", 0, ANNA),
        callback("cb", 5, SHARED),
        a=ends("none"),
    ),
    case(
        "an answered call from a shared number",
        taken("a", 0, SHARED),
        a={**NOT_MISSED, "account_id": None},
    ),
    case(
        "a number that nobody knows is still one caller",
        miss("a", 0, STRANGER),
        miss("b", 20, STRANGER),
        callback("cb", 60, STRANGER),
        a=ends("callback", "cb", 60, need_id="a", account_id=None),
        b=ends("callback", "cb", 40, need_id="a", account_id=None),
    ),
    case(
        "the source names the contact of an unknown number",
        miss("a", 0, STRANGER, contact_id="anna", account_id="acme"),
        callback("cb", 5, ANNA_OFFICE),
        a=ends("callback", "cb", 5, account_id="acme"),
    ),
    case(
        "a number learned from a call that names its contact",
        miss("a", 0, STRANGER),
        callback("cb", 5, STRANGER, contact_id="dora", account_id="delta"),
        a=ends("callback", "cb", 5, account_id="delta"),
    ),
    case(
        "a number that the sources give to two contacts",
        miss("a", 0, STRANGER),
        dial("d", 5, STRANGER, contact_id="dora"),
        dial("e", 6, STRANGER, contact_id="emil"),
        a=ends("ambiguous"),
    ),
]

CALLBACKS = [
    case("called back", miss("a", 0), callback("cb", 30), a=ends("callback", "cb", 30, account_id="acme")),
    case("by somebody else", miss("a", 0), callback("cb", 9, user_id="u7"), a=ends("callback", "cb", 9)),
    case("on her other number", miss("a", 0), callback("cb", 9, ANNA_OFFICE), a=ends("callback", "cb", 9)),
    case("a colleague of hers is not her", miss("a", 0), callback("cb", 9, BERT), a=ends("none")),
    case("before the miss", callback("cb", -9), miss("a", 0), a=ends("none")),
    case("in the same second", miss("a", 0), callback("cb", 0), a=ends("none")),
    case(
        "a few seconds of talk",
        miss("a", 0),
        dial("cb", 9, status="completed", talk_s=3),
        a=ends("callback", "cb", 9),
    ),
    case("tried only", miss("a", 0), dial("d", 9), a=ends("attempted")),
    case("busy is a try", miss("a", 0), dial("d", 9, status="busy"), a=ends("attempted")),
    case("no phone rang", miss("a", 0), dial("d", 9, status="failed", ring_s=0), a=ends("none")),
    case(
        "we left a voicemail",
        miss("a", 0),
        callback("d", 9, answered_by="voicemail"),
        a=ends("attempted"),
    ),
    case(
        "tried twice, then reached",
        miss("a", 0),
        dial("d1", 9),
        dial("d2", 19),
        callback("cb", 45),
        a=ends("callback", "cb", 45),
    ),
    case(
        "the first of two callbacks counts",
        miss("a", 0),
        callback("late", 90),
        callback("early", 30),
        a=ends("callback", "early", 30),
    ),
    case(
        "dialled by click: our phone first, then hers",
        miss("a", 0),
        callback("cb", 9, MOBILE),
        dial("cb1", 9.1, ANNA, parent_id="cb"),
        a=ends("attempted"),
    ),
    case(
        "on the fourteenth day",
        miss("a", 0),
        callback("cb", 2 * WEEK),
        a=ends("callback", "cb", 2 * WEEK),
    ),
    case(
        "the fortnight runs from the last miss of a need",
        miss("a", 0),
        miss("b", 20 * HOUR),
        callback("cb", 2 * WEEK + HOUR),
        a=ends("callback", "cb", 2 * WEEK + HOUR),
        b=ends("callback", "cb", 2 * WEEK - 19 * HOUR),
    ),
    case("after the fourteenth day", miss("a", 0), callback("cb", 2 * WEEK + 1), a=ends("none")),
]

OTHER_WAYS = [
    case("she reached us", miss("a", 0), taken("b", 25), a=ends("caller_reached_us", "b", 25), b=NOT_MISSED),
    case(
        "she reached us from the office",
        miss("a", 0),
        taken("b", 25, ANNA_OFFICE),
        a=ends("caller_reached_us", "b", 25),
        b=NOT_MISSED,
    ),
    case("her colleague reached us", miss("a", 0), taken("b", 25, BERT), a=ends("none"), b=NOT_MISSED),
    case("answered by mail", miss("a", 0), sent("m", 40), a=ends("other_channel", "m", 40)),
    case(
        "answered by mail to her address",
        miss("a", 0),
        sent("m", 40, contact_ids=(), addresses=("anna@acme.example",)),
        a=ends("other_channel", "m", 40),
    ),
    case(
        "answered by text to a stranger's number",
        miss("a", 0, STRANGER),
        sent("m", 4, medium="sms", contact_ids=(), addresses=(STRANGER,)),
        a=ends("other_channel", "m", 4),
    ),
    case("an automatic mail is no answer", miss("a", 0), sent("m", 4, automatic=True), a=ends("none")),
    case("her own mail is no answer", miss("a", 0), sent("m", 4, direction="inbound"), a=ends("none")),
    case(
        "a mail to a colleague is no answer",
        miss("a", 0),
        sent("m", 4, contact_ids=("bert",)),
        a=ends("none"),
    ),
    case(
        "a mail to an address of two contacts is no answer",
        miss("a", 0),
        sent("m", 4, contact_ids=(), addresses=("office@shared.example",)),
        a=ends("none"),
    ),
    case(
        "a mail before the callback",
        miss("a", 0),
        dial("d", 10),
        sent("m", 20),
        callback("cb", 30),
        a=ends("other_channel", "m", 20),
    ),
]

DELIVERIES = [
    case(
        "the same record twice",
        miss("a", 0),
        miss("a", 0),
        callback("cb", 5),
        callback("cb", 5),
        a=ends("callback", "cb", 5),
    ),
    case(
        "the same call under another id",
        miss("a", 0, ring_s=3),
        miss("z", 0, ring_s=3, at=moment(90)),
        a=ends("misdial"),
    ),
    case(
        "known days late, the latency runs from the call",
        miss("a", 0, at=moment(3 * DAY)),
        callback("cb", 7, at=moment(4 * DAY)),
        a=ends("callback", "cb", 7),
    ),
    case(
        "a revision corrects the miss",
        miss("a", 0),
        taken("a", 0, at=moment(60)),
        a=NOT_MISSED,
    ),
    case(
        "business latency counts opening time only",
        miss("a", 7 * HOUR),
        callback("cb", DAY),
        a=ends("callback", "cb", 17 * HOUR, business_latency_s=2 * 3600),
    ),
]


@pytest.mark.parametrize("case", [*CALLERS, *CALLBACKS, *OTHER_WAYS, *DELIVERIES])
def test_every_inbound_call_of_a_history_ends_as_it_did(case: Case) -> None:
    assert_true_lines(case)


def test_a_night_in_which_the_clocks_change_is_an_hour_shorter() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    local = [datetime(2025, 3, 29, 20, tzinfo=berlin), datetime(2025, 3, 30, 8, tzinfo=berlin)]
    missed, returned = (when.astimezone(UTC) for when in local)
    legs = [
        replace(miss("a", 0), at=missed, started_at=missed),
        replace(callback("cb", 0), at=returned, started_at=returned),
    ]

    def always_open(start: datetime, end: datetime) -> float:
        return (end - start).total_seconds()

    (line,) = resolve(join_legs(legs), business_seconds=always_open)
    assert (line.latency_s, line.business_latency_s) == (11 * 3600, 11 * 3600)


def test_the_window_of_a_callback_is_the_callers_choice() -> None:
    calls = join_legs([miss("a", 0), callback("cb", DAY)])
    (line,) = resolve(calls, business_seconds=business_seconds, window=timedelta(hours=23))
    assert line.resolution == "none"


@pytest.mark.parametrize(
    ("before", "intent"),
    [
        (Visit(id="v", at=moment(-60), contact_id="anna"), "commercial"),
        (Visit(id="v", at=moment(-60), addresses=(ANNA_OFFICE,)), "commercial"),
        (Visit(id="v", at=moment(-25 * HOUR), contact_id="anna"), "informational"),
        (Visit(id="v", at=moment(5), contact_id="anna"), "informational"),
        (Visit(id="v", at=moment(-60), contact_id="bert"), "informational"),
    ],
    ids=["an hour before", "on her other number", "the day before", "afterwards", "somebody else"],
)
def test_who_asked_for_prices_just_before_is_no_cold_dial(before: Visit, intent: str) -> None:
    calls = join_legs([miss("a", 0)])
    (line,) = resolve(calls, owners=OWNERS, business_seconds=business_seconds, visits=[before])
    assert (line.intent, line.topic) == (intent, None)


def test_a_reader_is_asked_once_for_each_text_that_says_something() -> None:
    asked: list[str] = []

    class Reader(TopicReader):
        def read(self, texts: Sequence[str]) -> list[TopicReading]:
            asked.extend(texts)
            return [TopicReading("billing", 1.0) for _ in texts]

    said = ["The invoice is wrong.", "The invoice is wrong.", "Please call me back."]
    calls = join_legs([miss(f"c{place}", place, voicemail_text=text) for place, text in enumerate(said)])
    found = resolve(calls, business_seconds=business_seconds, reader=Reader())
    assert asked == ["the invoice is wrong."]
    assert [line.topic for line in found] == ["billing", "billing", "unknown"]
