"""Turns a template into what a person would have typed: dates, greeting, signature, quotes."""

import html
import re
from collections.abc import Mapping
from datetime import date, datetime
from random import Random

from agent_runtime.demo.company import COMPANY, Contact, User
from agent_runtime.demo.texts_english import ENGLISH
from agent_runtime.demo.texts_german import GERMAN

TEXTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {"en": ENGLISH, "de": GERMAN}
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_DAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "de": ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
}
_MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
}


def expand(rng: Random, template: str, slots: Mapping[str, str]) -> str:
    """Picks one of each `[a|b]`, innermost first, then fills `{name}`; a missing slot raises KeyError."""
    while _CHOICE.search(template):
        template = _CHOICE.sub(lambda found: rng.choice(found.group(1).split("|")), template)
    return template.format_map(slots)


def body(rng: Random, language: str, name: str, slots: Mapping[str, str]) -> str:
    """One wording of the named text in `language`."""
    return expand(rng, rng.choice(TEXTS[language][name]), slots)


def long_date(day: date, language: str) -> str:
    """Thursday 12 March, or Donnerstag, 12. März."""
    weekday, month = _DAYS[language][day.weekday()], _MONTHS[language][day.month - 1]
    return f"{weekday}, {day.day}. {month}" if language == "de" else f"{weekday} {day.day} {month}"


def on_date(day: date, language: str) -> str:
    """ "on 3 March", "am 3. März"."""
    return f"{'am' if language == 'de' else 'on'} {long_date(day, language)}"


def month_end(day: date, language: str) -> str:
    """ "late March", "Ende März"."""
    month = _MONTHS[language][day.month - 1]
    return f"Ende {month}" if language == "de" else f"late {month}"


def money(amount: float, currency: str, language: str) -> str:
    """EUR 48,200, or EUR 48.200."""
    figure = f"{currency} {amount:,.0f}"
    return figure.replace(",", ".") if language == "de" else figure


def _formal(person: User | Contact) -> str:
    return f"{'Frau' if person.madam else 'Herr'} {person.name.split()[-1]}"


def greeting(writer: User | Contact, reader: User | Contact, language: str) -> str:
    """Each writer keeps to one form, so that a later mail can mirror it."""
    style = sum(map(ord, writer.id)) % 3
    if language == "de":
        if style == 0 and isinstance(writer, User):
            honour = "Sehr geehrte" if reader.madam else "Sehr geehrter"
            return f"{honour} {_formal(reader)},"
        return f"Guten Tag {_formal(reader)},"
    return (f"Hello {reader.first},", f"Dear {reader.first},", f"Good morning {reader.first},")[style]


def closing(writer: User | Contact, company: str, language: str) -> str:
    """The closing line and the writer's signature."""
    style = sum(map(ord, writer.name)) % 2
    words = {"de": ("Mit freundlichen Grüßen", "Freundliche Grüße"), "en": ("Kind regards", "Best regards")}
    lines = [words[language][style], writer.name, "", f"{writer.title} | {company}", f"Tel. {writer.phone}"]
    if isinstance(writer, User):
        lines.append(writer.email)
    return "\n".join(lines)


def letter(writer: User | Contact, reader: User | Contact, text: str, language: str, company: str) -> str:
    """Greeting, text, closing and signature, with blank lines between."""
    where = COMPANY if isinstance(writer, User) else company
    return f"{greeting(writer, reader, language)}\n\n{text}\n\n{closing(writer, where, language)}"


def quote_header(at: datetime, name: str, address: str, language: str) -> str:
    """The line that mail programs put above the mail they quote."""
    if language == "de":
        day = f"{_DAYS['de'][at.weekday()][:2]}., {at.day}. {_MONTHS['de'][at.month - 1]} {at.year}"
        return f"Am {day} um {at:%H:%M} schrieb {name} <{address}>:"
    day = f"{_DAYS['en'][at.weekday()][:3]}, {at.day} {_MONTHS['en'][at.month - 1][:3]} {at.year}"
    return f"On {day} at {at:%H:%M}, {name} <{address}> wrote:"


def with_quote(text: str, header: str, quoted: str) -> str:
    """A reply with the quoted mail below it, as mail programs write it."""
    lines = "\n".join(f"> {line}".rstrip() for line in quoted.splitlines())
    return f"{text}\n\n{header}\n{lines}"


def as_html(text: str, header: str = "", quoted: str = "") -> str:
    """The same mail as the HTML that a mail program sends."""
    paragraphs = "".join(f"<p>{_lines(part)}</p>" for part in text.split("\n\n"))
    history = (
        f'<div class="quote">{html.escape(header)}<blockquote>{_lines(quoted)}</blockquote></div>' if quoted else ""
    )
    return f"<html><body>{paragraphs}{history}</body></html>"


def _lines(text: str) -> str:
    return html.escape(text, quote=False).replace("\n", "<br>")
