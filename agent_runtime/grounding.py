"""The check of every text that goes to a customer: what it states must stand in the account's records.

Plain values in, violations out: no database, no clock. It serves our own templates and a model's text alike.
A text with a violation is not proposed; the caller falls back to a call card or a task.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GERMAN_MONTHS = (
    "januar", "februar", "märz", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "dezember",
)  # fmt: skip
GERMAN_WEEKDAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
LEAST_WORDS, MOST_WORDS = 50, 125
LEAST_SENTENCES, MOST_SENTENCES = 4, 8
MOST_WORDS_A_SENTENCE = 16.0

# Both languages are read in every text: what a date says does not depend on which one the mail is in.
_MONTH_NUMBER = {name: n for names in (MONTHS, GERMAN_MONTHS) for n, name in enumerate(names, 1)}
_WEEKDAY_NUMBER = {name: n for names in (WEEKDAYS, GERMAN_WEEKDAYS) for n, name in enumerate(names)}
_MONTH = "|".join(_MONTH_NUMBER)
_WEEKDAY = "|".join(_WEEKDAY_NUMBER)
_DATE = re.compile(
    rf"\b(?:(?P<weekday>{_WEEKDAY}),? (?:the |den |dem )?)?"
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)? (?:of )?(?P<month>{_MONTH})(?:,? (?P<year>\d{{4}}))?\b"
    rf"|(?P<month2>{_MONTH}) (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year2>\d{{4}})\b)?)"
    r"|\b(?P<year3>\d{4})-(?P<month3>\d{2})-(?P<day3>\d{2})\b"
    r"|\b(?P<day4>\d{1,2})\.(?P<month4>\d{1,2})\.(?P<year4>\d{4})\b",
    re.IGNORECASE,
)
_TIME = re.compile(r"\b(\d{1,2}):(\d{2})\b(?:\s*(am|pm)\b)?|\b(\d{1,2})\s*(am|pm)\b", re.IGNORECASE)
_BARE_MONTH = re.compile(
    rf"\b(?:{'|'.join(m.title() for m in _MONTH_NUMBER if m not in ('march', 'may'))})\b"
    r"|(?<=\b(?:in|by|of) )(?:March|May)\b|(?<=until )(?:March|May)\b"
)
_BARE_WEEKDAY = re.compile(rf"\b(?:{_WEEKDAY})\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d(?:[\d.,'\u202f]*\d)?")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b\S*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_CAPITAL = re.compile(r"(?<![\w'-])(?![a-z])[^\W\d_][\w'-]*")
# "16. März" does not end a sentence.
_SENTENCE_END = re.compile(rf"(?<=[.?!])[\"”]?[^\S\n]+(?!(?:{'|'.join(m.title() for m in GERMAN_MONTHS)})\b)|\n+")
_PLACEHOLDER = re.compile(
    r"\[[^\]\n]{1,40}\]|\{[^}\n]*\}|<[^>\n]{1,40}>|%\w+%|\b(?:TODO|TBD|XXX|lorem ipsum)\b", re.IGNORECASE
)
_MARKUP = re.compile(r"!\[|\]\(|</?[a-z][^>\n]*>|`|\*\*|&#?\w+;", re.IGNORECASE)
_GERMAN_DEED = (
    "werden?|schicken?|senden?|melden?|rufen?|liefern?|liefere|geben?|bringen?|erstellen?|reichen?|antworten?"
)
_PROMISE = re.compile(
    r"\b(?:I|we)(?:'ll| will| shall| promise| commit)\b|\byou(?:'ll| will) (?:have|get|receive)\b"
    rf"|\b(?:ich|wir) (?:{_GERMAN_DEED})\b|\b(?:{_GERMAN_DEED}) (?:ich|wir)\b"
    r"|\bSie (?:erhalten|bekommen)\b|\b(?:erhalten|bekommen) Sie\b|\bkommt bis\b",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    r"\b(?:attach(?:ed|ment|ments|ing)?|enclosed|anbei|Anhang|angehängt|beigefügt|liegt bei(?= ?[.,;]))\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:yesterday|tomorrow|tonight|recently|lately|the other day|a while ago|some time ago"
    r"|(?:last|next|this|past|coming) (?:night|week|weekend|month|year|quarter|morning|afternoon|evening"
    rf"|{_WEEKDAY}|few)|(?:\w+ )?(?:days?|weeks?|months?|hours?) ago|in \w+ (?:days|weeks|months)"
    r"|(?:vor)?gestern|(?<!guten )morgen|übermorgen|neulich|kürzlich|unlängst"
    r"|(?:letzte|vorige|nächste|diese|kommende|vergangene)[nrsm]? "
    rf"(?:Woche|Monat|Monats|Jahr|Jahres|Tage|Wochen|Wochenende|{'|'.join(GERMAN_WEEKDAYS)})"
    r"|(?:vor|in) \w+ (?:Tagen|Wochen|Monaten|Stunden))\b",
    re.IGNORECASE,
)
_NUMBER_WORDS = {
    "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000, "million": 1_000_000,
    "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11,
    "zwölf": 12, "fünfzehn": 15, "zwanzig": 20, "dreißig": 30, "hundert": 100, "tausend": 1000,
}  # fmt: skip

_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b", re.IGNORECASE)
_LISTS = tomllib.loads((files("agent_runtime") / "grounding.toml").read_text(encoding="utf-8"))
_BANNED = re.compile(rf"\b(?:{'|'.join(_LISTS['banned'])})\b", re.IGNORECASE)
# Words that begin a sentence without being a name; a capital elsewhere has to be a name from the records.
_OPENERS = frozenset(_LISTS["openers"].split())
_NEVER_NAMES = frozenset(_LISTS["never_names"].split()) | set(_MONTH_NUMBER) | set(_WEEKDAY_NUMBER)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text about one account may state, taken from that account's records alone.

    `today` and `dates` are calendar days in the recipient's zone; `times` are written "14:00"; `numbers` have
    no thousands separators; `words` are casefolded; `phrases` are strings of the records that may stand
    verbatim. `promises` are the chips shown to the sender. `thread_subject` is empty where no thread exists.
    `vocabulary`: for a language that writes nouns with a capital, the words that name nobody, casefolded.
    """

    today: date
    dates: frozenset[date] = frozenset()
    times: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    attachments: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    thread_subject: str = ""
    pays_debt: bool = False
    vocabulary: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that a text may not say: the `rule` that it breaks and the `text` that breaks it."""

    rule: str
    text: str


def facts_from(texts: Iterable[str], *, today: date, dates: Iterable[date] = ()) -> Facts:
    """Facts that stand in `texts` (words, numbers, times, days, addresses, links), and `dates` beside them.

    A day without a year is taken in the year that brings it nearest to `today`.
    """
    kept = tuple(_plain(text) for text in texts if text)
    joined = "\n".join(kept)
    days = {found for match in _DATE.finditer(joined) if (found := _day_of(match, today))}
    bare = _DATE.sub(" ", joined)
    return Facts(
        today=today,
        dates=frozenset(days | set(dates)),
        times=frozenset(_time_of(match) for match in _TIME.finditer(bare)),
        numbers=frozenset(_digits(match[0]) for match in _NUMBER.finditer(joined)) | _spelled(joined),
        words=frozenset(_base(word) for word in _WORD.findall(joined)),
        phrases=kept,
        addresses=frozenset(match.casefold() for match in _ADDRESS.findall(joined)),
        links=frozenset(_trim(match) for match in _LINK.findall(_ADDRESS.sub(" ", joined))),
    )


def check(body: str, subject: str, allowed: Facts) -> list[Violation]:
    """Every violation in a mail's `body` (greeting to signature) and `subject`; none: it may be proposed."""
    core = _plain(message_of(body, allowed.signature))
    everything = f"{_own_subject(subject, allowed)}\n{body}"
    found: list[Violation] = []
    for rule in _RULES_OF_ALL:
        found.extend(rule(everything, allowed))
    found.extend(_subject(subject, allowed))
    for rule in _RULES_OF_MESSAGE:
        found.extend(rule(core, allowed))
    return list(dict.fromkeys(found))


