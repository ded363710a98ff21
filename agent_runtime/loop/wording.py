"""How records become words: objects with their article, questions as reported speech, names, days."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent_runtime.grounding import says_banned
from agent_runtime.loop.situation import OURS, Debt, Record, Situation

MOST_OBJECT_WORDS = 9
MOST_QUOTE_WORDS = 12
WEEKDAY_WITHIN_DAYS = 14
YEAR_BEYOND_DAYS = 180
SPOKEN = frozenset({"email", "call", "message", "form"})
_NOISE = re.compile(r"[?!{}\[\]<>@\n:;|_\"“”]|https?|www\.|\s[-\u2013\u2014/]\s")
_INTERNAL = re.compile(r"\b(?:opportunity|opp|lead|case|account|upsell|\d{5,})\b|\b(?!20\d\d\b)\d{4}\b", re.IGNORECASE)
_HAS_ARTICLE = re.compile(
    r"(?:the|a|an|our|your|my|their|this|these|some|further|additional|\d[\d.,]*|two|three|four|five|six)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?:whether|how|when|what|why|who|where|if|that|to|re|fwd?)\b", re.IGNORECASE)
_PRONOUNS = {
    "you": "we", "your": "our", "yours": "ours", "we": "you", "i": "you", "our": "your", "my": "your",
    "us": "you", "me": "you", "mine": "yours", "ours": "yours",
    "ourselves": "yourselves", "myself": "yourself", "yourself": "ourselves", "yourselves": "ourselves",
}  # fmt: skip
_VERBS = {"am": "are", "was": "were"}
# A question about "that" points to a sentence that our reader no longer has before the eyes.
_POINTING = re.compile(r"\b(?:this|that|these|those|they|there)\b", re.IGNORECASE)
_AUX = "can|could|will|would|do|did|does|is|are|am|was|were|have|has|should|may|must"
_YES_NO = re.compile(rf"(?P<aux>{_AUX}) (?P<who>you|we|i|it|somebody|someone) (?P<rest>.+)", re.IGNORECASE)
_WH = re.compile(
    rf"(?P<wh>(?:when|where|why|how|what|which)(?: \w+){{0,3}}?) (?P<aux>{_AUX}) "
    r"(?P<who>you|we|i|it|they|somebody|someone) (?P<rest>.+)",
    re.IGNORECASE,
)
_WHAT_IS = re.compile(r"what (?P<aux>is|are) (?P<thing>(?:the|your|our) .+)", re.IGNORECASE)


def object_words(situation: Situation, debt: Debt | None) -> str:
    """What the matter is about, in words of the records and without an article; empty where nothing serves.

    A debt that comes first names it alone; else the record on which the signal stands, then (where the next
    move is theirs) the other records of this person, and at last the name of the opportunity, if it does not
    read like a note of the house. What they called or asked about is never guessed from another record.
    """
    if debt:
        return _clean(debt.what)
    named = [record.what for record in situation.records[:1]]
    if situation.signal not in OURS:
        own = situation.recipient.contact_id
        named += [record.what for record in situation.records[1:] if record.contact_id == own]
    found = next((kept for what in named if (kept := _clean(what))), "")
    opportunity = situation.opportunity.name if situation.opportunity else ""
    return found or _opportunity_words(opportunity)


def topic_words(record: Record, situation: Situation) -> str:
    """What one record was about, else the opportunity to which it belongs; empty where neither serves."""
    return _clean(record.what) or _opportunity_words(situation.opportunity.name if situation.opportunity else "")


def _opportunity_words(name: str) -> str:
    return "" if _INTERNAL.search(name) or says_banned(name) else _clean(name)


def _clean(what: str) -> str:
    text = " ".join(what.split()).rstrip(".,")
    if not text or len(text.split()) > MOST_OBJECT_WORDS or _NOISE.search(text) or _CLAUSE.match(text):
        return ""
    return text if re.search(r"[^\W\d_]{2}", text) else ""


def with_article(words: str) -> str:
    """ "proposal for Harbour Street" → "the proposal for Harbour Street"; names and quantities stay bare."""
    first, second = words.split()[0], (words.split()[1:2] or [""])[0]
    if first[0].isupper() and not first.isupper() and (second[:1].isupper() or second in ("and", "or", "&")):
        return words
    proper = all(word[0].isupper() or word[0].isdigit() for word in words.split())
    bare = _HAS_ARTICLE.match(words) or first.endswith(("ing", "'s")) or (proper and not first.isupper())
    if _HAS_ARTICLE.match(words) and not first[0].isdigit():
        return first.lower() + words[len(first) :]
    return words if bare else f"the {words}"


def in_sentence(words: str, catalogue_words: Mapping[str, Any]) -> str:
    """The object inside a sentence: with its article, or in quotation marks where the language declines nouns."""
    title: str = catalogue_words.get("title", "")
    if not title:
        return with_article(words)
    return words if re.match(catalogue_words["articles"], words) else title.format(object=words)


def document_phrase(words: str, catalogue_words: Mapping[str, Any]) -> str:
    """The object as a document: what is not called one yet becomes "the proposal for …"."""
    known = any(re.search(rf"\b{word}s?\b", words, re.IGNORECASE) for word in catalogue_words["document_words"])
    pattern: str = catalogue_words["document"]
    phrase = in_sentence(words, catalogue_words)
    return phrase if known and "title" not in catalogue_words else pattern.format(object=phrase)


def subject_words(words: str, about: str = "About") -> str:
    """The object as a subject line of three to six words, or empty where it cannot be cut to that."""
    parts = words.split()
    if len(parts) < 3:
        parts = [*about.split(), *(with_article(words) if about == "About" else words).split()]
    while len(parts) > 6:
        cut = next((n for n in range(6, 2, -1) if parts[n].lower() in ("for", "of", "and", "in", "with", "at")), 0)
        if not cut:
            return ""
        parts = parts[:cut]
    text = " ".join(parts)
    return text[0].upper() + text[1:] if len(parts) >= 3 else ""


def asked(situation: Situation) -> tuple[str, Record] | None:
    """This person's own question as reported speech ("whether we can deliver in March"), with its record.

    Where the signal stands on words of theirs, only those count; else what they asked before our own move.
    Only from a mail, call, message or form of this person.
    """
    first = situation.records[:1]
    theirs = bool(first) and first[0].direction == "inbound"
    for record in first if theirs else situation.records:
        own = record.direction == "inbound" and record.contact_id == situation.recipient.contact_id
        in_time = bool(first) and record.at <= first[0].at
        if own and in_time and record.kind in SPOKEN and (clause := reported(record.quote)):
            return clause, record
    return None


def reported(quote: str) -> str:
    """A direct question as an indirect one; empty where the words do not allow it for certain."""
    text = " ".join(quote.split())
    words = text.rstrip("?").strip()
    if not text.endswith("?") or _POINTING.search(words) or len(text.split()) > MOST_QUOTE_WORDS:
        return ""
    if re.search(r"[.,!?:;\"'\u2019()]", words):
        return ""
    if match := _YES_NO.fullmatch(words):
        return f"whether {_turned(match['who'], match['aux'], match['rest'])}"
    if match := _WHAT_IS.fullmatch(words):
        return f"what {_swap(match['thing'])} {match['aux'].lower()}"
    if match := _WH.fullmatch(words):
        return f"{match['wh'].lower()} {_turned(match['who'], match['aux'], match['rest'])}"
    return ""


def _turned(who: str, aux: str, rest: str) -> str:
    person = _PRONOUNS.get(who.lower(), who.lower())
    verb = _VERBS.get(aux.lower(), aux.lower())
    verb = "" if verb in ("do", "did") else verb
    if verb == "does":
        first, _, tail = rest.partition(" ")
        ending = "es" if first.endswith(("s", "sh", "ch", "o")) else "s"
        rest, verb = f"{'has' if first == 'have' else first + ending} {tail}".strip(), ""
    return " ".join(part for part in (person, verb, _swap(rest)) if part)


def seen_from_us(text: str) -> str:
    """Words of theirs with the pronouns turned: "our" becomes "your", and "your" becomes "our"."""
    return _swap(text) if re.search(r"\b(?:we|our|us|my|me|your|you)\b", text) else text


def _swap(text: str) -> str:
    """Pronouns seen from our side; "you" after a verb is "us"."""
    kept = [("us" if word.lower() == "you" else _PRONOUNS.get(word.lower(), word)) for word in text.split()]
    return " ".join(kept)


def first_name(name: str) -> str:
    """The first name of a person, empty where the name is unknown or no name of a person."""
    words = _name_words(name)
    return words[0] if words else ""


def last_name(name: str) -> str:
    """The last name, empty where only one name is known."""
    words = _name_words(name)
    return words[-1] if len(words) > 1 else ""


def _name_words(name: str) -> list[str]:
    last, comma, first = name.partition(",")
    words = (f"{first} {last}" if comma else name).split()
    real = all(re.fullmatch(r"[^\W\d_][^\W\d_'\u2019.-]*(?:['\u2019.-][^\W\d_]*)*", word) for word in words)
    return words if real and words and words[0][0].isupper() else []


def day_words(moment: datetime, now: datetime, zone: ZoneInfo, words: Mapping[str, Any]) -> str:
    """ "Tuesday 10 November" within two weeks of now, "10 November" beyond, with the year when far away."""
    day, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    text = f"{day.day}{words.get('after_day', '')} {words['months'][day.month - 1]}"
    distance = abs((day - today).days)
    if distance <= WEEKDAY_WITHIN_DAYS:
        return f"{words['weekdays'][day.weekday()]}{words.get('after_weekday', '')} {text}"
    return f"{text} {day.year}" if distance > YEAR_BEYOND_DAYS else text


def zone_words(zone: ZoneInfo, words: Mapping[str, Any]) -> str:
    """ "Lagos time" for Africa/Lagos."""
    city = zone.key.rpartition("/")[2].replace("_", " ")
    pattern: str = words["zone"]
    return pattern.format(city=city) if "/" in zone.key else zone.key
