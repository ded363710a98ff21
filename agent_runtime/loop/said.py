"""What records say, brought into words that a text may use: objects, promises, questions of theirs."""

import re
from collections.abc import Iterable
from datetime import date

from agent_runtime.loop.wording import seen_from_us
from agent_runtime.watchtower.contact import is_connected
from memory.timeline import Event

LONGEST_QUOTE = 300
# What was mentioned, for the rules that speak because of a mention.
MENTIONED = {
    "buying_signal": "buying", "callback_promised": "callback", "competitor_contract": "contract_end",
    "competitor_named": "competitor", "concern_open": "concern", "customer_promise": "their_promise",
}  # fmt: skip
_RE = re.compile(r"^(?:\s*(?:re|aw|fw|fwd|wg|antw|sv)\s*:)+\s*", re.IGNORECASE)
_LINE = re.compile(r"^(?P<speaker>[\w .'-]{1,60}): ")
_OURS = frozenset({"agent", "rep", "us"})
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[^\W\da-z_])|\n\s*\n|\n(?=\S)")
_WISH = re.compile(
    r"\b(?:please|could (?:you|somebody|someone)|can you|would you|i (?:need|want|expect)|we (?:need|want|expect))\b"
    r"|\b(?:bitte|können sie|könnten sie|ich (?:brauche|bräuchte|erwarte)|wir (?:brauchen|bräuchten|möchten))\b",
    re.IGNORECASE,
)
_GIVE = "send|get|give|forward|mail|email|bring|prepare|deliver|share|provide|write|check"
_ENGLISH = re.compile(rf"\b(?:{_GIVE})\b(?: back)?(?: (?:it|this) )?(?: to)?(?: you| us)? (?P<thing>.+)", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:about|regarding|wegen|zu|zum|zur)\b (?P<thing>.+)", re.IGNORECASE)
_GERMAN = re.compile(
    r"\b(?:schicken?|sende[n]?|mailen?|liefer[en]*|geben?|bringen?|werden?|erstellen?)\b"
    r"(?: (?:ich|wir))?(?: (?:Ihnen|euch|dir))? (?P<thing>.+)",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"[,.]?\s+(?:by|until|before|this|next|today|tomorrow|bis|am|heute|morgen|noch|nächste\w*|diese\w*)\b.*"
    r"|[,.]?\s+on (?=Monday|Tuesday|Wednesday|Thursday|Friday|the \d|\d).*|[.!]\s*$",
    re.IGNORECASE | re.DOTALL,
)
_ANNOUNCED = re.compile(
    r"\b(?:I|we)(?:'ll| will) (?:send|get|give|call|write|prepare|provide|come back|let you know)\b"
    r"|\byou(?:'ll| will) (?:have|get|receive)\b|\b(?:erhalten|bekommen) Sie\b|\bSie (?:erhalten|bekommen)\b"
    r"|\b(?:schicken?|senden?|melden?|rufen?|liefern?|liefere) (?:ich|wir|Ihnen|mich|uns|Sie)\b",
    re.IGNORECASE,
)
# A condition, or what comes with the mail itself: nothing that is still to come.
_NOT_YET = re.compile(
    r"\b(?:if|unless|when|once|falls|wenn|sobald|sofern|attached|enclosed|anbei|Anhang|hiermit|here is)\b",
    re.IGNORECASE,
)
_EMPTY = frozenset({"it", "this", "that", "them", "you", "es", "das", "ihnen", "back"})
_CONJUNCTIONS = frozenset({"and", "or", "und", "oder"})
_INSIDE_A_SENTENCE = re.compile(r"(?<=[a-zäöüß,] )[A-ZÄÖÜ][\w'-]+")


def subject_of(event: Event) -> str:
    """The subject without its marks of reply, as we say it: their "we" becomes "you"."""
    subject = _RE.sub("", event.subject or "").strip()
    return seen_from_us(subject) if event.direction == "inbound" else subject


def promised_thing(promise: dict[str, str]) -> str:
    """What was promised: "the price list" of "I will send you the price list by Friday"; else empty."""
    text = " ".join(str(promise.get("what") or promise.get("quote") or "").split())
    for pattern in (_GERMAN, _ENGLISH, _ABOUT):
        if match := pattern.search(text):
            thing = _WHEN.sub("", match["thing"]).strip(" .,")
            if thing and thing.split()[0].lower() not in _EMPTY:
                return thing
    return ""


def promise_in(event: Event, rule: str) -> str:
    """The sentence that promised, verbatim, where the matter is a promise."""
    promises = event.data.get("promises") or ()
    return str(promises[0].get("quote") or "") if promises and rule == "promise_due" else ""


