"""A small Slack workspace for the tests: its stand-in, and how it is reached."""

from datetime import timedelta

from pydantic import SecretStr

from tests.unit.tools.hands import NOON, Hands
from tools.chat.slack.source import SlackSource
from tools.chat.slack.wire import SlackWire
from tools.fakes.slack import LIMITED, SlackFake
from tools.fakes.wire import FakeTransport, Faults
from tools.http import Buckets

READ, WRITE, SIGNING = "canary-slack-read-03aa", "canary-slack-write-7c1e", "canary-slack-signing-91d0"
SHARED = "C0SHARED"
SINCE = NOON - timedelta(days=30)


def workspace(clock: Hands, most: int = 200) -> SlackFake:
    """Ada and Ben are ours, Kim is of a customer; they talk in one shared channel."""
    fake = SlackFake(clock, {READ: frozenset({"read"}), WRITE: frozenset({"read", "write"})}, most)
    fake.add_person("UADA", "Ada Reed", "ada@ours.example")
    fake.add_person("UBEN", "Ben Holt", "ben@ours.example")
    fake.add_person("UKIM", "Kim Lee", "kim@northwind.example", stranger=True)
    first = fake.say(SHARED, "UKIM", "When does the second unit come?", at=NOON - timedelta(days=3))
    fake.say(SHARED, "UADA", "I'll find out by Friday.", thread=first, at=NOON - timedelta(days=3) + timedelta(hours=1))
    fake.say(SHARED, "UKIM", "Thanks <all> & bye", at=NOON - timedelta(days=2))
    return fake


def wire_of(fake: SlackFake, faults: Faults | None = None, token: str = WRITE) -> SlackWire:
    """The calls, to the stand-in; pauses pass at once."""
    moments = [0.0]

    def wait(seconds: float) -> None:
        moments[0] += seconds

    buckets = Buckets(monotonic=lambda: moments[0], wait=wait)
    return SlackWire(SecretStr(token), buckets, transport=FakeTransport(fake, faults, LIMITED))


def source_of(fake: SlackFake, faults: Faults | None = None) -> SlackSource:
    """A source that reads the stand-in."""
    return SlackSource(wire_of(fake, faults, READ), fake.now, SINCE, {SHARED: "501"})
