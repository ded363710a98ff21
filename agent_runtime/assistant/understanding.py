"""Reads a question against the names of one account: what kind it is, of whom, of what matter and of which time."""

import re
from collections.abc import Callable, Iterable, Mapping

from agent_runtime.assistant.asked import Asked
from agent_runtime.assistant.catalogue import OF_MATTER, PORTFOLIO, SAID, SEARCHED, Catalogue, catalogue, matter
from agent_runtime.assistant.following import MOST_EARLIER, Named, followed
from agent_runtime.assistant.kinds import kind_of
from agent_runtime.assistant.models import Question
from agent_runtime.assistant.records import Records
from agent_runtime.assistant.times import Span, span_of
from memory.embed import Embedder
from memory.words import words

_GERMAN = re.compile(
    r"\b(?:wer|wen|wem|wessen|wie|wann|wo|was|warum|wieso|welche[rnms]?|ist|sind|haben|hat|hatten|wir|uns|ihnen|der|die"
    r"|das|den|dem|und|nicht|noch|bitte|seit|beim?|zum|zur|zu|ein|eine|einen|für|mit|gibt|steht|schulden|gab|sie)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:who(?:se|m)?|what|when|where|why|which|how|is|are|was|were|did|do|does|has|have|had|the|they|them|their|we|us"
    r"|our|i|me|my|to|of|in|for|with|and|not|still|this|that|any|please|about)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(?:about|regarding|concerning|on the subject of|zu|zum|zur|über|wegen|bezüglich|on)\b")
# What somebody has is a matter: "her assistant", "their password".
_OWNED = re.compile(r"(?:'s|\b(?:their|his|her|its|ihre?[rnms]?|seine?[rnms]?)) ((?:\w+ ){0,2}\w+)", re.IGNORECASE)
_PARTED = re.compile(r": | [-\u2013\u2014] ")
_AHEAD = frozenset({"renewal", "meeting_next", "close_date", "next"})
# With this probability a question is of the kind that the classifier reads; less does where there is nothing to search.
SURE, SURE_BARE = 0.4, 0.25
CERTAIN = 0.9
# What a pattern says of these stands: somebody wants something done.
FIRM = frozenset({"propose", "why_item"})
_STRANGER, _COLLEAGUE, _DEAL, _CUSTOMER = "that person", "our colleague", "the deal", "the customer"


def understood(question: Question, records: Records, embedder: Embedder | None, named: Named) -> Asked:
    """Reads the question behind those that were asked before it; anything is one. `named`: see `followed`."""

    def read(text: str) -> Asked:
        return _read(text, question, records, embedder)

    return behind(question, read, named)


def behind(question: Question, read: Callable[[str], Asked], named: Named) -> Asked:
    """The question as it is meant behind the last ones of its conversation."""
    before: Asked | None = None
    for text in question.earlier[-MOST_EARLIER:]:
        before = followed(read(text), before, named)
    return followed(read(question.text), before, named)


def plain(text: str) -> str:
    """The words of a question on one line, with straight apostrophes."""
    return " ".join(text.replace("\u2019", "'").split())


def _read(said: str, question: Question, records: Records, embedder: Embedder | None) -> Asked:
    whole = text = plain(said)
    language = language_of(text)
    text, people = _named(text, {x.id: x.name for x in records.contacts.values()}, _STRANGER)
    text, ours = _named(text, records.known.users, _COLLEAGUE)
    text, deals = _whole(text, [x.name for x in records.known.deals], _DEAL)
    text, _ = _whole(text, [records.known.account.name], _CUSTOMER)
    intent, topic = sorted_out(text, catalogue(), embedder)
    span = span_of(text, question.at, records.zone, ahead=intent in _AHEAD)
    bare = re.sub("|".join((_STRANGER, _COLLEAGUE, _DEAL, _CUSTOMER)), " ", text)
    return Asked(question, whole, bare, intent, language, span, untimed(topic, span), people, ours, deals)


def untimed(topic: Iterable[str], span: Span) -> tuple[str, ...]:
    """The matter without the words that say when."""
    timed = {stem for said in span.words for stem in words(said)}
    return tuple(x for x in topic if x not in timed)


def language_of(text: str) -> str:
    """de where the small words are German ones, else en."""
    return "de" if len(_GERMAN.findall(text)) > len(_ENGLISH.findall(text)) else "en"


