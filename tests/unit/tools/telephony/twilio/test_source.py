"""Twilio is read with every leg, again while calls go on, and without a word that may not be kept."""

from datetime import timedelta

import pytest

from tests.unit.tools.hands import Hands
from tests.unit.tools.telephony.twilio.switchboard import ADA, KIM, LINE, OLE, source_of, switchboard
from tools.base import SourceRecord
from tools.fakes.twilio import TwilioFake
from tools.fakes.wire import Faults


@pytest.fixture
def fake() -> TwilioFake:
    return switchboard(Hands())


def _read(fake: TwilioFake, cursor: str | None = None, **how: object) -> tuple[dict[str, SourceRecord], str]:
    found: dict[str, SourceRecord] = {}
    source = source_of(fake, **how)  # type: ignore[arg-type]
    for page in source.read("calls", cursor):
        assert page.rejected == ()
        found |= {one.source_id: one for one in page.records}
        cursor = page.cursor
    assert cursor
    return found, cursor


def test_legs_carry_what_joins_them(fake: TwilioFake) -> None:
    found, _ = _read(fake)
    whole = [one for one in found.values() if not one.fields.get("parent_id")]
    legs = {one.fields["parent_id"]: one for one in found.values() if one.fields.get("parent_id")}
    assert len(whole) == 3
    taken = next(one for one in whole if one.fields["from"] == KIM)
    assert taken.fields["answered_by"] == "ivr"
    assert legs[taken.source_id].fields["talk_s"] == 60
    assert "answered_by" not in legs[taken.source_id].fields
    missed = next(one for one in whole if one.fields["from"] == OLE)
    assert legs[missed.source_id].fields["status"] == "no_answer"
    assert {one.fields["direction"] for one in found.values()} == {"inbound", "outbound"}
    assert all(one.fields["direction"] == "inbound" for one in legs.values())


def test_leg_of_a_call_that_we_made_is_outbound(fake: TwilioFake) -> None:
    ours = fake.add_call(LINE, ADA, direction="outbound-api", seconds=40)
    leg = fake.add_call(LINE, KIM, direction="outbound-dial", seconds=30, parent=ours)
    found, _ = _read(fake)
    assert found[leg].fields["direction"] == "outbound"


def test_call_under_way_is_read_when_it_has_ended(fake: TwilioFake) -> None:
    ongoing = fake.add_call(KIM, LINE, status="in-progress")
    found, cursor = _read(fake)
    assert ongoing not in found
    fake.now.on(minutes=40)  # type: ignore[attr-defined]
    fake.end_call(ongoing, "completed", 2300)
    found, _ = _read(fake, cursor)
    assert found[ongoing].fields["talk_s"] == 2300


