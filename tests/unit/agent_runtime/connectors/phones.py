"""The phone systems, Gong and Slack among the vendors whose rounds are tested alike."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, insert

from memory.records import Account, Contact, Handle, User
from tests.unit.tools.chat.workspace import READ, SHARED, SIGNING, WRITE, workspace
from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.telephony.twilio.switchboard import ACCOUNT, KIM, LINE, SECRET, switchboard
from tools.fakes.aircall import LIMITED as AIRCALL_LIMITED
from tools.fakes.aircall import AircallFake
from tools.fakes.gong import LIMITED as GONG_LIMITED
from tools.fakes.gong import GongFake
from tools.fakes.slack import LIMITED as SLACK_LIMITED
from tools.fakes.slack import SlackFake
from tools.fakes.twilio import LIMITED as TWILIO_LIMITED
from tools.fakes.twilio import TwilioFake
from tools.fakes.wire import Answered

ADA_ADDRESS, KIM_ADDRESS = "ada@ours.example", "kim@northwind.example"
AIRCALL_TOKEN, GONG_SECRET = "canary-aircall-token-77b0", "canary-gong-secret-5e11"
PRIVATE = "canary private talk"
TWILIO_ANSWERS = {
    "account_sid": ACCOUNT, "secret": SECRET, "consent": "all_party", "recorded": "yes",
    "auth_token": "canary-twilio-token-0b1c",
}  # fmt: skip
AIRCALL_ANSWERS = {
    "api_id": "id1",
    "api_token": AIRCALL_TOKEN,
    "consent": "all_party",
    "webhook_token": "canary-aircall-hook-93ae",
}
GONG_ANSWERS = {"access_key": "key", "secret": GONG_SECRET, "consent": "all_party", "calls": "yes"}
SLACK_ANSWERS = {"token": READ, "write_token": WRITE, "signing_secret": SIGNING, "channels": f"{SHARED}=a1"}


def northwind(engine: Engine) -> None:
    """Whom the CRM knows: an account with a person, her address and her number, and Ada of ours."""
    person = {"id": "c1", "account_id": "a1", "name": "Kim", "title": "", "role": "", "status": "active", "custom": {}}
    ada = {"id": "u-ada", "name": "Ada", "email": ADA_ADDRESS, "role": "rep", "custom": {}}
    known = [("email", KIM_ADDRESS), ("phone", KIM)]
    with engine.begin() as connection:
        connection.execute(insert(Account), {"id": "a1", "name": "Northwind", "provisional": False, "custom": {}})
        connection.execute(insert(Contact), person)
        connection.execute(insert(User), ada)
        for kind, value in known:
            connection.execute(insert(Handle), {"kind": kind, "value": value, "account_id": "a1", "contact_id": "c1"})


def twilio(hands: Hands) -> TwilioFake:
    """The account of the tests, three records a page, with a talk and a message that were written down."""
    fake = switchboard(hands, most=3)
    call = next(one["sid"] for one in fake.calls if one["direction"] == "outbound-api")
    fake.record(call, sentences=[{"media_channel": 1, "start_time": "0.5", "transcript": "The second unit is late."}])
    missed = next(one["sid"] for one in fake.calls if one["direction"] == "inbound" and one["duration"] == "25")
    fake.record(missed, voicemail="Please call me back about the price.")
    for minute in range(4):
        fake.add_call(KIM, LINE, seconds=30, at=NOON - timedelta(days=1, minutes=minute))
    hands.on(minutes=1)
    return fake


def twilio_change(fake: Any) -> None:
    """Somebody calls; what they said is written down later."""
    fake.add_call(KIM, LINE, seconds=30, at=fake.now() - timedelta(minutes=5))


def aircall(hands: Hands) -> AircallFake:
    """Sixty calls of a customer on one line, two of them written down."""
    fake = AircallFake(hands, "id1", AIRCALL_TOKEN)
    fake.add_user(7, "Ada", ADA_ADDRESS)
    fake.add_number(1, LINE, "Sales")
    for hour in range(60):
        missed = None if hour % 3 else "agents_did_not_answer"
        fake.add_call(KIM, at=hands() - timedelta(hours=70 - hour), talk=0 if missed else 40, user=7, missed=missed)
    said = [{"start_time": 1.5, "text": "By when can it be here?", "participant_type": "external"}]
    fake.transcripts |= {"100001": said, "100059": said}
    return fake


def aircall_change(fake: Any) -> None:
    """Somebody calls."""
    fake.add_call(KIM, at=fake.now() - timedelta(minutes=5), talk=20, user=7)


def gong(hands: Hands) -> GongFake:
    """Five talks with a customer, two a page, one of them private."""
    fake = GongFake(hands, "key", GONG_SECRET, most=2)
    fake.add_user("u1", "Ada Reed", ADA_ADDRESS)
    ours = {"speakerId": "s1", "affiliation": "Internal", "name": "Ada", "emailAddress": ADA_ADDRESS}
    theirs = {"speakerId": "s2", "affiliation": "External", "name": "Kim", "emailAddress": KIM_ADDRESS,
              "phoneNumber": KIM}  # fmt: skip
    for day in range(4):
        direction = "Outbound" if day % 2 else "Conference"
        at = NOON - timedelta(days=5 - day)
        talk = fake.add_talk(f"Review {day}", at, owner="u1", parties=(ours, theirs), direction=direction)
        fake.write_down(talk, ("s2", f"The unit {day} is late."), ("s1", "I will call on Friday."))
    hidden = fake.add_talk(PRIVATE, NOON - timedelta(days=1), owner="u1", private=True, parties=(ours, theirs))
    fake.write_down(hidden, ("s2", PRIVATE))
    return fake


def gong_change(fake: Any) -> None:
    """A talk is made private after it was read."""
    fake.set_private(fake.talks[-2]["metaData"]["id"])


def slack(hands: Hands) -> SlackFake:
    """The workspace of the tests, two a page."""
    fake = workspace(hands, most=2)
    for one in range(5):
        fake.say(SHARED, "UKIM", f"line {one}", at=NOON - timedelta(hours=5 - one))
    return fake


def slack_change(fake: Any) -> None:
    """Somebody takes back the last thing that they said."""
    fake.remove(SHARED, fake.channels[SHARED][-1]["ts"])


# What the stand-in is, what is answered to connect it, what changes, how it says that its limit is used up.
Made = tuple[Callable[[Hands], Any], dict[str, str], Callable[[Any], None], Answered]
PHONES: dict[str, Made] = {
    "twilio": (twilio, TWILIO_ANSWERS, twilio_change, TWILIO_LIMITED),
    "aircall": (aircall, AIRCALL_ANSWERS, aircall_change, AIRCALL_LIMITED),
    "gong": (gong, GONG_ANSWERS, gong_change, GONG_LIMITED),
    "slack": (slack, SLACK_ANSWERS, slack_change, SLACK_LIMITED),
}
