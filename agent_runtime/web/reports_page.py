"""Reports: what moves and what does not, over accounts and hand-overs, never over a person; each number opens."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Path, Query, Response
from sqlalchemy import and_, select
from sqlalchemy.sql.elements import ColumnElement

from agent_runtime.accounts import reading
from agent_runtime.diagnosis import movement
from agent_runtime.diagnosis.figures import LEAST, Row
from agent_runtime.diagnosis.movement import Stretch
from agent_runtime.diagnosis.story import Story, in_common
from agent_runtime.diagnosis.two_views import two_views
from agent_runtime.errors import NotThere
from agent_runtime.permissions import OVERSEERS, Policy, visible
from agent_runtime.web.account_sources import names, passage
from agent_runtime.web.measured import Kept, Measured, measure
from agent_runtime.web.page import PageCall, PageRouter, Shown, page
from agent_runtime.web.plain import action_words, cause_words, kind_words, outcome_words, rule_words, step_words
from agent_runtime.web.story_line import chapter, in_words
from agent_runtime.web.tables import csv_response
from memory.records import Account

router = PageRouter("reports")
Days = Literal["7", "30", "90", "365"]
Word = Annotated[str, Query(max_length=200)]
RANGES: tuple[tuple[Days, str], ...] = (
    ("7", "a week"), ("30", "30 days"), ("90", "90 days"), ("365", "a year"),
)  # fmt: skip
REALITY = {
    "ownership": "Without an owner who is here", "next_step": "Open deals with nothing planned",
    "reminder": "Overdue, and nobody was reminded", "stale_lead": "Open leads that nobody works",
    "pipeline_reality": "Stage contradicted by what happened", "task_completion": "Tasks whose time has come, not done",
    "no_movement": "Deals that nothing moved in four weeks", "lost_reason": "Lost, and nobody said why",
}  # fmt: skip
VIEWS = {
    "listed_leads": "New leads in the CRM", "listed_tasks": "Open tasks in the lists",
    "unworked": "Leads that nobody works", "in_no_list": "Came in, and stands in no list",
    "interest": "Interest that nobody took up", "said_not_seen": "Put down as contacted, nothing seen",
}  # fmt: skip
VIEW_HEADS = {
    "listed_leads": "New in the CRM", "listed_tasks": "Open tasks", "unworked": "Nobody works",
    "in_no_list": "In no list", "interest": "Interest", "said_not_seen": "Contacted, not seen",
}  # fmt: skip
ROWS_SHOWN = 200
STORIES_SHOWN = 20
_account = Account.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Line:
    """One row behind a number, in words."""

    account_id: str
    account: str
    what: str
    since: datetime | None
    href: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the report is over: the accounts as a clause and as a query, the stretch, and what the address says."""

    within: ColumnElement[bool]
    stretch: Stretch
    days: Days
    segment: str

    @property
    def query(self) -> str:
        """The address's own words, for links."""
        return urlencode({"range": self.days} | ({"segment": self.segment} if self.segment else {}))


@router.get("/reports", policy=Policy(OVERSEERS))
def show_reports(
    call: Shown, days: Annotated[Days, Query(alias="range")] = "30", segment: Word = ""
) -> Response:  # fmt: skip
    """The report over the accounts that you see."""
    asked = _asked(call, days, segment)
    accounts, connection = asked.stretch.accounts, call.connection
    measured = _measured(call, asked)
    return page(
        call, "reports/page.html", asked=asked, ranges=RANGES,
        segments=reading.values_of(connection, visible(connection, call.principal, call.now), "segment"),
        counted=movement.counted(connection, accounts), stake=movement.at_stake(connection, accounts),
        kinds=movement.kinds(connection, asked.stretch), lates=movement.lates(connection, asked.stretch),
        ladder_rows=_ladder(movement.ladder(connection, accounts)), drafts=movement.drafts(connection, asked.stretch),
        costs=movement.costs(connection, asked.stretch), measured=measured, weeks=_weeks(measured), least=LEAST,
        reality=REALITY, views=two_views(measured.sighted), view_words=VIEWS, view_heads=VIEW_HEADS,
        kind_words=kind_words, rule_words=rule_words, step_words=step_words,
        cause_words=cause_words,
    )  # fmt: skip


