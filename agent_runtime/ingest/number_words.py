"""Numbers as English and German words: counts up to sixty, ordinals up to the thirty-first."""

_ENGLISH = (
    "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_GERMAN = (
    "", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn",
    "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
)  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
_ZIG = {"zwanzig": 20, "dreißig": 30, "dreissig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60}
_ORDINALS = (
    "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
)  # fmt: skip
_STEMS = {"ein": "ers", "drei": "drit", "sieben": "sieb", "acht": "ach"}
_SOME = {
    "a": 1, "an": 1, "a couple of": 2, "couple of": 2, "a few": 3, "few": 3, "einem": 1, "einer": 1, "eines": 1,
    "zweier": 2, "dreier": 3, "eine": 1, "einen": 1, "ein paar": 3, "einigen": 3, "wenigen": 3, "ner": 1,
}  # fmt: skip


def _counts() -> dict[str, int]:
    found = {word: number for words in (_ENGLISH, _GERMAN) for number, word in enumerate(words) if word} | _TENS | _ZIG
    for tens, number in _TENS.items():
        found |= {f"{tens}{mark}{_ENGLISH[unit]}": number + unit for unit in range(1, 10) for mark in "- "}
    for tens, number in _ZIG.items():
        found |= {f"{_GERMAN[unit]}und{tens}": number + unit for unit in range(1, 10)}
    return found | _SOME


def _days() -> dict[str, int]:
    """ "first", "ersten": the days of a month; a German one stands as after "am" and "zum"."""
    found = {word: day for day, word in enumerate(_ORDINALS) if word} | {"twentieth": 20, "thirtieth": 30}
    found |= {f"twenty-{_ORDINALS[unit]}": 20 + unit for unit in range(1, 10)} | {"thirty-first": 31}
    found |= {f"{_STEMS.get(word, word)}ten": day for day, word in enumerate(_GERMAN) if word}
    for tens in ("zwanzig", "dreißig"):
        found[f"{tens}sten"] = _ZIG[tens]
        found |= {f"{_GERMAN[unit]}und{tens}sten": _ZIG[tens] + unit for unit in range(1, 10)}
    return {word: day for word, day in found.items() if day <= 31}


# By the word in lower letters: how many, and which day of the month.
COUNTS = _counts()
DAYS = _days()


def alternatives(words: dict[str, int]) -> str:
    """The words as alternatives of a regular expression, a longer one before those that it begins with."""
    return "|".join(sorted(words, key=len, reverse=True))