def message_of(body: str, signature: tuple[str, ...] = ()) -> str:
    """The body without its greeting (a first line that ends in a comma), closing line and signature."""
    lines = body.strip().splitlines()
    if lines and lines[0].rstrip().endswith(","):
        lines = lines[1:]
    return "\n".join(_unsigned(lines, [line.strip() for line in signature if line.strip()])).strip()


def _unsigned(lines: list[str], signature: list[str]) -> list[str]:
    """The lines above the signature; blank lines within it do not count."""
    rest, kept = list(signature), list(lines)
    while kept and (not kept[-1].strip() or (rest and kept[-1].strip() == rest[-1])):
        if kept.pop().strip():
            rest.pop()
    return lines if rest else kept


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; a line end ends a sentence."""
    return [part.strip() for part in _SENTENCE_END.split(text) if _WORD.search(part)]


def says_banned(text: str) -> bool:
    """Whether the text holds a phrase that no mail to a customer may hold."""
    return bool(_BANNED.search(_plain(text)))


def promises_something(sentence: str) -> bool:
    """Whether a sentence of ours promises: it then needs a chip."""
    return bool(_PROMISE.search(_plain(sentence)))


def word_count(text: str) -> int:
    """Words of a text, numbers counted as words."""
    return len(re.findall(r"\S*\w\S*", text))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\u2019", "'")


def _base(word: str) -> str:
    return word.removesuffix("'s").removesuffix("'").casefold()


def _digits(number: str) -> str:
    """1,200.00 and 1.200 become 1200: separators before three digits and a fraction of zeros say nothing."""
    return re.sub(r"[.,]0{1,2}$", "", re.sub(r"[.,'\u202f](?=\d{3}(?!\d))", "", number))


def _trim(link: str) -> str:
    return link.rstrip(".,;:)?!\"'").casefold()


def _spelled(text: str) -> frozenset[str]:
    words = {word.casefold() for word in _WORD.findall(text)}
    return frozenset(str(value) for word, value in _NUMBER_WORDS.items() if word in words)


def _time_of(match: re.Match[str]) -> str:
    hour, minute = int(match[1] or match[4]), match[2] or "00"
    half = (match[3] or match[5] or "").lower()
    return f"{hour % 12 + (12 if half == 'pm' else 0) if half else hour:02d}:{minute}"


def _day_of(match: re.Match[str], today: date) -> date | None:
    """The day that was written, or None for one that does not exist, such as 31 April."""
    part = match.groupdict()
    month = part["month"] or part["month2"]
    number = _MONTH_NUMBER[month.lower()] if month else int(part["month3"] or part["month4"])
    day = int(part["day"] or part["day2"] or part["day3"] or part["day4"])
    year = part["year"] or part["year2"] or part["year3"] or part["year4"]
    years = [int(year)] if year else [today.year - 1, today.year, today.year + 1]
    days = [found for candidate in years if (found := _real_day(candidate, number, day))]
    return min(days, key=lambda found: abs(found - today), default=None)


def _real_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _hidden(text: str, _: Facts) -> Iterator[Violation]:
    odd = {char for char in text if unicodedata.category(char) in {"Cf", "Co", "Cc"} and char not in "\n\t"}
    yield from (Violation("hidden_character", f"U+{ord(char):04X}") for char in sorted(odd))
    yield from (Violation("markup", match[0]) for match in _MARKUP.finditer(text))


def _placeholders(text: str, _: Facts) -> Iterator[Violation]:
    yield from (Violation("placeholder", match[0]) for match in _PLACEHOLDER.finditer(text))


def _exclamations(text: str, _: Facts) -> Iterator[Violation]:
    if "!" in _plain(text):
        yield Violation("exclamation", "!")


def _banned(text: str, allowed: Facts) -> Iterator[Violation]:
    """A banned word is free only inside words of the records that name the matter (an object, a subject)."""
    kept = _plain(text)
    for phrase in allowed.phrases:
        if 2 <= len(phrase.split()) <= 12:
            kept = re.sub(re.escape(phrase), " ", kept, flags=re.IGNORECASE)
    yield from (Violation("banned", match[0]) for match in _BANNED.finditer(kept))


def _relative_dates(text: str, allowed: Facts) -> Iterator[Violation]:
    plain = _plain(text)
    yield from (Violation("date_form", match[0]) for match in _RELATIVE.finditer(plain))
    days = {_day_of(match, allowed.today) for match in _DATE.finditer(plain)}
    if re.search(r"\b(?:today|heute)\b", plain, re.IGNORECASE) and allowed.today not in days:
        yield Violation("date_form", "today")


def _grounding(text: str, allowed: Facts) -> Iterator[Violation]:
    rest = _plain(text)
    for name in allowed.attachments:
        rest = rest.replace(name, "it")
    checks: tuple[tuple[re.Pattern[str], str, Callable[[re.Match[str]], bool]], ...] = (
        (_ADDRESS, "address", lambda match: match[0].casefold() in allowed.addresses),
        (_LINK, "link", lambda match: _trim(match[0]) in allowed.links),
        (_DATE, "date", lambda match: _known_day(match, allowed)),
        (_TIME, "time", lambda match: _time_of(match) in allowed.times),
        (_NUMBER, "number", lambda match: _digits(match[0]) in allowed.numbers),
        (_BARE_MONTH, "date", lambda match: _known_month(match[0], allowed)),
        (_BARE_WEEKDAY, "date_form", lambda match: match[0].casefold() in allowed.words),
    )
    for pattern, rule, known in checks:
        yield from (Violation(rule, match[0]) for match in pattern.finditer(rest) if not known(match))
        rest = pattern.sub(_stand_in, rest) if pattern in (_ADDRESS, _LINK, _DATE, _TIME) else rest
    for match in _NUMBER_WORD.finditer(rest):
        if str(_NUMBER_WORDS[match[0].lower()]) not in allowed.numbers:
            yield Violation("number", match[0])
    yield from _names(rest, allowed)


def _stand_in(match: re.Match[str]) -> str:
    """A neutral word for what is judged already; the end of the sentence stays."""
    return f" it{match[0][-1]} " if match[0][-1] in ".?" else " it "


def _known_day(match: re.Match[str], allowed: Facts) -> bool:
    day = _day_of(match, allowed.today)
    weekday = match["weekday"]
    right_weekday = not weekday or (day is not None and day.weekday() == _WEEKDAY_NUMBER[weekday.lower()])
    return day is not None and right_weekday and (day in allowed.dates or day == allowed.today)


def _known_month(name: str, allowed: Facts) -> bool:
    number = _MONTH_NUMBER[name.casefold()]
    return name.casefold() in allowed.words or any(day.month == number for day in allowed.dates)


def _names(text: str, allowed: Facts) -> Iterator[Violation]:
    for sentence in sentences_of(text):
        first = _WORD.search(sentence)
        for match in _CAPITAL.finditer(sentence):
            word, base = match[0], _base(match[0])
            begins = first is None or match.start() <= first.start() or sentence[match.start() - 1] in '"\u201c:'
            known = _NEVER_NAMES | allowed.vocabulary
            free = base in known or base in allowed.words or base.split("'")[0] in _NEVER_NAMES
            if word[0].isupper() and not free and not (begins and base in _OPENERS):
                yield Violation("name", word)


def _attachments(text: str, allowed: Facts) -> Iterator[Violation]:
    if (claim := _ATTACHED.search(text)) and not allowed.attachments:
        yield Violation("attachment", claim[0])


def _own_subject(subject: str, allowed: Facts) -> str:
    """The subject where it is ours; the thread's own words are not ours to judge."""
    return "" if allowed.thread_subject and subject == reply_subject(allowed.thread_subject) else subject