def told(event: Event) -> str:
    """What a record is, in plain words, where nothing of it can be quoted."""
    data = event.data
    if event.kind == "call":
        who = "they called" if event.direction == "inbound" else "we called"
        return f"{who}, {'we spoke' if is_connected(event) else 'nobody answered'}"
    if event.kind == "lead.created":
        return f"new lead: {data.get('company') or data.get('name') or data.get('source') or 'no name given'}"
    if event.kind == "opportunity.stage":
        return f"stage {str(data.get('stage') or '').replace('_', ' ')}"
    if event.kind == "opportunity.updated" and data.get("close_date"):
        return f"close date set to {_date_words(str(data['close_date']))}"
    if event.kind == "field.changed":
        return changed_field(event)
    if event.kind == "message":
        return "text message from them" if event.direction == "inbound" else "text message from us"
    return event.subject or _KINDS.get(event.kind, event.kind.replace(".", " ").replace("_", " "))


def changed_field(event: Event) -> str:
    """A field of the CRM with its new value."""
    field = str(event.data.get("field") or "a field").replace("_", " ")
    return f"{field}: {event.data.get('to') or 'emptied'}"


def _date_words(day: str) -> str:
    moment = date.fromisoformat(day[:10])
    return f"{moment.day} {moment:%B %Y}"


_KINDS = {"form": "web form", "opportunity.proposal": "proposal noted in the CRM", "email": "mail without a subject"}


def plain_case(what: str, names: frozenset[str] | None) -> str:
    """A title as it stands inside a sentence: "Door position, Mill Lane" → "door position, Mill Lane".

    Only where the second word is written small and the first is no name (`names`) and no abbreviation; not at
    all where nouns are written with a capital (`names` is None).
    """
    words = what.split()
    if names is None or len(words) < 2 or not re.fullmatch(r"[A-Z][a-z']+", words[0]) or words[0] in names:
        return what
    second = words[1].rstrip(",")
    if second == "of" and words[2:3] and words[2][0].isupper():
        return what
    small = second.isalpha() and second.islower() and second not in _CONJUNCTIONS
    return _linked(what[0].lower() + what[1:]) if small else what


def _linked(what: str) -> str:
    """A place after its noun gets a preposition: "cold room Mill Lane" → "cold room at Mill Lane"."""
    return re.sub(
        r"^((?:[a-z]+ ){1,2}[a-z]+|[a-z]+ [a-z]+) (?=(?:the )?[A-Z][a-z']+|(?:building|site|hall|floor) \d)",
        lambda match: match[0] if match[1].split()[-1] in _SMALL else f"{match[1]} at ",
        what,
    )


_SMALL = frozenset({"for", "of", "in", "at", "on", "to", "with", "from", "by", "the", "a", "an", "and"})


def names_in(texts: Iterable[str]) -> frozenset[str]:
    """Words that are written with a capital inside sentences: names, as far as these texts show."""
    return frozenset(word for text in texts for word in _INSIDE_A_SENTENCE.findall(text))


def mentioned(event: Event, rule: str) -> str:
    """The sentence because of which the rule speaks, verbatim; empty where it is not about something mentioned."""
    kind = MENTIONED.get(rule)
    told = event.data.get("mentions") or ()
    return next((str(x.get("quote") or "") for x in told if kind and x.get("kind") == kind), "")[:LONGEST_QUOTE]


def their_words(event: Event, text: str, our_names: frozenset[str]) -> str:
    """The sentence in which they ask or wish something, verbatim; of a voicemail all; of ours what we announce."""
    said = text or str(event.data.get("words") or "")
    if event.kind == "call":
        spoken = _spoken_by_them(said, our_names)
        if event.data.get("voicemail") and event.direction == "inbound":
            return " ".join(spoken)[:LONGEST_QUOTE]
        sentences = [part for line in spoken for part in _sentences(line)]
    elif event.direction == "inbound":
        sentences = _sentences(said)
    else:
        return our_announcement(said)
    asked = [x for x in sentences if x.endswith("?") and len(x.split()) >= 3]
    wished = [x for x in sentences if _WISH.search(x) and len(x.split()) >= 3]
    return next(iter([*asked, *wished]), "")[:LONGEST_QUOTE]


def our_announcement(text: str) -> str:
    """The sentence in which we say without a condition what we will do; empty where none does."""
    found = (x for x in _sentences(text) if _ANNOUNCED.search(x) and not _NOT_YET.search(x) and "?" not in x)
    return next(found, "")[:LONGEST_QUOTE]


def _sentences(text: str) -> list[str]:
    return [" ".join(part.split()) for part in _SENTENCE.split(text) if part.strip()]


def _spoken_by_them(text: str, our_names: frozenset[str]) -> list[str]:
    found = []
    for line in text.splitlines():
        match = _LINE.match(line)
        speaker = match["speaker"].lower() if match else ""
        if speaker not in _OURS and speaker not in our_names:
            found.append(" ".join(line[match.end() :].split()) if match else " ".join(line.split()))
    return [line for line in found if line]
