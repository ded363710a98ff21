"""What a caller wanted: the topic out of the words, the intent out of topic, signs and what went before."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final, NamedTuple

from agent_runtime.calls.models import DistinctCall, Intent, Topic
from agent_runtime.calls.topic_words import catalogue, named_topics, topic_by_words
from agent_runtime.calls.topics import TopicReader, TopicReading

READ_CHARACTERS: Final = 2000
"""People say what they want at the beginning; the rest of a long transcript only blurs it."""

DEFINITION: Final = "intent-1"
"""One definition of the four intents, for loss reports and for the windows in which we call back alike."""

_UNSTATED_WORDS: Final = 2
"""A message with no more words than this outside greetings asks for nothing that could be named."""

OUR_SPEAKERS: Final = frozenset({"agent", "rep", "us"})


class About(NamedTuple):
    """What a call was about; `topic` is None where there was neither text nor sign."""

    intent: Intent
    topic: Topic | None


_INTENT_OF: Final[dict[Topic, Intent]] = {
    "buy_or_upgrade": "commercial",
    "cancel_risk": "service",
    "billing": "service",
    "technical": "service",
    "security": "service",
    "scheduling": "service",
}

_STATUS: Final = catalogue(
    "status", "where is", "delivery", "delivered", "tracking", "still waiting", "customer service", "service",
    "lieferung*", "geliefert*", "warte noch", "wann kommt", "sendung*", "kundendienst", "kundenservice",
)  # fmt: skip

_NOISE: Final = catalogue(
    "car warranty", "car's extended warranty", "seo", "search ranking", "google listing", "you have won", "lottery",
    "final notice from", "robocall", "spam", "vendor callback", "gewinnspiel", "werbeanruf",
)  # fmt: skip

_WRONG_NUMBER: Final = re.compile(
    r"(?<!\w)(?:(?:dial(?:l?ed)?|called|have|had|got|is|was|the|a|sorry,?)\s+(?:the\s+|a\s+)?wrong\s+number"
    r"(?!\s+(?:on|in|of|for|from))"
    r"|(?:^|[.,!;]\s*)wrong[\s_]+number|dial(?:l?ed)\s+wrong|mis-?dial\w*|pocket\s+dial\w*|butt\s+dial\w*"
    r"|(?:called|rang|dial(?:l?ed)|phoned)\s+(?:you\s+|this\s+number\s+)?by\s+(?:mistake|accident)"
    r"|(?:meant|wanted|trying)\s+to\s+(?:call|reach|ring)\s+(?:someone|somebody)\s+else"
    r"|didn'?t\s+mean\s+to\s+(?:call|dial|ring)"
    r"|verwählt|falsch\s+verbunden|falsche\s+nummer\s+gewählt|(?:^|[.,!;]\s*)falsche\s+nummer"
    r"|(?:aus\s+versehen|versehentlich)\s+(?:angerufen|gewählt)"
    r"|verkeerd\s+(?:nummer|verbonden))(?!\w)"
)

_COURTESY: Final = re.compile(
    r"(?<!\w)(?:hello|hi|hey|good\s+(?:morning|afternoon|evening)|(?:this\s+is|my\s+name\s+is)\s+\w+|speaking|it'?s\s+me"
    r"|please|thank\s+you|thanks?|bye|regards|hallo|guten\s+(?:tag|morgen|abend)|(?:hier\s+(?:ist|spricht)|mein\s+name\s+ist)"
    r"\s+\w+|bitte|danke|vielen\s+dank|auf\s+wiederhören|tschüss|[+\d\s()/-]+)(?!\w)"
)
_CALL_ME: Final = re.compile(
    r"(?<!\w)(?:(?:give\s+(?:me|us)\s+a\s+|please\s+|(?:can|could|would)\s+you\s+)*(?:(?:call|ring)(?:ing)?(?:\s+(?:me|us))?|phone\s+(?:me|us))"
    r"(?:\s+(?:back|again))?(?:\s+(?:on|at|under))?|as\s+soon\s+as\s+possible|when\s+you\s+(?:can|get\s+this)"
    r"|(?:rufen\s+sie|um)(?:\s+(?:mich|uns))?(?:\s+(?:bitte|bald|schnell))*\s*(?:zurück|an|rückruf)?(?:\s+unter)?)(?!\w)"
)


def classify(call: DistinctCall, reading: TopicReading | None = None, *, wanted_before: bool = False) -> About:
    """Says intent and topic of an inbound call from what was said, else from menu, queue, purpose and source.

    `reading`: what a TopicReader read out of the text; without it, what the words alone tell. `wanted_before`: shortly
    before the call its caller showed that they want to buy (a form on prices is no cold dial). Text that only asks to
    be called, or that nobody can place, is `unknown`, as is a sign without a topic; nothing at all is None. Where
    nothing tells the intent it is `informational`: of the four the one that claims least, since it neither promises
    money, nor reports a problem, nor lets the call be ignored.
    """
    text = spoken_text(call)
    signs = _signs(call)
    shown = _read_signs(signs)
    if shown.noise or is_noise(text):
        return About("noise", "other" if text else None)
    topic = _topic(text, signs, shown.topic, reading)
    bought = wanted_before or any(leg.tracking_number for leg in call.legs)
    return About(_intent(topic, status=shown.status or _asks_status(text), bought=bought), topic)


def is_noise(text: str) -> bool:
    """Whether words (in lower case) are of advertising, of a robot, or of somebody who dialled wrong."""
    return bool(text) and (_NOISE.search(text) is not None or says_wrong_number(text))


def spoken_text(call: DistinctCall) -> str:
    """What the caller said, in lower case: voicemail first, then transcript unless consent was refused."""
    if len(call.legs) == 1 and not call.root.voicemail_text and not call.root.transcript:
        return ""  # the common case, on the hot path of the rules
    said = [leg.voicemail_text for leg in call.legs if leg.voicemail_text]
    heard = [line for leg in call.legs if leg.consent != "none" for line in leg.transcript]
    theirs = [line.text for line in heard if line.speaker.lower() not in OUR_SPEAKERS]
    return " ".join((*said, *(theirs or (line.text for line in heard)))).strip()[:READ_CHARACTERS].lower()


@lru_cache(maxsize=256)  # of a message it is asked twice: was it a misdial, and what was wanted
def says_wrong_number(text: str) -> bool:
    """Whether the caller (text in lower case) says that the call was meant for somebody else."""
    return _WRONG_NUMBER.search(text) is not None


@lru_cache(maxsize=4096)
def says_something(text: str) -> bool:
    """Whether a message (in lower case) says more than who called and that they want to be called."""
    if sum(named_topics(text).values()):
        return True
    bare = _COURTESY.sub(" ", text)
    asked = _CALL_ME.sub(" ", bare)
    left = len(re.findall(r"\w+", asked))
    return left > (_UNSTATED_WORDS if asked != bare else 0)


def _signs(call: DistinctCall) -> str:
    named: Iterable[str | None] = (
        sign for leg in call.legs for sign in (leg.ivr, leg.queue, leg.purpose, leg.tracking_number)
    )
    return " ".join(sign for sign in named if sign).replace("_", " ").lower()


class _Signs(NamedTuple):
    """What menu, queue, purpose and number tell: few of them are many calls' own."""

    topic: Topic | None
    noise: bool
    status: bool


@lru_cache(maxsize=4096)
def _read_signs(signs: str) -> _Signs:
    return _Signs(topic_by_words(signs), is_noise(signs), _asks_status(signs))


def _asks_status(words: str) -> bool:
    return bool(words) and _STATUS.search(words) is not None


def _topic(text: str, signs: str, by_signs: Topic | None, reading: TopicReading | None) -> Topic | None:
    if not text:
        return by_signs or ("unknown" if signs else None)
    if not says_something(text):
        return by_signs or "unknown"
    found = (reading or _by_words_alone(text)).topic
    return (by_signs or found) if found == "unknown" else found


def _intent(topic: Topic | None, *, status: bool, bought: bool) -> Intent:
    if bought and topic not in ("cancel_risk", "billing", "technical", "security"):
        return "commercial"
    if topic in _INTENT_OF:
        return _INTENT_OF[topic]
    return "service" if status else "informational"


@cache
def _reader_of_words() -> TopicReader:
    return TopicReader()


@lru_cache(maxsize=4096)
def _by_words_alone(text: str) -> TopicReading:
    """An account is evaluated again and again, and its messages say the same each time."""
    return _reader_of_words().read([text])[0]
