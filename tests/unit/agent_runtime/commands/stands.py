"""The stand-in of each adapter of the house, and what is answered to connect it; an adapter without one is found."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from agent_runtime.clock import SystemClock
from tests.unit.agent_runtime.connectors.vendors import VENDORS
from tests.unit.tools.chat.workspace import READ as SLACK_READ
from tests.unit.tools.chat.workspace import SHARED, workspace
from tests.unit.tools.crm.hubspot.portal import READ, portal
from tests.unit.tools.hands import Hands
from tests.unit.tools.mail.imap.mailboxes import ANNA, SECRET, post_office
from tests.unit.tools.telephony.twilio.switchboard import ACCOUNT, switchboard
from tests.unit.tools.telephony.twilio.switchboard import SECRET as TWILIO_SECRET
from tools.fakes.aircall import AircallFake
from tools.fakes.wire import FakeTransport


@dataclass(frozen=True, slots=True)
class Stand:
    """A stand-in as it is reached, and what is answered: what is needed, and nothing that may write. `since`: from
    when it is read; one that lets little be asked in a minute is not asked for months."""

    reach: httpx.BaseTransport | None
    answers: Mapping[str, str] = field(default_factory=dict)
    since: str = "2026-01-01"


def _aircall(hands: Hands) -> AircallFake:
    """One call: it lets sixty things be asked a minute, and these commands keep to it."""
    made = AircallFake(hands, "id1", VENDORS["aircall"].answers["api_token"])
    made.add_user(7, "Ada", "ada@ours.example")
    made.add_number(1, "+49 30 12345670", "Sales")
    made.add_call("+49 30 999001", at=hands() - timedelta(days=2), talk=60, user=7)
    return made


_MADE: dict[str, tuple[Callable[[Hands], Any], Mapping[str, str]]] = {
    "hubspot": (portal, {"token": READ}),
    "slack": (workspace, {"token": SLACK_READ, "channels": f"{SHARED}=501"}),
    "twilio": (switchboard, {"account_sid": ACCOUNT, "secret": TWILIO_SECRET}),
    **{name: (one.make, one.answers) for name, one in VENDORS.items()},
    "aircall": (_aircall, VENDORS["aircall"].answers),
}
STANDS = frozenset({*_MADE, "imap"})


@contextmanager
def standing(name: str) -> Iterator[Stand]:
    """The stand-in of this adapter, with something to be read; raises KeyError where it has none."""
    if name == "imap":
        with post_office() as post:
            post.receive(1)
            told = {"host": "127.0.0.1", "port": str(post.port), "security": "plain", "user": ANNA, "secret": SECRET}
            yield Stand(None, told)
        return
    make, answers = _MADE[name]
    needed = {key: value for key, value in answers.items() if not key.startswith("write_")}
    # A stand-in that checks when a credential was signed lives in the present, as the commands do.
    hands = Hands(SystemClock().now())
    since = f"{hands() - timedelta(days=4):%Y-%m-%d}" if name == "aircall" else "2026-01-01"
    yield Stand(FakeTransport(make(hands)), needed, since)
