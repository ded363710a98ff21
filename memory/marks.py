"""The words by which one person can be found in texts and records: names and addresses. Pure."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

ERASED = "[erased]"
# A first name alone is too common to be taken out of a text.
LEAST_LETTERS = 3
_TITLE = re.compile(r"^(?:Mr|Mrs|Ms|Dr|Prof|Herr|Frau)\.? ")


@dataclass(frozen=True)
class Marks:
    """A person's name and addresses; `addresses` are mail addresses and phone numbers as they were written."""

    contact_id: str
    name: str
    addresses: frozenset[str]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The full name and its parts, the longest first."""
        full = _TITLE.sub("", self.name.strip())
        parts = [one for one in full.split() if len(one) >= LEAST_LETTERS]
        return tuple(sorted({full, *parts} - {""}, key=lambda x: (-len(x), x)))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = [rf"(?<!\w){re.escape(one)}(?!\w)" for one in self.names]
        addresses = [re.escape(one) for one in sorted(self.addresses, key=lambda x: (-len(x), x))]
        numbers = [_spaced(one) for one in sorted(self.addresses) if "@" not in one]
        return re.compile("|".join([*addresses, *(x for x in numbers if x), *names]) or r"(?!)", re.IGNORECASE)

    def named_in(self, text: str) -> bool:
        """Whether the text holds one of the marks."""
        return bool(self._pattern.search(text))

    def cleaned(self, text: str) -> str:
        """The text with every mark replaced."""
        return self._pattern.sub(ERASED, text)

    def cleaned_in(self, value: Any) -> Any:
        """Plain JSON with every mark replaced in its texts; keys stay. A text that is the contact's id goes too."""
        if isinstance(value, str):
            return ERASED if value == self.contact_id else self.cleaned(value)
        if isinstance(value, list):
            return [self.cleaned_in(one) for one in value]
        if isinstance(value, dict):
            return {key: self.cleaned_in(one) for key, one in value.items()}
        return value


def _spaced(number: str) -> str:
    """A phone number with whatever people write between its digits."""
    digits = re.sub(r"\D", "", number)
    return r"\+?" + r"[\s()/.-]{0,3}".join(digits) if len(digits) >= 6 else ""
