"""The parts of the page on the pipeline: the map of hand-offs, the five audits, what differs between two exports."""

from zoneinfo import ZoneInfo

from agent_runtime.diagnosis.hand_offs import PLACES, HandOff
from agent_runtime.look.figures import Audit, Differences, Findings
from agent_runtime.look.markup import Content, Markup, element
from agent_runtime.look.page_table import bar, counts, day_of, legend, rows

_STANDINGS = ("in_time", "late", "never", "cannot_tell", "not_due")
_RESULTS = ("passed", "failed", "cannot_tell")


def hand_offs_part(places: list[HandOff]) -> Content:
    """The map: a bar for each place, its gap rate, and the same as a table."""
    told = {place.words for place in places}
    unseen = [place.words for place in PLACES if place.words not in told]
    header = ("Where", "in time", "late", "never", "cannot tell", "not due yet")
    table: list[list[Content]] = [[x.words, *(number for _, number in _shares(x))] for x in places]
    none = f"Not in this export: {'; '.join(unseen)}." if unseen else ""
    if not places:
        return element("p", "None of these hand-offs is in this export.")
    return [
        legend(_STANDINGS),
        [_place(place) for place in places],
        [element("p", none, class_="quiet small")] if none else [],
        element("details", element("summary", "The same as a table"), counts(header, table)),
    ]


def _place(place: HandOff) -> Markup:
    judged, never = place.judged, place.never + place.overdue
    if place.gap is not None:
        gap = f"gap {place.gap:.0%}"
    else:
        gap = f"n = {judged}, too few" if judged else "cannot tell" if place.unseen else "not due yet"
    due = f"{judged} {'was' if judged == 1 else 'were'} due: {place.in_time} in time, {place.late} late, {never} never."
    told = f"{place.asks} {due if judged else 'None was due that could be judged.'}"
    return element(
        "div",
        element("header", element("b", place.words), element("b", gap)),
        bar(_shares(place)),
        element("span", told, class_="quiet small"),
        class_="place",
    )


def _shares(place: HandOff) -> list[tuple[str, int]]:
    """The parts of the bar; at the end of an export what is still overdue has not come."""
    counts = (place.in_time, place.late, place.never + place.overdue, place.unseen, place.waiting)
    return list(zip(_STANDINGS, counts, strict=True))


def audits_part(found: Findings) -> Content:
    """The audits with the deals that fail them, and what moved."""
    deals = sum(getattr(found.audits[0], name) for name in _RESULTS) if found.audits else 0
    if not deals:
        return element("p", "There is no open deal in this export.")
    moved = found.movement
    line = (
        f"In the last {moved.days} days: {moved.begun} begun, {moved.moved} moved on, {moved.won} won, "
        f"{moved.lost} lost or no case; {moved.still} of {deals} open deals did not move."
    )
    return [element("p", element("b", line)), legend(_RESULTS), [_audit(audit) for audit in found.audits]]


def _audit(audit: Audit) -> Markup:
    judged = audit.passed + audit.failed
    told = f"{audit.failed} of {judged} fail" if judged else "cannot tell"
    shares = [(name, getattr(audit, name)) for name in _RESULTS]
    lines = [[element("b", x.account), x.deal, x.why] for x in audit.failing]
    rest = audit.failed - len(audit.failing)
    more = [element("p", f"… and {rest:,} more.", class_="quiet small")] if rest else []
    table = element("details", element("summary", "Which"), rows(("Account", "Deal", "Why"), lines), more)
    return element(
        "div",
        element("header", element("b", audit.name), element("b", told)),
        bar(shares),
        element("span", audit.asks, class_="quiet small"),
        [table] if lines else [],
        class_="place",
    )


def differences_part(found: list[Differences], zone: ZoneInfo) -> Content:
    """What differs between the exports, where there are two or more."""
    return [_differences(each, zone) for each in found]


def _differences(each: Differences, zone: ZoneInfo) -> Content:
    title = element("h3", f"Between {day_of(each.before, zone)} and {day_of(each.after, zone)}")
    if not each.changes:
        return [title, element("p", "No deal changed its stage, close date, amount or owner.")]
    lines = [[element("b", x.deal), x.what, x.before or "none", x.after or "none"] for x in each.changes]
    rest = each.total - len(each.changes)
    more = [element("p", f"… and {rest:,} more.", class_="quiet small")] if rest else []
    return [title, rows(("Deal", "What", "Before", "After"), lines), more]
