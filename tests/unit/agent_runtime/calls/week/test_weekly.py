"""The weekly page over an invented town: its numbers agree with the calls, and its forms are safe to send."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest

from agent_runtime.calls.week.export import TABLES, as_data, table, write_csv
from agent_runtime.calls.week.fates import Deals
from agent_runtime.calls.week.live import NO_OWNER, live
from agent_runtime.calls.week.page import mail_of, render, render_mail, render_text
from agent_runtime.calls.week.rows import need_rows
from agent_runtime.calls.week.trust import Check, CheckState, Gate, Verified
from agent_runtime.calls.week.weekly import Weekly, World, value_of_needs, weekly
from agent_runtime.errors import Refused
from tests.unit.agent_runtime.calls.week.town import ZONE, town, world

MONDAY = date(2026, 8, 10)
NOW = datetime(2026, 8, 17, 6, tzinfo=UTC)
CROWDED = datetime(2026, 6, 13, tzinfo=UTC)
PILOT = Verified("town", "maria", "2026-08-01T08:00:00+00:00", (), "compared with the phone system's list")


@pytest.fixture(scope="module")
def seen() -> World:
    return world(town(3, weeks=11, a_day=40), NOW)


@pytest.fixture(scope="module")
def sheet(seen: World) -> Weekly:
    return weekly(MONDAY, seen)


def test_every_missed_caller_of_the_week_is_counted_once(seen: World, sheet: Weekly) -> None:
    rows = [row for row in need_rows(seen.needs, seen.calls, seen.setting) if row.week == MONDAY]
    assert sheet.now.needs == len(rows) == sheet.bridge.ours == sheet.groups[0].needs
    for dimension in {one.dimension for one in sheet.groups}:
        assert sum(one.needs for one in sheet.groups if one.dimension == dimension) == len(rows)
    assert sum(one.inbound for one in sheet.heat) == sheet.now.inbound
    assert sheet.now.missed.part >= sheet.now.needs


def test_in_time_late_and_waiting_are_all_there_are(seen: World, sheet: Weekly) -> None:
    whole = sheet.groups[0]
    rows = [row for row in need_rows(seen.needs, seen.calls, seen.setting) if row.week == MONDAY]
    waiting = sum(row.open_at(NOW) and not row.late_at(NOW) for row in rows)
    assert whole.in_time.part + whole.late + waiting == whole.needs


def test_open_calls_lift_the_tail_and_the_page_can_leave_them_out(sheet: Weekly) -> None:
    waits = sheet.groups[0].waits
    assert waits.with_open.open > 0
    assert waits.without_open.n == waits.with_open.n - waits.with_open.open
    with_open = waits.with_open.at(0.9)
    without = waits.without_open.at(0.9).seconds
    assert without is not None
    assert (with_open.seconds or with_open.at_least or 0) > without


def test_ten_times_the_calls_leave_nobody_without_a_place_and_a_time() -> None:
    seen = world(town(4, weeks=2, a_day=300), CROWDED)
    rows = need_rows(seen.needs, seen.calls, seen.setting)
    missed = {need.need_id for need in seen.needs if need.resolution != "misdial"}
    assert {row.need_id for row in rows} == missed
    found = live(rows, {}, {line.queue or "": line.owner or "" for line in seen.context.lines}, CROWDED)
    assert found.waiting > 30
    assert found.unowned == 0
    assert all(one.due_at > one.since and one.owner != NO_OWNER for one in found.first)


def test_the_live_view_names_the_oldest_high_intent_miss(seen: World) -> None:
    rows = need_rows(seen.needs, seen.calls, seen.setting)
    waiting = [row for row in rows if row.open_at(NOW) and row.high_intent and NOW - row.at <= timedelta(days=14)]
    found = live(rows, {waiting[0].need_id: "maria"}, {}, NOW)
    assert found.oldest is not None
    assert found.oldest.need_id == min(waiting, key=lambda row: row.at).need_id
    assert found.oldest.owner == "maria"
    assert sum(one.waiting for one in found.queues) == found.waiting


class Tags(HTMLParser):
    """What a page refers to, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action", "srcset")]


def tags(text: str) -> Tags:
    found = Tags()
    found.feed(text)
    return found


def forms(sheet: Weekly) -> Iterator[str]:
    yield render(sheet, ZONE)
    yield render_mail(sheet, ZONE)


def test_the_page_and_the_mail_fetch_nothing_and_run_nothing(sheet: Weekly) -> None:
    for text in forms(sheet):
        found = tags(text)
        assert all(link.startswith("#") for link in found.links)
        assert not {"script", "img", "link", "iframe", "form"} & set(found.names)
        assert "url(" not in text
        assert "@import" not in text


