"""Messages: once, found again after silence, never to somebody who said STOP."""

import pytest

from tests.unit.tools.hands import Hands
from tests.unit.tools.telephony.twilio.switchboard import KIM, LINE, OLE, switchboard, wire_of
from tools.base import ApprovedWrite, BadAnswer, Unanswered, VendorError
from tools.fakes.twilio import TwilioFake
from tools.fakes.wire import Faults
from tools.telephony.twilio.write import TwilioWriter

TEXT = ApprovedWrite("out_9", "message", ("phone", KIM), {"text": "Ada calls at 3", "at": "1772452800000"}, "ada", "h")


@pytest.fixture
def fake() -> TwilioFake:
    return switchboard(Hands())


def _writer(fake: TwilioFake, faults: Faults | None = None) -> TwilioWriter:
    return TwilioWriter(wire_of(fake, faults), LINE)


def _sent(fake: TwilioFake) -> list[str]:
    return [one["body"] for one in fake.messages if one["direction"] != "inbound"]


def test_sent_once_and_found_again(fake: TwilioFake) -> None:
    writer = _writer(fake)
    assert writer.find(TEXT) is None
    made = writer.write(TEXT)
    found = writer.find(TEXT)
    assert found is not None
    assert found.source_id == made.source_id
    assert _sent(fake) == ["Ada calls at 3"]


@pytest.mark.parametrize("seed", range(6))
def test_storm_sends_nothing_twice(fake: TwilioFake, seed: int) -> None:
    storm = {"limit": 10, "error": 10, "dropped": 10, "late": 25, "broken": 10}
    writer, looks = _writer(fake, Faults(storm, seed=seed, in_a_row=4)), False
    for _ in range(60):
        try:
            if looks and writer.find(TEXT):
                break
            writer.write(TEXT)
            break
        except Unanswered:
            looks = True
        except VendorError:
            pass
    assert _sent(fake) == ["Ada calls at 3"]


@pytest.mark.parametrize("word", ["STOP", "stop.", "Unsubscribe"])
def test_stop_is_honoured(fake: TwilioFake, word: str) -> None:
    fake.add_message(KIM, LINE, word)
    with pytest.raises(BadAnswer, match="STOP"):
        _writer(fake).write(TEXT)
    assert _sent(fake) == []


def test_start_after_stop_lets_in_again_until_the_vendor_refuses(fake: TwilioFake) -> None:
    fake.add_message(KIM, LINE, "STOPALL")
    fake.now.on(minutes=1)  # type: ignore[attr-defined]
    fake.add_message(KIM, LINE, "START")
    assert _writer(fake).write(TEXT)
    fake.add_message(OLE, LINE, "stop")
    fake.add_message(OLE, LINE, "start")
    fake.messages.reverse()
    with pytest.raises(BadAnswer, match="STOP"):
        _writer(fake).write(ApprovedWrite("k", "message", ("phone", OLE), TEXT.fields, "ada", "h"))


def test_only_numbers_are_written_to(fake: TwilioFake) -> None:
    with pytest.raises(BadAnswer):
        _writer(fake).write(ApprovedWrite("k", "message", ("phone", "client:x"), TEXT.fields, "ada", "h"))
