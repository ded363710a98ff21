"""A small Twilio account for the tests: its stand-in, and how it is reached."""

from datetime import timedelta

from pydantic import SecretStr

from tests.unit.tools.hands import NOON, Hands
from tools.fakes.twilio import LIMITED, TwilioFake
from tools.fakes.wire import FakeTransport, Faults
from tools.http import Buckets
from tools.telephony.twilio.source import TwilioSource
from tools.telephony.twilio.wire import ADDRESS, WORDS_ADDRESS, TwilioWire, open_client

ACCOUNT, SECRET = "AC" + "0" * 32, "canary-twilio-secret-44d0"
LINE, ADA, KIM, OLE = "+493012345670", "+493012345671", "+4930999001", "+4930999002"
SINCE = NOON - timedelta(days=30)


def switchboard(clock: Hands, most: int = 1000) -> TwilioFake:
    """One line; a call that was put through, one that nobody took, one that was made."""
    fake = TwilioFake(clock, ACCOUNT, {ACCOUNT: SECRET}, most)
    fake.add_line(LINE, "Sales")
    at = NOON - timedelta(days=2)
    first = fake.add_call(KIM, LINE, seconds=65, at=at)
    fake.add_call(KIM, "client:ada", direction="outbound-dial", seconds=60, parent=first, at=at + timedelta(seconds=5))
    second = fake.add_call(OLE, LINE, seconds=25, at=at + timedelta(hours=1))
    fake.add_call(OLE, ADA, direction="outbound-dial", status="no-answer", parent=second, at=at + timedelta(hours=1))
    fake.add_call(LINE, KIM, direction="outbound-api", seconds=120, at=at + timedelta(hours=2))
    fake.add_message(OLE, LINE, "Please call me back")
    return fake


def wire_of(fake: TwilioFake, faults: Faults | None = None, *, words: bool = False) -> TwilioWire:
    """The calls, to the stand-in; pauses pass at once."""
    moments = [0.0]

    def wait(seconds: float) -> None:
        moments[0] += seconds

    buckets = Buckets(monotonic=lambda: moments[0], wait=wait)
    transport = FakeTransport(fake, faults, LIMITED)
    first = open_client(ACCOUNT, SecretStr(SECRET), buckets, ADDRESS, transport)
    second = open_client(ACCOUNT, SecretStr(SECRET), buckets, WORDS_ADDRESS, transport) if words else None
    return TwilioWire(first, ACCOUNT, second)


def source_of(
    fake: TwilioFake, faults: Faults | None = None, *, consent: str = "unknown", recorded: bool = False
) -> TwilioSource:
    """A source that reads the stand-in."""
    words = consent in ("all_party", "one_party")
    return TwilioSource(wire_of(fake, faults, words=words), fake.now, SINCE, consent, recorded)