def reply_subject(subject: str) -> str:
    """The thread's subject untouched, with one "Re:" where it has no such mark yet."""
    return subject if re.match(r"(?:re|aw|sv|antw|réf?)\s*:", subject, re.IGNORECASE) else f"Re: {subject}"


def _subject(subject: str, allowed: Facts) -> Iterator[Violation]:
    ours = _own_subject(subject, allowed)
    if ours and (re.match(r"(?:re|aw|fwd?)\s*:", ours, re.IGNORECASE) or not 3 <= word_count(ours) <= 6):
        yield Violation("subject", ours)
    if not subject.strip() or "\n" in subject:
        yield Violation("subject", subject)


def _asks(core: str, allowed: Facts) -> Iterator[Violation]:
    asks = _plain(core).count("?")
    if asks > 1 or (asks == 0 and not allowed.pays_debt):
        yield Violation("one_ask", f"{asks} questions")


def _promises(core: str, allowed: Facts) -> Iterator[Violation]:
    for sentence in sentences_of(core):
        if _PROMISE.search(sentence) and not any(_plain(chip) in sentence for chip in allowed.promises):
            yield Violation("promise_chip", sentence)


def _length(core: str, _: Facts) -> Iterator[Violation]:
    words, sentences = word_count(core), len(sentences_of(core))
    if not LEAST_WORDS <= words <= MOST_WORDS:
        yield Violation("length", f"{words} words")
    if not LEAST_SENTENCES <= sentences <= MOST_SENTENCES:
        yield Violation("length", f"{sentences} sentences")
    if sentences and words / sentences > MOST_WORDS_A_SENTENCE:
        yield Violation("length", f"{words / sentences:.1f} words a sentence")


_Rule = Callable[[str, Facts], Iterator[Violation]]
_RULES_OF_ALL: tuple[_Rule, ...] = (
    _hidden,
    _placeholders,
    _exclamations,
    _banned,
    _relative_dates,
    _grounding,
    _attachments,
)
_RULES_OF_MESSAGE: tuple[_Rule, ...] = (_asks, _promises, _length)


def ungrounded(sentence: str, allowed: Facts) -> list[Violation]:
    """What a sentence of an answer states that its sources do not: entities, hidden or marked-up text, half dates.

    An answer is no mail: it may be long or short, ask or not, and quote what is promised.
    """
    found: list[Violation] = []
    for rule in (_hidden, _placeholders, _relative_dates, _grounding):
        found.extend(rule(sentence, allowed))
    return list(dict.fromkeys(found))
