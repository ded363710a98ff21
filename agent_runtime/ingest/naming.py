"""Which person of an account a text means by a name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

SPEAKER = frozenset({"i", "ich", "my", "mein"})
_TITLE = re.compile(r"^(?:Mr|Mrs|Ms|Dr|Herrn?|Frau)\.? ")
# Capital letters of an organisation are no person's name.
_NO_PERSON = re.compile(
    r"(?i)\b(?:legal|finance|department|council|board|team|management|procurement|purchasing|security|it|hr|sales|"
    r"committee|company|group|office|gmbh|ag|inc|ltd|abteilung|rat|vorstand|einkauf|leitung|geschäftsführung|the|our|"
    r"your|their|his|her|she|he|they|we|you|it|this|that|sie|er|wir|ihr|das|dies|today|tomorrow|yesterday|and|but|"
    r"so|then|now|who|what|please|thanks|hello|hi|dear|hallo|guten|after|before|since|next|once)\b"
)


@dataclass(slots=True)
class People:
    """The contacts of one account by name; a name that several bear is nobody's."""

    ids_by_name: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, contacts: Iterable[tuple[str, str]]) -> "People":
        """From (contact id, full name) pairs: each answers to the full, the first and the last name."""
        people = cls()
        for contact_id, name in contacts:
            parts = _TITLE.sub("", name.strip()).split()
            for alias in {" ".join(parts), parts[0], parts[-1]} if parts else ():
                people.ids_by_name.setdefault(alias.casefold(), set()).add(contact_id)
        return people

    def person(self, name: str, speaker: str | None) -> str | None:
        """The contact's id, `name:…` for the full name of somebody whom no record has, None where it is nobody.

        `speaker`: whose text it is, for one who speaks of himself.
        """
        if name.casefold() in SPEAKER:
            return speaker
        words = _TITLE.sub("", name).removesuffix("'s").split()
        for start in range(len(words)):
            found = self.ids_by_name.get(" ".join(words[start:]).casefold())
            if found:
                return next(iter(found)) if len(found) == 1 else None
        full = " ".join(words)
        return f"name:{full}" if len(words) == 2 and not _NO_PERSON.search(full) else None
