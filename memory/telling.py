"""How an episode is told: who speaks, and the line "speaker (date): text" that words and vectors are taken of."""

import re
from datetime import datetime

# Not from the locale: vectors and words of one installation must tell every day the same way.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_ADDRESS = re.compile(r"\s*<[^>]*>\s*$")


def speaker_of(speaker: str, direction: str | None, contact: str | None, user: str | None) -> str:
    """The name of who spoke: the contact's of what came in, the user's of what went out, else as the source said."""
    known = {"inbound": contact, "outbound": user}.get(direction or "")
    return known or _ADDRESS.sub("", speaker).strip(' "') or speaker


def prefixed(speaker: str, occurred_at: datetime, text: str) -> str:
    """The text with who said it on which day."""
    return f"{speaker} ({day_of(occurred_at)}): {text}"


def day_of(occurred_at: datetime) -> str:
    """The day as it is told, such as 05 January 2026."""
    return f"{occurred_at.day:02} {_MONTHS[occurred_at.month - 1]} {occurred_at.year}"
