"""A look through one's own export: what it finds, what it says it cannot tell, and that it changes nothing."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.errors import BadInput, BadWorld
from agent_runtime.look.command import look_command
from agent_runtime.look.differences import differences
from agent_runtime.look.figures import Findings
from agent_runtime.look.gather import look_through
from agent_runtime.look.markup import element
from agent_runtime.look.page import render
from agent_runtime.replay import Replay
from tests.corpus import exports
from tests.corpus.exports import CDR, DANA, HUBSPOT_DEALS, RUTH, mail
from tools.base import SourceRecord

HOSTILE = "</style><script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>\"'{{7*7}}"


def look(folder: Path) -> Findings:
    return look_through(folder, "Europe/London", "b2b_sales", lambda replay: run(replay))


def run(replay: Replay) -> dict[str, object]:
    return replay.run()


class Page(HTMLParser):
    """What a browser would act on: elements, and attributes that fetch, run or send."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.references: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        for name, value in attrs:
            if name in ("href", "src", "srcset", "action", "data", "poster") and not (value or "").startswith("#"):
                self.references.append(f"{tag} {name}={value}")
            if name.startswith("on"):
                self.handlers.append(name)


def assert_self_contained(text: str) -> None:
    page = Page(text)
    assert page.references == []
    assert page.handlers == []
    assert not page.names & {"script", "img", "link", "iframe", "object", "embed", "form", "base", "svg", "video"}
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"url\(|@import|https?:", style)


def test_everything_in_one_folder_is_seen_together(tmp_path: Path) -> None:
    exports.hubspot(tmp_path)
    exports.mailbox(tmp_path / "dana.mbox")
    exports.call_list(tmp_path / "calls.csv")
    found = look(tmp_path)
    assert [(x.account, x.owner, x.quote) for x in found.promises.rows] == [
        ("Harrow Mills", "Dana Whitlock", "I will send you the drawings by Friday.")
    ]
    assert [(x.account, x.what) for x in found.unanswered.rows] == [("+441214960222", "missed call")]
    assert [x.owed for x in found.open.rows if x.account == "Pinefield Dairy"] == ["move the stage on"]
    ledger = found.ledger
    assert (ledger["begun"], ledger["missing"]) == (ledger["ended"] + ledger["open"], 0)


def test_each_audit_judges_every_open_deal(tmp_path: Path) -> None:
    found = look(exports.hubspot(tmp_path))
    failing = {audit.name: {x.deal: x.why for x in audit.failing} for audit in found.audits}
    assert all(audit.passed + audit.failed + audit.cannot_tell == 3 for audit in found.audits)
    assert failing["Ownership"] == {"Pinefield line 2": "its owner has left", "Unowned one": "nobody owns it"}
    assert set(failing["Next step"]) == {"Pinefield line 2", "Unowned one"}
    assert failing["Reminder"].keys() == failing["Next step"].keys()
    assert failing["Stale lead"]["Pinefield line 2"].startswith("no sign of life for")
    assert "days in stage Qualified" in failing["Pipeline reality"]["Pinefield line 2"]


def test_what_moved_is_told_and_not_what_is_recorded(tmp_path: Path) -> None:
    moved = look(exports.hubspot(tmp_path)).movement
    assert (moved.begun, moved.moved, moved.won, moved.lost, moved.still) == (1, 1, 1, 0, 2)


def test_two_exports_show_what_differs(tmp_path: Path) -> None:
    (between,) = look(exports.hubspot(tmp_path)).differences
    assert {(x.deal, x.what, x.before, x.after) for x in between.changes} == {
        ("Harrow renewal", "stage", "Proposal", "Negotiation"),
        ("Harrow renewal", "close date", "2026-03-20", "2026-05-15"),
        ("Small order", "new", "", "Closed Won"),
        ("Unowned one", "not in the later export", "Qualified", ""),
    }


def test_without_mails_and_calls_silence_is_only_perhaps(tmp_path: Path) -> None:
    found = look(exports.salesforce(tmp_path))
    by_owed = {row.owed: row.unseen for listing in (found.open, found.unanswered) for row in listing.rows}
    assert by_owed["take the next step"] == "mail, telephone"
    assert found.unanswered.cannot_tell == found.unanswered.total
    said = " ".join(found.limits.sentences)
    assert "There is no mailbox in it" in said
    assert "There is no call list in it" in said
    assert "Nothing about a deal could have been said before that day" in said


def test_nothing_is_said_of_a_deal_before_the_day_of_its_export(tmp_path: Path) -> None:
    found = look(exports.pipedrive(tmp_path))
    assert found.days
    assert min(day.day for day in found.days) >= datetime(2026, 4, 2, tzinfo=UTC).date()


def test_a_single_mailbox_shows_its_open_question_and_promise(tmp_path: Path) -> None:
    exports.mailbox(tmp_path / "dana.mbox")
    found = look(tmp_path)
    assert [row.quote for row in found.unanswered.rows] == ["What would a second line cost? Please let me know."]
    assert [row.quote for row in found.promises.rows] == ["I will send you the drawings by Friday."]
    assert {row.unseen for row in (*found.unanswered.rows, *found.promises.rows)} == {"telephone"}


def test_few_cases_get_no_rate(tmp_path: Path) -> None:
    exports.call_list(tmp_path / "calls.csv")
    found = look(tmp_path)
    callback = next(place for place in found.hand_offs if "callback" in place.words)
    assert callback.gap is None
    assert callback.in_time == 1


