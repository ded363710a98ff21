"""Our requests are those of Twilio's own client, and that client reads the answers of our stand-in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.unit.tools.hands import Hands
from tests.unit.tools.loopback import served
from tests.unit.tools.telephony.twilio.switchboard import ACCOUNT, KIM, LINE, OLE, SECRET, SINCE, switchboard
from tools.fakes.twilio import TwilioFake
from tools.fakes.wire import Asked
from tools.http import Buckets
from tools.telephony.twilio.wire import TwilioWire, open_client


class Redirected(TwilioHttpClient):  # type: ignore[misc]
    """The vendor's client, led to the stand-in."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def request(self, method: str, url: str, *args: Any, **how: Any) -> Any:
        """The same request to another host."""
        return super().request(method, self.address + url.split(".com", 1)[1], *args, **how)


Done = tuple[TwilioFake, TwilioWire, Client]
# The one that is made behind the line, the calls and the message of the switchboard.
RECORDING = f"RE{8:032d}"


@pytest.fixture(scope="module")
def both() -> Iterator[Done]:
    fake = switchboard(Hands(), most=2)
    call = fake.calls[0]["sid"]
    fake.record(call, voicemail="Hello", sentences=[{"media_channel": 1, "transcript": "Hi", "start_time": "0.1"}])
    with served(fake) as address:
        ours = open_client(ACCOUNT, SecretStr(SECRET), Buckets(), address)
        yield fake, TwilioWire(ours, ACCOUNT, ours), Client(ACCOUNT, SECRET, http_client=Redirected(address))
        ours.close()


CALLS: dict[str, tuple[Callable[[TwilioWire], Any], Callable[[Any], Any]]] = {
    "calls": (
        lambda ours: ours.calls(SINCE, None),
        lambda sdk: sdk.calls.page(start_time_after=SINCE, page_size=1000),
    ),
    "call": (lambda ours: ours.call("CA" + f"{2:032d}"), lambda sdk: sdk.calls("CA" + f"{2:032d}").fetch()),
    "messages": (
        lambda ours: ours.messages(SINCE, None),
        lambda sdk: sdk.messages.page(date_sent_after=SINCE, page_size=1000),
    ),
    "between": (
        lambda ours: ours.messages_between(OLE, LINE, SINCE),
        lambda sdk: sdk.messages.page(to=LINE, from_=OLE, date_sent_after=SINCE, page_size=1000),
    ),
    "lines": (lambda ours: ours.lines(), lambda sdk: sdk.incoming_phone_numbers.page(page_size=1000)),
    "recordings": (lambda ours: ours.recordings("CA1"), lambda sdk: sdk.calls("CA1").recordings.page(page_size=1000)),
    "voicemail": (
        lambda ours: ours.voicemail("RE1"),
        lambda sdk: sdk.recordings("RE1").transcriptions.page(page_size=1000),
    ),
    "transcripts": (
        lambda ours: ours.sentences("RE1"),
        lambda sdk: sdk.intelligence.v2.transcripts.page(source_sid="RE1", page_size=1000),
    ),
    "sentences": (
        lambda ours: ours.sentences(RECORDING),
        lambda sdk: [
            sdk.intelligence.v2.transcripts.page(source_sid=RECORDING, page_size=1000),
            sdk.intelligence.v2.transcripts(f"GT{RECORDING}").sentences.page(page_size=1000),
        ],
    ),
    "send": (
        lambda ours: ours.send(LINE, KIM, "Hello + more"),
        lambda sdk: sdk.messages.create(to=KIM, from_=LINE, body="Hello + more"),
    ),
    "account": (lambda ours: ours.me(), lambda sdk: sdk.api.accounts(ACCOUNT).fetch()),
}


def _shown(asked: Asked) -> tuple[Any, ...]:
    return asked.method, asked.path, sorted(asked.query), asked.form(), asked.headers["authorization"]


@pytest.mark.parametrize("name", CALLS)
def test_same_request_as_the_vendors_own_client(both: Done, name: str) -> None:
    fake, ours, sdk = both
    begun = len(fake.asked)
    CALLS[name][0](ours)
    between = len(fake.asked)
    CALLS[name][1](sdk)
    assert [_shown(one) for one in fake.asked[begun:between]] == [_shown(one) for one in fake.asked[between:]]


def test_the_vendors_own_client_reads_the_stand_in_page_by_page(both: Done) -> None:
    fake, ours, sdk = both
    begun = len(fake.asked)
    theirs = [one.sid for one in sdk.calls.list(start_time_after=SINCE, page_size=1000)]
    between = len(fake.asked)
    found, link = ours.calls(SINCE, None)
    mine = [one["sid"] for one in found]
    while link:
        found, link = ours.calls(SINCE, link)
        mine += [one["sid"] for one in found]
    assert mine == theirs
    assert [_shown(one) for one in fake.asked[begun:between]] == [_shown(one) for one in fake.asked[between:]]
    assert len(mine) == len(fake.calls)
    first = sdk.calls(fake.calls[1]["sid"]).fetch()
    assert (first.parent_call_sid, first.direction, first.duration) == (fake.calls[0]["sid"], "outbound-dial", "60")
