"""Values that people write in many ways, as one way: amounts, counts, times of the day, months."""

import re
from collections.abc import Callable

from agent_runtime.ingest.due import MONTHS

_CURRENCIES = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD", "dollar": "USD",
    "dollars": "USD", "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "chf": "CHF",
}  # fmt: skip
_TIMES = {"k": 1e3, "tsd": 1e3, "thousand": 1e3, "tausend": 1e3, "million": 1e6, "mio": 1e6}
_NOON = frozenset({"noon", "midday", "mittag", "mittags", "zwölf"})
# A separator before exactly three digits groups thousands; any other is a decimal point.
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?:\D|$))")


def amount(text: str) -> str:
    """An amount as digits with its currency where it names one: "€50k" is "50000 EUR"; empty where it is none."""
    figure = _figure(text)
    if figure is None:
        return ""
    words = re.findall(r"[^\W\d_]+|[€$£]", text.casefold())
    for word in words:
        figure *= _TIMES.get(word, 1)
    currency = next((_CURRENCIES[word] for word in words if word in _CURRENCIES), "")
    return f"{figure:.2f}".removesuffix(".00") + (f" {currency}" if currency else "")


def count(text: str) -> str:
    """A whole number without separators."""
    figure = _figure(text)
    return "" if figure is None else f"{figure:.0f}"


def _figure(text: str) -> float | None:
    found = re.search(r"\d[\d.,]*", text)
    if found is None:
        return None
    try:
        return float(_THOUSANDS.sub("", found[0].rstrip(".,")).replace(",", "."))
    except ValueError:
        return None


def clock(text: str) -> str:
    """A time of the day as 24 hours: "noon" is "12:00", "2 pm" is "14:00"."""
    if text.casefold() in _NOON:
        return "12:00"
    found = re.search(r"(\d{1,2})(?:[:.](\d\d))?", text)
    if found is None:
        return text
    hour = int(found[1]) % 24
    if text.casefold().endswith("pm") and hour < 12:
        hour += 12
    return f"{hour:02d}:{found[2] or '00'}"


def month(text: str) -> str:
    """A month or quarter with its year where it names one: "March 2027" is "2027-03", "Q3" is "Q3"."""
    year = re.search(r"\d{4}", text)
    name = text.split()[0].casefold()
    if re.fullmatch(r"q[1-4]", name):
        return f"{year[0]} {name.upper()}" if year else name.upper()
    number = next((place for place, one in enumerate(MONTHS, 1) if re.fullmatch(one, name)), None)
    if number is None:
        return ""
    return f"{year[0]}-{number:02d}" if year else f"month {number:02d}"


VALUES: dict[str, Callable[[str], str]] = {
    "answer.budget": amount,
    "answer.seats": count,
    "answer.start": month,
    "answer.current_tool": str.strip,
}
