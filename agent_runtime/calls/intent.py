"""Reads out of the words around a call what the caller wanted: a small catalogue, English and German."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from agent_runtime.calls.models import DistinctCall, Intent, Topic

READ_CHARACTERS: Final = 2000
"""People say what they want at the beginning; the rest of a long transcript only blurs it."""

_UNSTATED_WORDS: Final = 6
"""A message with no more words than this outside greetings asks for nothing that could be named."""


class About(NamedTuple):
    """What a call was about; `topic` is None where there was neither text nor sign."""

    intent: Intent
    topic: Topic | None


def _catalogue(*words: str) -> re.Pattern[str]:
    """Words and phrases as whole words; one that ends in `*` may go on (German compounds and endings)."""
    forms = (re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in words)
    return re.compile(r"(?<!\w)(?:" + "|".join(forms) + r")(?!\w)")


# The order decides between topics with the same number of words: the costlier to overlook comes first.
_TOPICS: Final[dict[Topic, re.Pattern[str]]] = {
    "cancel_risk": _catalogue(
        "cancel my", "cancel our", "cancel the contract", "cancel the subscription", "cancellation of",
        "terminate*", "close my account", "close our account", "leaving you", "switch provider",
        "switch to another", "switching to", "not renew*", "unhappy", "disappointed", "retention",
        "kündig*", "vertrag beenden", "nicht verlänger*", "anbieter wechseln", "wechseln zu",
        "unzufrieden*", "enttäuscht*", "konto schließen", "beschwer*", "complaint*",
    ),
    "security": _catalogue(
        "fraud*", "stolen", "hacked", "hacker*", "phishing", "password*", "passcode*", "pin", "locked out",
        "compromised", "unauthorised", "unauthorized", "data breach", "security", "lost my card",
        "freeze", "verify my identity", "log in", "login", "two-factor", "identity",
        "betrug*", "gestohlen*", "gehackt*", "passwort*", "kennwort*", "gesperrt*", "sicherheit*",
        "datenleck*", "verloren", "missbrauch*", "anmelden", "zugangsdaten",
    ),
    "billing": _catalogue(
        "invoice*", "bill", "bills", "billing", "charge*", "refund*", "payment*", "paid", "fee", "fees",
        "overcharged", "credit note", "reminder fee", "direct debit", "accounting", "statement", "balance",
        "rechnung*", "abrechnung*", "mahnung*", "zahlung*", "bezahlt*", "gutschrift*", "erstattung*",
        "gebühr*", "lastschrift*", "überweisung*", "buchhaltung*", "abgebucht*",
    ),
    "technical": _catalogue(
        "not working", "doesn't work", "does not work", "stopped working", "won't start", "broken", "error*",
        "bug", "crash*", "outage", "offline", "failed", "failing", "failure", "fault*", "repair*", "reset",
        "technical", "tech support", "helpdesk", "support", "declined", "install*", "sync*", "down since",
        "funktioniert nicht", "geht nicht", "kaputt*", "defekt*", "fehler*", "störung*", "ausfall*",
        "ausgefallen*", "abgestürzt*", "reparatur*", "technik*", "technisch*", "stürzt ab",
    ),
    "buy_or_upgrade": _catalogue(
        "buy", "buying", "purchase*", "order", "ordering", "quote", "quotation", "offer", "pricing", "price",
        "prices", "upgrade*", "estimate", "proposal", "sales", "demo", "trial", "new customer", "licence*",
        "license*", "more seats", "additional seats", "interested in", "sign up", "new contract",
        "kaufen", "bestell*", "angebot*", "preis*", "kostenvoranschlag*", "vertrieb*", "verkauf*",
        "neukunde*", "interesse an", "interessiert*", "erweiter*", "lizenz*", "beauftrag*", "neuer vertrag",
    ),
    "scheduling": _catalogue(
        "appointment*", "reschedul*", "schedul*", "book a", "booking", "reservation*", "meeting", "time slot",
        "move our", "postpone*", "what time", "come by", "visit", "calendar",
        "termin", "termine", "terminverschiebung", "terminvereinbarung", "vereinbaren", "verschieben",
        "verlegen", "reservier*", "besprechung", "uhrzeit", "vorbeikommen", "kalender",
    ),
}  # fmt: skip

_INTENT_OF: Final[dict[Topic, Intent]] = {
    "buy_or_upgrade": "commercial",
    "cancel_risk": "service",
    "billing": "service",
    "technical": "service",
    "security": "service",
    "scheduling": "service",
}

_STATUS: Final = _catalogue(
    "status", "where is", "delivery", "delivered", "tracking", "still waiting", "customer service", "service",
    "lieferung*", "geliefert*", "warte noch", "wann kommt", "sendung*", "kundendienst", "kundenservice",
)  # fmt: skip

_NOISE: Final = _catalogue(
    "car warranty", "extended warranty", "seo", "search ranking", "google listing", "you have won", "lottery",
    "final notice from", "robocall", "gewinnspiel", "werbeanruf",
)  # fmt: skip

_WRONG_NUMBER: Final = _catalogue(
    "wrong number", "dialed wrong", "dialled wrong", "misdialed", "misdialled", "pocket dial*",
    "verwählt", "falsch verbunden", "falsche nummer",
)  # fmt: skip

_COURTESY: Final = re.compile(
    r"(?<!\w)(?:hello|hi|hey|good\s+(?:morning|afternoon|evening)|this\s+is|my\s+name\s+is|speaking|please|thanks?"
    r"|thank\s+you|call(?:ing)?|ring|me|us|back|as\s+soon\s+as\s+possible|when\s+you\s+can|bye|regards"
    r"|hallo|guten\s+(?:tag|morgen|abend)|hier\s+ist|mein\s+name\s+ist|bitte|um|rückruf|rufen\s+sie|mich|uns"
    r"|zurück|danke|vielen\s+dank|auf\s+wiederhören|tschüss|unter|[+\d\s()/-]+)(?!\w)"
)


def classify(call: DistinctCall) -> About:
    """Says intent and topic of an inbound call from what was said, else from menu, queue, purpose and source.

    Text that names no topic is `other` if it says anything, `unknown` if it only asks to be called; a sign
    without a topic is `unknown`; nothing at all is None. Where nothing tells the intent, it is
    `informational`: of the four classes the one that claims least, since it neither promises money, nor
    reports a problem, nor lets the call be ignored. A campaign's number is a commercial sign.
    """
    text = spoken_text(call)
    if text and (_NOISE.search(text) or says_wrong_number(text)):
        return About("noise", "other")
    by_text = _topic(text)
    signs = _signs(call)
    topic = by_text or _topic(signs) or _unnamed(text, signs)
    return About(_intent(topic, f"{text} {signs}", from_campaign=_from_campaign(call)), topic)


def spoken_text(call: DistinctCall) -> str:
    """What was said, in lower case: voicemail first, then transcript unless consent was refused."""
    if len(call.legs) == 1 and not call.root.voicemail_text and not call.root.transcript:
        return ""  # the common case, on the hot path of the rules
    said = [leg.voicemail_text for leg in call.legs if leg.voicemail_text]
    heard = [line.text for leg in call.legs if leg.consent != "none" for line in leg.transcript]
    return " ".join((*said, *heard)).strip()[:READ_CHARACTERS].lower()


def says_wrong_number(text: str) -> bool:
    """Whether the caller (text in lower case) says that the call was meant for somebody else."""
    return _WRONG_NUMBER.search(text) is not None


def _signs(call: DistinctCall) -> str:
    named: Iterable[str | None] = (
        sign for leg in call.legs for sign in (leg.ivr, leg.queue, leg.purpose, leg.tracking_number)
    )
    return " ".join(sign for sign in named if sign).replace("_", " ").lower()


def _from_campaign(call: DistinctCall) -> bool:
    return any(leg.tracking_number for leg in call.legs)


def _topic(text: str) -> Topic | None:
    if not text:
        return None
    found = {topic: len(set(words.findall(text))) for topic, words in _TOPICS.items()}
    best = max(found, key=lambda topic: found[topic])
    return best if found[best] else None


def _unnamed(text: str, signs: str) -> Topic | None:
    if text and len(_COURTESY.sub(" ", text).split()) > _UNSTATED_WORDS:
        return "other"
    return "unknown" if text or signs else None


def _intent(topic: Topic | None, words: str, *, from_campaign: bool) -> Intent:
    if topic in _INTENT_OF:
        return _INTENT_OF[topic]
    if _STATUS.search(words):
        return "service"
    return "commercial" if from_campaign else "informational"
