"""The parts of the page on time and sight: what would have been said day by day, and what cannot be told."""

from zoneinfo import ZoneInfo

from agent_runtime.look.figures import Day, Findings, Limits, Said, Seen
from agent_runtime.look.markup import Content, Markup, element
from agent_runtime.look.page_table import day_of, rows

OPEN_DAYS = 7
_SOURCES = {"crm": "CRM", "email": "mail", "phone": "telephone", "calendar": "calendar", "messages": "messages"}


def days_part(found: Findings, zone: ZoneInfo) -> Content:
    """The youngest days open, the older ones behind a fold."""
    if not found.days:
        return element("p", "Nothing would have been said.")
    older = [_day(day, zone) for day in found.days[OPEN_DAYS:]]
    fold = element("details", element("summary", f"{len(older)} earlier days"), older, class_="older") if older else ""
    return [[_day(day, zone) for day in found.days[:OPEN_DAYS]], fold]


def _day(day: Day, zone: ZoneInfo) -> Markup:
    more = [element("li", f"… and {day.more:,} more", class_="quiet")] if day.more else []
    said = element("ul", [_said(one, zone) for one in day.said], more)
    return element("div", element("b", f"{day.day:%A, %-d %B %Y}"), said, class_="day")


def _said(said: Said, zone: ZoneInfo) -> Markup:
    unseen = [" ", element("span", "perhaps", class_="tag")] if not said.verified else []
    form = element("span", f"{said.at.astimezone(zone):%H:%M}, {said.form}", class_="quiet small")
    return element("li", element("b", said.account), " · ", said.why, unseen, element("br"), form)


def limits_part(limits: Limits, zone: ZoneInfo) -> Content:
    """The sentences, what was visible from when to when, the files, and what could not be read."""
    seen = rows(("Source", "Whose", "From", "Until"), [_seen(one, zone) for one in limits.seen])
    files = rows(("File", "Read as", "Rows"), [[name, what, number] for name, what, number in limits.files])
    return [
        element("ul", [element("li", sentence) for sentence in limits.sentences]),
        element("h3", "What was visible"),
        seen,
        [element("h3", "Files"), files] if limits.files else [],
        _rejects(limits),
    ]


def _seen(one: Seen, zone: ZoneInfo) -> list[Content]:
    if one.begins is None or one.ends is None:
        return [_SOURCES.get(one.source, one.source), one.holder or "all", "not in it", "not in it"]
    return [
        _SOURCES.get(one.source, one.source),
        one.holder or "all",
        day_of(one.begins, zone),
        day_of(one.ends, zone),
    ]


def _rejects(limits: Limits) -> Content:
    if not limits.rejected and not limits.rejects:
        return element("p", "Every row could be read.", class_="quiet")
    lines = [element("li", line) for line in limits.rejects]
    rest = limits.rejected - len(lines)
    more = [element("li", f"… and {rest:,} more")] if rest > 0 else []
    return [element("h3", f"{limits.rejected:,} could not be read"), element("ul", lines, more, class_="small")]