def test_window_after_the_first_reaches_a_day_back(fake: TwilioFake) -> None:
    _, cursor = _read(fake)
    fake.now.on(hours=1)  # type: ignore[attr-defined]
    _read(fake, cursor)
    begins = fake.asked[-1].value("StartTime>")
    assert begins == (fake.now() - timedelta(hours=25)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_resumes_behind_every_page(fake: TwilioFake) -> None:
    whole, _ = _read(fake)
    fake.most = 1
    found: dict[str, SourceRecord] = {}
    cursor, pages = None, 0
    while True:
        # A new process each time: only the cursor is left of the one before.
        page = next(iter(source_of(fake).read("calls", cursor)))
        found |= {one.source_id: one for one in page.records}
        cursor, pages = page.cursor, pages + 1
        fake.add_call("+4930777", LINE, at=fake.now() + timedelta(seconds=pages))
        if page.complete:
            break
    assert pages == len(whole)
    assert {name: found[name].fields for name in whole} == {name: one.fields for name, one in whole.items()}


def test_storm_ends_as_without(fake: TwilioFake) -> None:
    calm, _ = _read(fake)
    fake.most = 2
    faults = Faults({"limit": 25, "error": 20, "dropped": 20, "late": 20}, seed=5)
    stormy, _ = _read(fake, faults=faults)
    assert sum(faults.counts.values()) > 1
    assert {name: one.fields for name, one in stormy.items()} == {name: one.fields for name, one in calm.items()}


@pytest.mark.parametrize(
    ("consent", "kept"), [("all_party", True), ("one_party", True), ("none", False), ("unknown", False)]
)
def test_what_was_said_is_asked_for_only_under_consent(fake: TwilioFake, consent: str, kept: bool) -> None:
    said = [{"media_channel": 1, "start_time": "0.5", "transcript": "canary words of a customer"}]
    call = next(one["sid"] for one in fake.calls if one["direction"] == "outbound-api")
    fake.record(call, sentences=said)
    found, _ = _read(fake, consent=consent, recorded=True)
    asked = any("Transcripts" in one.path for one in fake.asked)
    assert asked is kept
    assert ("canary words" in repr(found)) is kept
    if kept:
        assert found[call].fields["consent"] == consent
        assert found[call].fields["transcript"][0]["speaker"] == "customer"


def test_message_that_was_left_is_kept_as_the_callers_own(fake: TwilioFake) -> None:
    call = next(one["sid"] for one in fake.calls if one["from"] == OLE and not one["parent_call_sid"])
    fake.record(call, voicemail="Please call back")
    found, _ = _read(fake, recorded=True)
    assert found[call].fields["voicemail_text"] == "Please call back"
    assert found[call].fields["answered_by"] == "voicemail"
    without, _ = _read(fake)
    assert "voicemail_text" not in without[call].fields


@pytest.mark.parametrize(("consent", "kept"), [("all_party", True), ("none", False), ("unknown", False)])
def test_a_talk_that_was_written_down_is_no_message_that_was_left(fake: TwilioFake, consent: str, kept: bool) -> None:
    call = next(one["sid"] for one in fake.calls if one["from"] == KIM and not one["parent_call_sid"])
    said = [{"media_channel": 1, "start_time": "1", "transcript": "canary of a talk"}]
    fake.record(call, voicemail="canary of a talk", sentences=said, talk=True)
    found, _ = _read(fake, consent=consent, recorded=True)
    assert not any("Transcriptions" in one.path for one in fake.asked)
    assert ("canary" in repr(found)) is kept
    assert "voicemail_text" not in found[call].fields


def test_no_link_to_a_recording_is_kept(fake: TwilioFake) -> None:
    call = next(one["sid"] for one in fake.calls if one["from"] == KIM and not one["parent_call_sid"])
    fake.record(call, voicemail="Call me")
    found, _ = _read(fake, consent="all_party", recorded=True)
    assert found[call].fields["voicemail_text"] == "Call me"
    assert "Recordings" not in repr(found)


def test_between_whole_looks_little_is_read_again(fake: TwilioFake) -> None:
    _, cursor = _read(fake)
    fake.now.on(minutes=10)  # type: ignore[attr-defined]
    _, cursor = _read(fake, cursor)
    assert fake.asked[-1].value("StartTime>") == (fake.now() - timedelta(hours=2, minutes=10)).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
    late = fake.add_call(KIM, LINE, seconds=9, at=fake.now() - timedelta(hours=20))
    fake.now.on(minutes=55)  # type: ignore[attr-defined]
    assert late in _read(fake, cursor)[0]


def test_legs_that_come_after_their_call_was_read_and_words_later_still(fake: TwilioFake) -> None:
    whole = fake.add_call(KIM, LINE, seconds=60)
    found, cursor = _read(fake, consent="all_party", recorded=True)
    assert whole in found
    fake.now.on(minutes=1)  # type: ignore[attr-defined]
    leg = fake.add_call(KIM, "client:ada", direction="outbound-dial", seconds=50, parent=whole)
    fake.record(whole, sentences=[{"media_channel": 1, "start_time": "1", "transcript": "By when?"}])
    found, _ = _read(fake, cursor, consent="all_party", recorded=True)
    assert found[leg].fields["parent_id"] == whole
    assert found[whole].fields["transcript"]


def test_lines_and_messages(fake: TwilioFake) -> None:
    source = source_of(fake)
    (lines,) = source.read("lines", None)
    assert [row["number"] for row in lines.rows["lines"]] == [LINE]
    (messages,) = source.read("messages", None)
    assert messages.records[0].fields["text"] == "Please call me back"
    assert {one.holder for one in source.sight(source.since, fake.now()) if one.source == "phone"} == {LINE}
