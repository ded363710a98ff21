"""The parts of the page on the pipeline: the map of hand-offs, the five audits, what differs between two exports."""

from zoneinfo import ZoneInfo

from agent_runtime.look.figures import Audit, Differences, Findings, HandOff
from agent_runtime.look.markup import Content, Markup, element
from agent_runtime.look.page_table import bar, counts, day_of, legend, rows

_STANDINGS = ("in_time", "late", "never", "cannot_tell", "not_due")
_RESULTS = ("passed", "failed", "cannot_tell")


def hand_offs_part(places: list[HandOff]) -> Content:
    """The map: a bar for each place, its gap rate, and the same as a table."""
    begun = [place for place in places if _all(place)]
    unseen = [place.name for place in places if not _all(place)]
    header = ("", "in time", "late", "never", "cannot tell", "not due yet")
    table: list[list[Content]] = [[x.name, x.in_time, x.late, x.never, x.cannot_tell, x.not_due] for x in begun]
    none = f"Not in this export: {'; '.join(unseen)}." if unseen else ""
    if not begun:
        return element("p", "None of these hand-offs is in this export.")
    return [
        legend(_STANDINGS),
        [_place(place) for place in begun],
        [element("p", none, class_="quiet small")] if none else [],
        element("details", element("summary", "The same as a table"), counts(header, table)),
    ]


def _place(place: HandOff) -> Markup:
    judged = place.in_time + place.late + place.never
    if place.gap is not None:
        gap = f"gap {place.gap:.0%}"
    else:
        gap = f"n = {judged}, too few" if judged else "cannot tell" if place.cannot_tell else "not due yet"
    shares = [(name, getattr(place, name)) for name in _STANDINGS]
    told = f"{place.asks} {judged} were due: {place.in_time} in time, {place.late} late, {place.never} never."
    return element(
        "div",
        element("header", element("b", place.name), element("b", gap)),
        bar(shares),
        element("span", told, class_="quiet small"),
        class_="place",
    )


def _all(place: HandOff) -> int:
    return sum(getattr(place, name) for name in _STANDINGS)


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
