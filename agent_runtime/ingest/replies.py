"""What is new in a mail: the sender's own words without what is quoted or forwarded below them."""

import re
from typing import NamedTuple

from mailparser_reply import EmailReplyParser

# The library's patterns are made for mails, not for documents; what is longer is cut by lines alone.
LONGEST_FOR_LIBRARY = 8_000
SCANNED_LINES = 2_000
SEPARATOR = re.compile(
    r"(?i)^[\s>]*(?:[-_]{2,}\s*)(?:original message|forwarded (?:by|message)|ursprüngliche nachricht|"
    r"weitergeleitete nachricht|weitergeleitet von|doorgestuurd bericht|oorspronkelijk bericht)\b"
)
WROTE = re.compile(r"(?i)^(?:on|am|op|le)\s.{4,200}\s?(?:wrote|schrieb\b.{0,120}|schreef.{0,120}|a écrit)\s?:$")
FROM_LINE = re.compile(r"(?i)^[*\s]*(?:from|von|van|de)\s?:")
HEADER_LINE = re.compile(r"(?i)^[*\s]*(?:sent|date|to|cc|subject|gesendet|datum|an|betreff|aan|onderwerp)\s?:")
TO_LINE = re.compile(r"(?i)^\s*(?:to|an)\s?:")
# A block head of Lotus Notes: a name, then the moment alone on its line.
NOTES_MOMENT = re.compile(r"(?i)^\s*\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\s+\d{1,2}:\d{2}(?::\d\d)?\s*(?:am|pm)?\s*$")
HINT = re.compile(r"(?i)wrote|schrieb|schreef|from:|von:|sent from|gesendet von|_{32}|-{32}")
_library = EmailReplyParser(languages=["en", "de"])


class Reply(NamedTuple):
    """`new`: the sender's own words, may be empty. `carried`: what was quoted or forwarded."""

    new: str
    carried: str


def split_reply(text: str) -> Reply:
    """Splits a plain mail text; a mail that only forwards has no new words. Linear in the text's length."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.lstrip().startswith(">"):
        return _unquoted(text)
    lines = text.split("\n")
    cut = _cut(lines)
    new, carried = "\n".join(lines[:cut]).strip(), "\n".join(lines[cut:]).strip()
    if new and len(new) <= LONGEST_FOR_LIBRARY and HINT.search(new):
        shorter = (_library.parse_reply(new) or "").strip()
        new, carried = (shorter, carried or new) if shorter else (new, carried)
    quoted = _unquoted(new) if "\n>" in new else Reply(new, "")
    return Reply(quoted.new, carried or quoted.carried)


def _unquoted(text: str) -> Reply:
    own = [line for line in text.split("\n") if not line.lstrip().startswith(">")]
    quoted = [line.lstrip("> \t") for line in text.split("\n") if line.lstrip().startswith(">")]
    return Reply("\n".join(own).strip(), "\n".join(quoted).strip())


def _cut(lines: list[str]) -> int:
    """The number of lines before the first that belongs to a quoted or forwarded mail."""
    for place, line in enumerate(lines[:SCANNED_LINES]):
        if SEPARATOR.match(line) or _wrote(lines, place) or _block(lines, place):
            return place
        if NOTES_MOMENT.match(line) and any(TO_LINE.match(one) for one in lines[place + 1 : place + 4]):
            return _name_above(lines, place)
    return len(lines)


def _wrote(lines: list[str], place: int) -> bool:
    line = lines[place].strip()
    if len(line) > 300 or not line:
        return False
    joined = f"{line} {lines[place + 1].strip()}" if place + 1 < len(lines) else line
    return WROTE.match(line) is not None or (len(joined) <= 300 and WROTE.match(joined) is not None)


def _block(lines: list[str], place: int) -> bool:
    """A head of a quoted mail: a From line, and soon another of its kind."""
    if not FROM_LINE.match(lines[place]):
        return False
    return any(HEADER_LINE.match(line) for line in lines[place + 1 : place + 8])


def _name_above(lines: list[str], place: int) -> int:
    for above in range(place - 1, max(-1, place - 3), -1):
        if lines[above].strip():
            return above if len(lines[above].split()) <= 6 else place
    return place