@router.get("/reports/rows/{name}.csv", policy=Policy(OVERSEERS))
def rows_csv(
    call: Shown, name: Annotated[str, Path(max_length=100)], days: Annotated[Days, Query(alias="range")] = "30",
    segment: Word = "", of: Word = "", end: Word = "",
) -> Response:  # fmt: skip
    """The same rows as a table."""
    _, rows = _rows(call, _asked(call, days, segment), name, of, end)
    told = ((x.account_id, x.account, x.what, x.since) for x in rows)
    return csv_response(f"{name}.csv", ("account_id", "account", "what", "since"), told)


@router.get("/reports/rows/{name}", policy=Policy(OVERSEERS))
def show_rows(
    call: Shown, name: Annotated[str, Path(max_length=100)], days: Annotated[Days, Query(alias="range")] = "30",
    segment: Word = "", of: Word = "", end: Word = "",
) -> Response:  # fmt: skip
    """The rows behind one number."""
    asked = _asked(call, days, segment)
    title, rows = _rows(call, asked, name, of, end)
    query = asked.query + "&" + urlencode({"of": of, "end": end})
    return page(
        call, "reports/rows.html", title=title, rows=rows[:ROWS_SHOWN], count=len(rows), asked=asked,
        csv=f"/reports/rows/{name}.csv?{query}",
    )  # fmt: skip


@router.get("/reports/stories", policy=Policy(OVERSEERS))
def show_stories(
    call: Shown, days: Annotated[Days, Query(alias="range")] = "30", segment: Word = "", of: Word = "slipped",
) -> Response:  # fmt: skip
    """The stories of several deals on one printable page, with one line over all of them."""
    asked = _asked(call, days, segment)
    measured = _measured(call, asked)
    found = measured.slipped if of == "slipped" else [x for x in measured.wrong if _first_cause(x) == of]
    called, chosen = names(call.connection), found[:STORIES_SHOWN]
    return page(
        call, "reports/stories.html", asked=asked, chapters=[chapter(x, called, call.now) for x in chosen],
        count=len(found), common=list(in_words(in_common(found))), passage=passage, deal="", whose=True,
        title="Deals whose close date moved back" if of == "slipped" else f"Deals: {cause_words(of)}",
    )  # fmt: skip


@router.get("/reports.csv", policy=Policy(OVERSEERS))
def reports_csv(
    call: Shown, days: Annotated[Days, Query(alias="range")] = "30", segment: Word = ""
) -> Response:  # fmt: skip
    """Every number of the report as a table."""
    asked = _asked(call, days, segment)
    return csv_response("reports.csv", ("part", "what", "number", "of"), _numbers(call, asked))


def _asked(call: PageCall, days: Days, segment: str) -> Asked:
    within = visible(call.connection, call.principal, call.now)
    within = and_(within, _account.c.segment == segment) if segment else within
    accounts = select(_account.c.id).where(within)
    return Asked(within, Stretch(accounts, call.now - timedelta(days=int(days)), call.now), days, segment)


def _measured(call: PageCall, asked: Asked) -> Measured:
    state = call.request.app.state
    if not hasattr(state, "measured"):
        state.measured = Kept[Measured]()
    kept: Kept[Measured] = state.measured
    company = call.site.premises.company(call.connection, call.now)
    key = f"{call.principal.user_id}|{asked.segment}"
    return kept.of(key, call.now, lambda: measure(call.connection, company, asked.within, call.now))


def _weeks(measured: Measured) -> dict[str, Any]:
    """The course of the last twelve weeks, ready to be drawn."""
    weeks = measured.health.drift.weeks
    return {
        "labels": [f"{x.at.day} {x.at:%b}" for x in weeks],
        "unresolved": [x.unresolved for x in weeks],
        "deals": [x.deals for x in weeks],
        "still": [x.stagnating for x in weeks],
        "rows": [
            {
                "at": f"{x.at.day} {x.at:%B}", "unresolved": x.unresolved, "deals": x.deals, "still": x.stagnating,
                "age": round(x.median_age_days) if x.median_age_days is not None else None,
            }
            for x in weeks
        ],
    }  # fmt: skip


def _ladder(found: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"label": step_words(step), "value": number} for step, number in found]