def test_each_hand_off_has_its_gap(tmp_path: Path) -> None:
    """Six missed calls on six mornings: three called back within the hour, one on the next day, two never."""
    lines: list[tuple[str, ...]] = []
    for day in range(6):
        caller, ours = f"+44121496020{day}", "+442079460000"
        lines.append((f"2026-03-{day + 2:02} 10:00:00", "", caller, ours, "in", "20", "0", "NO ANSWER", f"m{day}"))
        if day < 4:
            back = f"2026-03-{day + 2:02} 10:40:00" if day < 3 else "2026-03-06 16:00:00"
            lines.append((back, "", "201", caller, "out", "90", "80", "ANSWERED", f"b{day}"))
    lines.append(("2026-03-27 10:00:00", "", "201", "202", "local", "20", "9", "ANSWERED", "last"))
    exports.write_csv(tmp_path / "calls.csv", CDR, lines)
    mails = [mail(DANA, RUTH, f"Mon, {day:02} Mar 2026 09:00:00 +0000", "Hello", "Hello", day) for day in (1, 30)]
    exports.write_mbox(tmp_path / "dana.mbox", mails)
    callback = look(tmp_path).hand_offs[0]
    assert (callback.in_time, callback.late, callback.overdue, callback.unseen) == (3, 1, 2, 0)
    assert callback.gap == 0.5


def test_rows_that_could_not_be_read_are_on_the_page(tmp_path: Path) -> None:
    text = render(look(exports.pipedrive(tmp_path)))
    assert "deals-2026-04-02.csv:5 amount" in text


@pytest.mark.parametrize("crm", [exports.hubspot, exports.salesforce, exports.pipedrive])
def test_the_page_stands_alone(tmp_path: Path, crm: type) -> None:
    text = render(look(crm(tmp_path)))
    assert_self_contained(text)
    assert text.count("<h1>") == 1
    assert all(
        f'id="{part}"' in text for part in ("open", "promises", "unanswered", "breaks", "audits", "days", "limits")
    )


def test_hostile_text_in_every_field_stays_text(tmp_path: Path) -> None:
    hostile = tuple(
        HOSTILE if name not in ("Create Date", "Last Modified Date", "Amount") else "" for name in HUBSPOT_DEALS
    )
    dated = tuple("" if "Date" in name else cell for name, cell in zip(HUBSPOT_DEALS, hostile, strict=True))
    dated = tuple(
        "" if name == "Date entered current stage" else x for name, x in zip(HUBSPOT_DEALS, dated, strict=True)
    )
    exports.write_csv(tmp_path / "deals-2026-03-02.csv", HUBSPOT_DEALS, [hostile, dated])
    exports.write_csv(tmp_path / "deals-2026-04-02.csv", HUBSPOT_DEALS, [(*dated[:2], "Other", *dated[3:])])
    exports.write_mbox(
        tmp_path / "a.mbox",
        [
            mail("Eve <eve@evil.example>", "Dana <dana@vendor.example>", "Mon, 02 Mar 2026 09:00:00 +0000", HOSTILE,
                 f"Could you tell me {HOSTILE}?", 1),
        ],
    )  # fmt: skip
    exports.write_csv(tmp_path / "calls.csv", CDR, [(*(HOSTILE,) * 8, "c9")])
    (tmp_path / "<script>.txt").write_text("x", encoding="utf-8")
    text = render(look(tmp_path))
    assert_self_contained(text)
    assert "&lt;script&gt;alert(1)" in text


@given(st.text())
def test_no_text_becomes_markup(text: str) -> None:
    page = Page(element("p", text, title=text))
    assert page.names == {"p"}


def test_a_world_folder_is_looked_at_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "world.toml").write_text(
        'title = "Small"\nstart = 2026-03-02T00:00:00Z\nend = 2026-04-02T00:00:00Z\ntimezone = "UTC"\n'
        'currency = "EUR"\nown_domains = ["vendor.example"]\n',
        encoding="utf-8",
    )
    (tmp_path / "accounts.csv").write_text("id,name,domain\na,Harrow,harrow.example\n", encoding="utf-8")
    line = {"id": "1", "at": "2026-03-10T09:00:00Z", "direction": "inbound", "from": "r@harrow.example",
            "to": ["dana@vendor.example"], "subject": "Prices", "text": "What does it cost?"}  # fmt: skip
    (tmp_path / "emails.jsonl").write_bytes(orjson.dumps(line))
    found = look(tmp_path)
    assert [(row.account, row.unseen) for row in found.unanswered.rows] == [("Harrow", "")]


def test_the_command_writes_the_page_and_changes_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = exports.hubspot(tmp_path / "export")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    look_command(folder, tmp_path / "look.html", zone="Europe/London")
    assert "Nothing was changed, nothing was sent" in " ".join(capsys.readouterr().out.split())
    assert (tmp_path / "look.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "look.html"]


def test_the_command_prints_all_figures_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = exports.pipedrive(tmp_path / "export")
    look_command(folder, tmp_path / "look.html", as_json=True)
    printed = orjson.loads(capsys.readouterr().out)
    assert printed["title"] == "export"
    assert [audit["name"] for audit in printed["audits"]] == [
        "Ownership", "Next step", "Reminder", "Stale lead", "Pipeline reality",
    ]  # fmt: skip


def test_the_same_folder_gives_the_same_page(tmp_path: Path) -> None:
    folder = exports.hubspot(tmp_path)
    assert render(look(folder)) == render(look(folder))


def test_what_cannot_be_looked_at_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadWorld, match=r"nothing was read\. Nothing was written"):
        look(tmp_path)
    with pytest.raises(BadInput, match="cannot be written"):
        look_command(tmp_path, tmp_path / "none" / "look.html")


def test_one_export_has_nothing_to_differ_from() -> None:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    fields = {"kind": "opportunity.snapshot", "opportunity_id": "1", "stage": "Open"}
    record = SourceRecord("crm", "crm", "1", moment, moment, fields=fields)
    assert differences([record]) == []
