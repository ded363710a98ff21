"""The words by which a topic is told without any model: a small catalogue, and pieces of words as numbers."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final
from zlib import crc32

from agent_runtime.calls.models import Topic

PIECES: Final = 1 << 15
"""How many numbers the words and pieces of words of a text are spread over."""

_LETTERS: Final = (3, 4, 5)
_WORD: Final = re.compile(r"\w+")


def catalogue(*words: str) -> re.Pattern[str]:
    """Words and phrases as whole words; one that ends in `*` may go on (German compounds and endings)."""
    forms = (re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in words)
    return re.compile(r"(?<!\w)(?:" + "|".join(forms) + r")(?!\w)")


# The order decides between topics with the same number of words: the costlier to overlook comes first.
TOPIC_WORDS: Final[dict[Topic, re.Pattern[str]]] = {
    "cancel_risk": catalogue(
        "cancel my", "cancel our", "cancel the contract", "cancel the subscription", "cancellation of",
        "terminate*", "close my account", "close our account", "leaving you", "switch provider",
        "switch to another", "switching to", "not renew*", "unhappy", "disappointed", "retention",
        "kündig*", "vertrag beenden", "nicht verlänger*", "anbieter wechseln", "wechseln zu",
        "unzufrieden*", "enttäuscht*", "konto schließen", "beschwer*", "complaint*",
    ),
    "security": catalogue(
        "fraud*", "stolen", "hacked", "hacker*", "phishing", "password*", "passcode*", "pin", "locked out",
        "compromised", "unauthorised", "unauthorized", "data breach", "security", "lost my card",
        "freeze", "verify my identity", "log in", "login", "two-factor", "identity",
        "betrug*", "gestohlen*", "gehackt*", "passwort*", "kennwort*", "gesperrt*", "sicherheit*",
        "datenleck*", "verloren", "missbrauch*", "anmelden", "zugangsdaten",
    ),
    "billing": catalogue(
        "invoice*", "bill", "bills", "billing", "charge*", "refund*", "payment*", "paid", "fee", "fees",
        "overcharged", "credit note", "reminder fee", "direct debit", "accounting", "statement", "balance",
        "rechnung*", "abrechnung*", "mahnung*", "zahlung*", "bezahlt*", "gutschrift*", "erstattung*",
        "gebühr*", "lastschrift*", "überweisung*", "buchhaltung*", "abgebucht*",
    ),
    "technical": catalogue(
        "not working", "doesn't work", "does not work", "stopped working", "won't start", "broken", "error*",
        "bug", "crash*", "outage", "offline", "failed", "failing", "failure", "fault*", "repair*", "reset",
        "technical", "tech support", "helpdesk", "support", "declined", "install*", "sync*", "down since",
        "funktioniert nicht", "geht nicht", "kaputt*", "defekt*", "fehler*", "störung*", "ausfall*",
        "ausgefallen*", "abgestürzt*", "reparatur*", "technik*", "technisch*", "stürzt ab",
    ),
    "buy_or_upgrade": catalogue(
        "buy", "buying", "purchase*", "order", "ordering", "quote", "quotation", "offer", "pricing", "price",
        "prices", "upgrade*", "estimate", "proposal", "sales", "demo", "trial", "new customer", "licence*",
        "license*", "more seats", "additional seats", "interested in", "sign up", "new contract",
        "kaufen", "bestell*", "angebot*", "preis*", "kostenvoranschlag*", "vertrieb*", "verkauf*",
        "neukunde*", "interesse an", "interessiert*", "erweiter*", "lizenz*", "beauftrag*", "neuer vertrag",
    ),
    "scheduling": catalogue(
        "appointment*", "reschedul*", "schedul*", "book a", "booking", "reservation*", "meeting", "time slot",
        "move our", "postpone*", "what time", "come by", "visit", "calendar",
        "termin", "termine", "terminverschiebung", "terminvereinbarung", "vereinbaren", "verschieben",
        "verlegen", "reservier*", "besprechung", "uhrzeit", "vorbeikommen", "kalender",
    ),
}  # fmt: skip


_GREETING: Final = re.compile(
    r"(?<!\w)(?:hello|hi|hey|hallo|guten\s+(?:tag|morgen|abend)|grüß\s+gott|moin|good\s+(?:morning|afternoon|evening)"
    r"|many\s+thanks|thank\s+you(?:\s+very\s+much)?|thanks|good\s?bye|bye|regards|vielen\s+dank|besten\s+dank|danke"
    r"|auf\s+wiederhören|tschüss|schöne\s+grüße)(?!\w)[\s,.!;:-]*"
    r"|(?<!\w)(?:this\s+is|my\s+name\s+is|hier\s+(?:ist|spricht)|mein\s+name\s+ist)\s+[^,.!?;]{1,60}[,.!;]\s*"
    r"|(?<!\w)(?:please\s+|just\s+|can\s+you\s+|could\s+you\s+)*(?:call|ring|phone)\s+me(?:\s+back)?(?!\s+about)[^.?!]*[.?!]\s*"
    r"|(?<!\w)(?:bitte\s+)?(?:rufen\s+sie\s+(?:mich|uns)|um\s+rückruf)[^.?!]*[.?!]\s*",
    re.IGNORECASE,
)


def gist(text: str) -> str:
    """A message without greeting, name and thanks; the whole text where nothing else was said."""
    bare = _GREETING.sub(" ", text).strip()
    return bare or text


def named_topics(text: str) -> dict[Topic, int]:
    """How many different words of the catalogue stand for each topic in a text in lower case."""
    return {topic: len(set(words.findall(text))) for topic, words in TOPIC_WORDS.items()}


def topic_by_words(text: str) -> Topic | None:
    """The topic with the most words of the catalogue in a text in lower case; None where there are none."""
    if not text:
        return None
    found = named_topics(text)
    best = max(found, key=lambda topic: found[topic])
    return best if found[best] else None


def pieces_of(text: str) -> Mapping[int, float]:
    """A text in lower case as places and weights: words and pairs of words count 1, pieces of words a half."""
    found: dict[int, float] = {}
    words = _WORD.findall(text)
    for whole in _wholes(words):
        found[crc32(whole.encode()) % PIECES] = 1.0
    spaced = f" {' '.join(words)} "
    for length in _LETTERS:
        for start in range(len(spaced) - length + 1):
            found.setdefault(crc32(f"{length}{spaced[start : start + length]}".encode()) % PIECES, 0.5)
    return found


def _wholes(words: list[str]) -> Iterator[str]:
    for word in words:
        yield f"1{word}"
    for one, other in pairwise(words):
        yield f"2{one} {other}"