def _rows(call: PageCall, asked: Asked, name: str, of: str, end: str) -> tuple[str, list[Line]]:
    """The title and the rows of one number; raises NotThere for a number that the report does not have."""
    connection, stretch = call.connection, asked.stretch
    if name == "late":
        found = movement.late_rows(connection, stretch, of)
        title = f"Late now: {rule_words(of)}" if of else "Late now"
        return title, _shown(call, found, _late_words)
    if name == "matters":
        title = f"{kind_words(of)}: {'open' if end == 'open' else outcome_words(end, None) if end else 'begun'}"
        return title, _shown(call, movement.matter_rows(connection, stretch, of, end), action_words)
    measured = _measured(call, asked)
    if name == "causes":
        chosen = [x for x in measured.wrong if _first_cause(x) == of]
        return f"Deals whose first cause is: {cause_words(of)}", [_of_story(x, x.first_knowable_at) for x in chosen]
    if name == "slipped":
        return "Deals whose close date moved back", [_of_story(x, x.slips[-1].at) for x in measured.slipped]
    if name == "views" and of in VIEWS:
        chosen_rows = sorted(
            (x.row for x in measured.sighted if x.kind == of and end in ("", x.group)),
            key=lambda x: (x.since or call.now, x.account_id, x.subject_id),
        )
        return f"{VIEWS[of]}{': ' if end else ''}{end}", _shown(call, chosen_rows, _view_words)
    for figure in measured.reality:
        if figure.name == name:
            return REALITY[name], _shown(call, figure.rows, _reality_words)
    raise NotThere("There is no such number.", fix="Load the report again.")


def _late_words(what: str) -> str:
    rule, _, action = what.partition(":")
    step, colon, _ = action.partition(":")
    return f"{rule_words(rule)}; {step_words(step)}" if colon else rule_words(rule)


def _view_words(what: str) -> str:
    came, colon, rules = what.partition("; ")
    return f"{came}; {', '.join(rule_words(x) for x in rules.split(', '))}" if colon else rule_words(what)


def _reality_words(what: str) -> str:
    rule, colon, rest = what.partition(": ")
    return f"{rule_words(rule)}; {rest}" if colon and " " not in rule else what


def _shown(call: PageCall, rows: Iterable[Row], words: Any) -> list[Line]:
    found = list(rows)
    names = _names(call, {x.account_id for x in found})
    return [
        Line(
            x.account_id, names.get(x.account_id, x.account_id), words(x.what), x.since,
            f"/accounts/{x.account_id}?tab=open",
        )
        for x in found
    ]  # fmt: skip


def _first_cause(story: Story) -> str:
    return story.causes[0] if story.causes else "none"


def _of_story(story: Story, since: datetime | None) -> Line:
    """One deal; how it stands, and where it slipped from which day to which."""
    standing = {"lost": "lost", "stalled": "standing still"}.get(story.standing, story.standing)
    slip = f", {story.slips[-1].before} to {story.slips[-1].after}" if story.slips else ""
    deal = urlencode({"deal": story.opportunity_id or ""})
    href = f"/accounts/{story.account_id}/story?{deal}"
    return Line(story.account_id, story.account_name, f"{story.name}, {standing}{slip}", since, href)


def _names(call: PageCall, ids: set[str]) -> Mapping[str, str]:
    wanted: Sequence[str] = sorted(ids)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        query = select(_account.c.id, _account.c.name).where(_account.c.id.in_(wanted[start : start + 500]))
        found.update((row.id, row.name) for row in call.connection.execute(query))
    return found


def _numbers(call: PageCall, asked: Asked) -> Iterator[tuple[Any, ...]]:
    connection, measured = call.connection, _measured(call, asked)
    counted = movement.counted(connection, asked.stretch.accounts)
    for name in ("begun", "ended", "open", "overdue"):
        yield ("ledger", name, getattr(counted, name), counted.begun)
    for kind in movement.kinds(connection, asked.stretch):
        yield from (("matters", f"{kind.kind} {x}", getattr(kind, x), kind.begun) for x in ("open", *movement.OUTCOMES))
    for late in movement.lates(connection, asked.stretch):
        yield ("late", late.rule, late.now, late.passed)
    for step, number in movement.ladder(connection, asked.stretch.accounts):
        yield ("ladder", step, number, None)
    for figure in measured.reality:
        yield ("reality", figure.name, len(figure.rows), figure.of)
    for view in two_views(measured.sighted):
        yield from (("lists and sight", f"{view.group}: {kind}", n, None) for kind, n in view.counts.items())
    for cause, number in measured.causes.items():
        yield ("cause", cause, number, len(measured.wrong))
    for week in measured.health.drift.weeks:
        yield ("week", week.at.date().isoformat(), week.unresolved, week.deals)
