"""The page: one self-contained HTML file, without scripts, without anything from elsewhere."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from agent_runtime.diagnosis.figures import LEAST
from agent_runtime.look.figures import Findings, Listing, Row
from agent_runtime.look.markup import Content, Markup, element
from agent_runtime.look.page_pipeline import audits_part, differences_part, hand_offs_part
from agent_runtime.look.page_table import counts, day_of, rows
from agent_runtime.look.page_time import days_part, limits_part

_STYLE = Path(__file__).with_name("page.css")
# Nothing may be fetched, run or sent, whatever a field of the export says.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_PARTS = (
    ("open", "Begun, never ended"),
    ("promises", "Promises"),
    ("unanswered", "Unanswered"),
    ("breaks", "Where it breaks"),
    ("audits", "Five audits"),
    ("days", "Day by day"),
    ("limits", "What it cannot tell"),
)


def render(found: Findings) -> str:
    """The whole page of what a look found."""
    zone = ZoneInfo(found.zone)
    body = element("main", _head(found, zone), _cards(found), _worst(found), _contents(), *_sections(found, zone))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"What was left open: {found.title}"),
        element("style", Markup(_STYLE.read_text(encoding="utf-8"))),
    )
    return f"<!doctype html>\n{element('html', head, element('body', body), lang='en')}\n"


def section(key: str, title: str, lead: str, *content: Content) -> Markup:
    """A part of the page with its title and a sentence on how to read it."""
    return element("section", element("h2", title), element("p", lead, class_="quiet"), *content, id=key)


def _head(found: Findings, zone: ZoneInfo) -> Content:
    span = f"{_long(found.start, zone)} to {_long(found.end, zone)}"
    return [
        element("h1", "What was left open"),
        element("p", f"{found.title} · {span} · {found.read:,} records read · nothing was changed, nothing was sent"),
    ]


def _cards(found: Findings) -> Markup:
    lists = (
        (found.open, "begun, overdue, never ended"),
        (found.promises, "promises of ours not kept"),
        (found.unanswered, "customers unanswered"),
    )
    cards = [_card(one.total - one.cannot_tell, what, one.cannot_tell) for one, what in lists]
    told = element("span", "times somebody would have been told")
    return element("div", cards, element("div", element("b", found.said), told, class_="card"), class_="cards")


def _card(number: int, what: str, cannot_tell: int) -> Markup:
    more = element("span", f"and {cannot_tell:,} perhaps", class_="more") if cannot_tell else ""
    return element("div", element("b", number), element("span", what), more, class_="card alarm" if number else "card")


def _worst(found: Findings) -> Content:
    """One line over all hand-offs: how much of what was due broke, and where most of it."""
    judged = sum(x.judged for x in found.hand_offs)
    broken = judged - sum(x.in_time for x in found.hand_offs)
    rated = [x for x in found.hand_offs if x.gap]
    if not broken or judged < LEAST:
        return []
    worst = max(rated, key=lambda x: x.judged - x.in_time, default=None)
    where = f"; most of it at: {worst.words} (gap {worst.gap:.0%})" if worst else ""
    line = f"Of {judged:,} things that were due where work passes on, {broken:,} came late or never{where}."
    return element("p", element("b", line), class_="worst")


def _contents() -> Markup:
    return element("nav", [element("a", name, href=f"#{key}") for key, name in _PARTS])


def _sections(found: Findings, zone: ZoneInfo) -> list[Content]:
    return [
        _open_part(found, zone),
        section(
            "promises",
            "Promises that were not kept",
            "What one of yours said or wrote that they would do, and of which nothing is to be seen.",
            _listed(found.promises, zone, "No promise is overdue, as far as this export shows."),
        ),
        section(
            "unanswered",
            "Customers who wait",
            "Questions, new leads and missed calls to which nobody came back on any channel that is visible.",
            _listed(found.unanswered, zone, "Nobody waits, as far as this export shows."),
        ),
        section(
            "breaks",
            "Where the follow-up breaks",
            "Each place where work passes on. The gap is the share of what was due and came late or never.",
            hand_offs_part(found.hand_offs),
        ),
        section(
            "audits",
            "Five audits of the pipeline",
            "Over the deals that are open at the end. How much moves, not how much is recorded.",
            audits_part(found),
            differences_part(found.differences, zone),
        ),
        section(
            "days",
            "What would have been said on which day",
            "The export was lived through once more, day by day, by the same rules as in use. Each matter stands on "
            "the day on which somebody would first have heard of it.",
            days_part(found, zone),
        ),
        section(
            "limits",
            "What this export cannot tell",
            "Read this before you believe the rest.",
            limits_part(found.limits, zone),
        ),
    ]


def _open_part(found: Findings, zone: ZoneInfo) -> Markup:
    ledger = found.ledger
    ended = f"{ledger['begun']:,} begun = {ledger['ended']:,} ended + {ledger['open']:,} open"
    header = ("What", "begun", "ended", "open", "overdue", "perhaps overdue")
    table: list[list[Content]] = [
        [one.kind, one.begun, one.ended, one.open, one.overdue, one.cannot_tell] for one in found.begun
    ]
    return section(
        "open",
        "Begun and never ended",
        "Whatever was begun with a customer ends in one of four ways: it worked, it was lost, it was no case, or it "
        "was put off to a day. The rest is open.",
        element("p", element("b", f"{ended} · {ledger['missing']:,} missing")),
        counts(header, table),
        element("h3", "Overdue for longest"),
        _listed(found.open, zone, "Nothing else is overdue, as far as this export shows."),
    )


def _listed(listing: Listing, zone: ZoneInfo, nothing: str) -> Content:
    if not listing.rows:
        return element("p", nothing)
    table = rows(("Account", "What", "Due", "With"), [_cells(row, zone) for row in listing.rows])
    rest = listing.total - len(listing.rows)
    return [table, element("p", f"… and {rest:,} more.", class_="quiet small")] if rest else table


def _cells(row: Row, zone: ZoneInfo) -> list[Content]:
    unseen = [" ", element("span", f"perhaps; not visible: {row.unseen}", class_="tag")] if row.unseen else []
    quote = [element("q", row.quote)] if row.quote else []
    due = day_of(row.due, zone) if row.due else ""
    owed = element("span", row.owed, class_="quiet")
    return [element("b", row.account), [row.what, " · ", owed, *unseen, *quote], due, row.owner]


def _long(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%-d %B %Y}"
