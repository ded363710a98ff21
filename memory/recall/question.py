"""What a question asks for: its words, whom and when it names, and how the person asked about would have put it."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from memory.embed.port import well_formed
from memory.words import words

LONGEST = 2_000
_ASKING = (
    "what which who whom whose when where why how is are was were do does did has have had will would can could"
    " should many much long often"
    " was welche welcher welches wer wem wen wessen wann wo wohin warum wieso wie ist sind war waren hat haben hatte"
    " hatten wird werden wurde kann konnte soll viele viel lange oft"
)
_FILLING = (
    "a an the be been of to in on at for with by from and or but as it its this that these those s i you he she they"
    " we me him her them us my your his their our about into than then so if not no there any some during after before"
    " say says said tell tells told mention mentioned"
    " der die das den dem des ein eine einen einem einer und oder aber im am um zu zum zur von vom mit bei auf aus nach"
    " fur uber sich er sie es wir ihr ich mein sein ihre unser nicht kein als dass ob auch noch"
    " sagt sagte gesagt erzahlt"
)
EMPTY_WORDS = frozenset(words(f"{_ASKING} {_FILLING}"))
_ASKING_WORDS = re.compile(rf"\b({'|'.join(_ASKING.split())})\b", re.IGNORECASE)
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "january januar", "february februar", "march marz", "april", "may mai", "june juni", "july juli",
            "august", "september", "october oktober", "november", "december dezember",
        ),
        start=1,
    )
    for name in words(names)
}  # fmt: skip
_KINDS = {
    "when": r"\bwhen\b|\bwann\b|\bwhat (date|day|month|year)\b|\bhow long\b",
    "where": r"\bwhere\b|\bwo(hin)?\b|\bwhich (city|country|place|office)\b",
    "who": r"\bwho(m|se)?\b|\bwe[rmn]\b",
    "count": r"\bhow (many|much|often)\b|\bwie ?viele?\b|\bwie oft\b",
    "why": r"\bwhy\b|\bwarum\b|\bwieso\b|\breason\b",
}


class Question(NamedTuple):
    """A question read against the names of one account's speakers.

    `asked`: its words that mean something, without named speakers; `named`: those speakers; `voice`: the
    question as a statement of the named speaker; `day`: (year, month, day) as far as it names them; `kinds`: what is
    asked for (when, where, who, count, why).
    """

    text: str
    asked: list[str]
    named: frozenset[str]
    voice: str
    day: tuple[int | None, int | None, int | None]
    kinds: frozenset[str]


def understand(text: str, speakers: Iterable[str]) -> Question:
    """Reads a question; anything is one, also an empty text or half a character."""
    asked_text = well_formed(text)[:LONGEST]
    all_words = words(asked_text)
    called = _called(speakers)
    named = frozenset(speaker for speaker, names in called.items() if names & set(all_words))
    dropped = frozenset().union(*(called[speaker] for speaker in named))
    asked = [word for word in all_words if word not in EMPTY_WORDS and word not in dropped]
    kinds = frozenset(kind for kind, pattern in _KINDS.items() if re.search(pattern, asked_text, re.IGNORECASE))
    return Question(asked_text, asked, named, _voice(asked_text, named), _day(asked_text, all_words), kinds)


def on_day(question: Question, day: date) -> bool:
    """Whether the question names a time and the day lies in it."""
    year, month, number = question.day
    if month is None and year is None:
        return False
    pairs = ((year, day.year), (month, day.month), (number, day.day))
    return all(wanted is None or wanted == is_ for wanted, is_ in pairs)


def _called(speakers: Iterable[str]) -> dict[str, frozenset[str]]:
    return {speaker: _names(speaker) for speaker in set(speakers)}


@lru_cache(maxsize=10_000)
def _names(speaker: str) -> frozenset[str]:
    return frozenset(word for word in words(speaker.split("@")[0]) if len(word) > 1 and word not in EMPTY_WORDS)


def _voice(text: str, named: frozenset[str]) -> str:
    said = _ASKING_WORDS.sub(" ", text)
    for name in sorted({part for speaker in named for part in speaker.split("@")[0].split()}, key=len, reverse=True):
        said = re.sub(rf"\b{re.escape(name)}['\u2019]s\b", "my", said, flags=re.IGNORECASE)
        said = re.sub(rf"\b{re.escape(name)}\b", "I", said, flags=re.IGNORECASE)
    return " ".join(said.split()).strip(" ?")


def _day(text: str, all_words: list[str]) -> tuple[int | None, int | None, int | None]:
    if iso := re.search(r"\b(\d{4})-(\d\d)-(\d\d)\b", text):
        return int(iso[1]), int(iso[2]), int(iso[3])
    year = next((int(word) for word in all_words if re.fullmatch(r"(19|20)\d\d", word)), None)
    for place, word in enumerate(all_words):
        if month := _MONTHS.get(word):
            beside = all_words[max(0, place - 1) : place] + all_words[place + 1 : place + 2]
            number = next((int(one) for one in beside if re.fullmatch(r"[12]?\d|3[01]", one)), None)
            # "may" is a month only where a number stands beside it or before it stands "in".
            if word != words("may")[0] or number or year or re.search(r"\bin may\b", text, re.IGNORECASE):
                return year, month, number
    return year, None, None