def sorted_out(text: str, known: Catalogue, embedder: Embedder | None) -> tuple[str, tuple[str, ...]]:
    """The intent, and the stems that are its matter. What stands behind "about" says what of, not what kind.

    What the classifier is sure of by the words alone counts more than a pattern; a pattern more than its guess. Over
    many accounts whatever is named is what is looked for.
    """
    topic = matter(text, known)
    head, tail = _parted(text, known)
    fitting = known.fitting(head.casefold()) or (known.fitting(text.casefold()) if tail else None)
    kind = kind_of(text, known.section, None)
    if fitting is None and kind.probability < CERTAIN:
        kind = kind_of(text, known.section, embedder)
    named = known.section == PORTFOLIO and set(topic) - known.light
    if kind.name != SAID and kind.probability >= CERTAIN and fitting not in FIRM and not named:
        kept = set(words(" ".join([tail, *_OWNED.findall(text)])))
        return kind.name, _of_kind(kind.name, topic, kept, known, certain=True)
    if fitting is not None:
        asking = known.asking(fitting, topic) - set(words(tail))
        return fitting, _of_kind(fitting, [x for x in topic if x not in asking], words(tail), known)
    least = SURE if set(topic) - known.light else SURE_BARE
    if named or kind.name == SAID or kind.probability < least:
        return SAID, topic
    return kind.name, _of_kind(kind.name, topic, words(tail), known)


def _of_kind(
    intent: str, topic: Iterable[str], named: Iterable[str], known: Catalogue, *, certain: bool = False
) -> tuple[str, ...]:
    """The matter without the light words; of a kind that has a matter those that are `named` as one stay.

    `certain`: of a kind that has none, only what is named and not light can be one, and a code.
    """
    if intent in SEARCHED:
        return tuple(topic)
    if certain and intent not in OF_MATTER:
        return tuple(x for x in topic if x in set(named) - known.light or any(char.isdigit() for char in x))
    kept = set(named) if intent in OF_MATTER else set()
    return tuple(x for x in topic if x not in known.light or x in kept)


def _parted(text: str, known: Catalogue) -> tuple[str, str]:
    """What stands before "about" with the last two words (verbs may stand there), and what stands behind it.

    A colon or a dash parts as well: "Lead time: what did we say?".
    """
    before, *behind = _PARTED.split(text, maxsplit=1)
    if behind and matter(before, known) and len(behind[0].split()) > 2:
        return behind[0], before
    for found in _ABOUT.finditer(text.casefold()):
        tail = text[found.end() :]
        if matter(tail, known) and len(text[: found.start()].split()) > 1:
            return f"{text[: found.start()]} {' '.join(tail.split()[-2:])}", tail
    return text, ""


def _named(text: str, names: Mapping[str, str], stand_in: str) -> tuple[str, tuple[str, ...]]:
    """Whom the text names, by whole name, else by a first or last name that one alone bears; it stands replaced.

    A first name before another surname is somebody else.
    """
    found: list[str] = []
    for key, name in names.items():
        if len(name) > 3 and re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE):
            found.append(key)
            text = re.sub(rf"\b{re.escape(name)}\b", stand_in, text, flags=re.IGNORECASE)
    for part, key in _alone(names).items():
        pattern = rf"(?<![A-ZÄÖÜ][a-zäöüß] )\b{re.escape(part)}\b(?! [A-ZÄÖÜ][a-zäöüß]+)"
        if re.search(pattern, text) and not _behind_name(text, part):
            found.append(key)
            text = re.sub(pattern, stand_in, text)
    return text, tuple(dict.fromkeys(found))


def _behind_name(text: str, part: str) -> bool:
    """Whether another capitalised name stands before: "Stuart Selwyn" is not the Selwyn whom we know."""
    before = re.search(rf"\b([A-ZÄÖÜ][a-zäöüß]+) {re.escape(part)}\b", text)
    titles = {"Herr", "Frau", "Mr", "Mrs", "Ms", "Dr", "Did", "Has", "Was", "Is", "When", "What", "Hat", "Wann", "Why"}
    return bool(before) and before[1] not in titles if before else False


def _alone(names: Mapping[str, str]) -> dict[str, str]:
    """Parts of names that one person alone bears."""
    bearers: dict[str, list[str]] = {}
    for key, name in names.items():
        for part in set(name.split()):
            if len(part) > 2:
                bearers.setdefault(part, []).append(key)
    return {part: keys[0] for part, keys in bearers.items() if len(keys) == 1}


def _whole(text: str, names: Iterable[str], stand_in: str) -> tuple[str, tuple[str, ...]]:
    found = []
    for name in sorted(set(names), key=len, reverse=True):
        if name and re.search(re.escape(name), text, re.IGNORECASE):
            found.append(name)
            text = re.sub(re.escape(name), stand_in, text, flags=re.IGNORECASE)
    return text, tuple(found)
