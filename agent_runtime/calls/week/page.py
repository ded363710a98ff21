"""The weekly page as one HTML file without scripts or anything from elsewhere, as a mail, and as plain text."""

from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from agent_runtime.calls.week import telling
from agent_runtime.calls.week.charts import Point, bars, line
from agent_runtime.calls.week.live import Live
from agent_runtime.calls.week.sources import NO_CAMPAIGN
from agent_runtime.calls.week.tables import DIMENSIONS, INTENT_WORDS, Group
from agent_runtime.calls.week.trust import TITLES, CheckState
from agent_runtime.calls.week.weekly import HeatCell, Weekly
from agent_runtime.errors import Refused

_TEMPLATES: Final = Path(__file__).with_name("templates")
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# Nothing may be fetched, run or sent, whatever a name in the data says.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_SERVED: Final = _POLICY.replace("form-action 'none'", "form-action 'self'")
_NOTHING: Final = Markup()
_STATES: Final = {
    CheckState.PASSED: "holds",
    CheckState.FAILED: "fails",
    CheckState.UNMEASURED: "not measured",
}


def render(
    page: Weekly, zone: ZoneInfo, *, executive: bool = False, above: Markup = _NOTHING, below: Markup = _NOTHING
) -> str:
    """The whole page; with `executive` only what those need who decide on money. `above`, `below`: what stands around
    it where it is served, with forms that lead back there.

    Raises Refused for the executive view while it is locked.
    """
    if executive and page.executive.locked:
        raise Refused(
            f"The executive view is locked. {page.executive.reason}",
            fix="Look at the page without --executive, repair what fails, then: tenure calls verify SEGMENT --by USER.",
        )
    shown = _shown(page, zone) | {"executive": executive, "above": above, "below": below}
    return _environment().get_template("page.html").render(shown, policy=_SERVED if above or below else _POLICY)


def render_live(found: Live, zone: ZoneInfo, above: Markup) -> str:
    """Who waits now, as a page that looks again each minute."""
    shown = {"moment": lambda at: telling.moment(at, zone), "length": telling.length, "intents": INTENT_WORDS}
    page = _environment().get_template("live.html")
    return page.render(shown, found=found, style=_style(), policy=_SERVED, above=above)


def render_mail(page: Weekly, zone: ZoneInfo) -> str:
    """The page for a mail client: one narrow column, styles inside, nothing to fetch or to press."""
    return _environment().get_template("mail.html").render(**_shown(page, zone))


def render_text(page: Weekly, zone: ZoneInfo) -> str:
    """The same as plain text."""
    return _environment().get_template("mail.txt").render(**_shown(page, zone))


def mail_of(page: Weekly, zone: ZoneInfo, sender: str, recipients: list[str]) -> EmailMessage:
    """The Monday mail: plain text, with HTML as its better form."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, ", ".join(recipients)
    mail["Subject"] = subject_of(page)
    mail["Date"] = page.as_of
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(render_text(page, zone))
    mail.add_alternative(render_mail(page, zone), subtype="html")
    return mail


def subject_of(page: Weekly) -> str:
    """What the mail is called."""
    return f"Missed calls, week {page.week[-2:]}: {page.now.high_intent.part} high-intent, {page.now.open} open"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("length", "percentile", "between", "percent", "percent_between", "money", "money_range", "at_risk"):
        environment.globals[name] = getattr(telling, name)
    return environment


def _style() -> Markup:
    return Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8"))


def _shown(page: Weekly, zone: ZoneInfo) -> dict[str, Any]:
    whole = next((one for one in page.groups if one.dimension == "all"), None)
    high = next((one for one in page.groups if one.dimension == "intent" and one.name == "wants to buy"), None)
    return {
        "page": page,
        "whole": whole,
        "high": high,
        "style": _style(),
        "number": page.week[-2:].lstrip("0"),
        "span": f"{page.monday:%-d %B} to {page.sunday:%-d %B %Y}",
        "as_of": telling.moment(page.as_of, zone),
        "tails": _tails(page),
        "titles": TITLES,
        "intents": INTENT_WORDS,
        "states": _STATES,
        "heat": _heat(page.heat),
        "missed_chart": _missed_chart(page),
        "tail_chart": _tail_chart(page),
        "cliff_chart": _cliff_chart(page),
        "doubt": lambda figure: [TITLES[name].lower() for name in page.doubts[figure]],
        "day": telling.day,
        "no_campaign": NO_CAMPAIGN,
    }


def _tails(page: Weekly) -> list[tuple[str, list[Group]]]:
    """The groups by what divides them; a division into one part says nothing."""
    found = []
    for dimension, _ in DIMENSIONS:
        part = [one for one in page.groups if one.dimension == dimension]
        if part and (dimension == "all" or len(part) > 1):
            found.append((dimension, part))
    return found


def _missed_chart(page: Weekly) -> Markup:
    points = [
        Point(f"{one.monday:%-d %b}", one.missed.value, one.missed.low, one.missed.high,
              telling.percent(one.missed), "; ".join(one.notes))
        for one in page.series
    ]  # fmt: skip
    return bars("Share of calls missed, week by week", points)


def _tail_chart(page: Weekly) -> Markup:
    points = [
        Point(f"{one.monday:%-d %b}", one.p90.seconds, one.p90.low, one.p90.high,
              "" if one.p90.too_few else telling.percentile(one.p90, one.needs), "; ".join(one.notes))
        for one in page.series
    ]  # fmt: skip
    return line("Wait of nine in ten callers, calls still open counted, week by week", points)


def _cliff_chart(page: Weekly) -> Markup:
    if sum(not one.too_few for _, one in page.cliff.buckets) < 2:
        return Markup()
    points = [
        Point(name, None if one.too_few else one.value, one.low, one.high, telling.percent(one))
        for name, one in page.cliff.buckets
    ]
    return bars("Share of high-intent callers who become a deal, by wait", points)


def _heat(cells: tuple[HeatCell, ...]) -> list[tuple[str, list[tuple[int, int, int, int]]]]:
    """For each weekday the hours in which anybody called: hour, calls, missed, and a depth of 0 to 4."""
    if not cells:
        return []
    hours = range(min(one.hour for one in cells), max(one.hour for one in cells) + 1)
    known = {(one.weekday, one.hour): one for one in cells}
    most = max(one.missed for one in cells) or 1
    rows = []
    for weekday, name in enumerate(_WEEKDAYS):
        row = []
        for hour in hours:
            one = known.get((weekday, hour), HeatCell(weekday, hour, 0, 0))
            row.append((hour, one.inbound, one.missed, -(-4 * one.missed // most)))
        rows.append((name, row))
    return rows