def test_a_hostile_name_stays_text(sheet: Weekly) -> None:
    hostile = "<script>alert(1)</script>"
    groups = tuple(replace(one, name=hostile) for one in sheet.groups)
    for text in forms(replace(sheet, groups=groups)):
        assert "<script" not in text
        assert "&lt;script&gt;" in text


def test_the_page_says_both_percentiles_for_its_toggle(sheet: Weekly) -> None:
    text = render(sheet, ZONE)
    assert 'id="count-open" checked' in text
    assert 'class="with"' in text
    assert 'class="without"' in text


def test_figures_of_a_failed_check_are_shown_and_marked(sheet: Weekly, seen: World) -> None:
    gate = Gate((Check("clock", CheckState.FAILED, 7.0, "minutes", 90, "the phone system is 7.0 minutes ahead"),))
    marked = weekly(MONDAY, replace(seen, gate=gate))
    assert marked.now == sheet.now
    text = render(marked, ZONE)
    assert text.count("unverified") > render(sheet, ZONE).count("unverified")
    assert "7.0 minutes ahead" in text


def test_the_executive_view_is_locked_until_a_pilot_is_verified(sheet: Weekly, seen: World) -> None:
    with pytest.raises(Refused, match="locked"):
        render(sheet, ZONE, executive=True)
    opened = weekly(MONDAY, replace(seen, verified=(PILOT,)))
    text = render(opened, ZONE, executive=True)
    assert "town by maria on 2026-08-01" in text
    assert "From the phone system" not in text


def test_no_figure_is_about_a_person(sheet: Weekly) -> None:
    assert "u1" not in orjson.dumps(as_data(sheet)).decode().replace("u1,", "")
    for text in (*forms(sheet), render_text(sheet, ZONE)):
        assert "u1" not in text


def test_the_mail_has_a_plain_and_a_rich_form(sheet: Weekly) -> None:
    sent = mail_of(sheet, ZONE, "tenure@aldermark.example", ["lead@aldermark.example"])
    read = message_from_bytes(sent.as_bytes(), policy=policy.default)
    kinds = [part.get_content_type() for part in read.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    assert str(sheet.now.needs) in read.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_every_number_is_in_a_csv(sheet: Weekly, tmp_path: Path) -> None:
    written = write_csv(sheet, tmp_path)
    assert [path.name for path in written] == [f"{sheet.week}-{name}.csv" for name in TABLES]
    assert f"{sheet.groups[0].needs}" in table(sheet, "groups")
    assert "p90_seconds" in table(sheet, "series") or "p90" in table(sheet, "series")


def test_a_formula_in_a_name_is_defused(sheet: Weekly) -> None:
    hostile = replace(sheet, groups=(replace(sheet.groups[0], name="=HYPERLINK(1)"),))
    assert "'=HYPERLINK(1)" in table(hostile, "groups")


def test_a_week_without_calls_is_a_page_too(seen: World) -> None:
    empty = weekly(date(2025, 1, 6), seen)
    assert empty.now.needs == 0
    assert "No high-intent call was missed." in render(empty, ZONE)
    assert render_text(empty, ZONE)
    assert all(table(empty, name) is not None for name in TABLES)


def test_a_change_is_told_with_what_it_moved(sheet: Weekly) -> None:
    assert [one.note for one in sheet.changes] == ["Sales calls now ring two more phones"]
    assert set(sheet.changes[0].stayed) | {one.rpartition(" ")[0] for one in sheet.changes[0].moved} == {
        "share of calls missed", "returned in time", "the slowest tenth", "conversion"
    }  # fmt: skip


def test_a_holiday_and_an_empty_shift_explain_a_spike(seen: World) -> None:
    busy = town(9, weeks=19, a_day=40)
    day = datetime(2026, 10, 9, tzinfo=UTC)
    extra = [replace(leg, id=f"x{n}", status="no_answer", talk_s=0.0, from_number=f"+4930900{n:05d}", account_id=None,
                     contact_id=None, started_at=day + timedelta(hours=8, minutes=n % 60), at=day, user_id=None)
             for n, leg in enumerate(busy.legs[:60])]  # fmt: skip
    found = weekly(
        date(2026, 10, 5), world(replace(busy, legs=[*busy.legs, *extra]), datetime(2026, 10, 12, tzinfo=UTC))
    )
    assert found.spikes
    assert {one.day for one in found.spikes} == {day.date()}
    assert any(cause.kind == "holiday" for one in found.spikes for cause in one.causes)


def test_each_late_high_intent_need_has_a_range_of_its_own(seen: World) -> None:
    rows = need_rows(seen.needs, seen.calls, seen.setting)
    late = {row.need_id for row in rows if row.high_intent and row.late_at(NOW)}
    found = value_of_needs(rows, seen.deals, seen.measure).expected
    assert set(found) == late
    assert all(0 <= one.low <= one.base <= one.high for one in found.values())
    assert value_of_needs(rows, Deals({}, {}), seen.measure).expected == {}
