"""Exports of three CRMs, mailboxes and call lists, read as a world."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.corpus import exports
from tools.base import SourceRecord, UnreadableSource
from tools.exports import Export


def read(folder: Path) -> Export:
    return Export.read(folder, "Europe/London", "GB")


def deals(export: Export) -> dict[str, dict[str, Any]]:
    """The last snapshot of each deal by its id."""
    found = [x.fields for x in export.ordered() if x.fields.get("kind") == "opportunity.snapshot"]
    return {one["opportunity_id"]: one for one in found}


def by_id(export: Export) -> dict[str, SourceRecord]:
    return {record.source_id: record for record in export.ordered()}


def stages(export: Export) -> dict[str, str]:
    return {row["stage"]: row["category"] for row in export.directory().stages}


def test_hubspot_lists_are_snapshots_of_their_days(tmp_path: Path) -> None:
    export = read(exports.hubspot(tmp_path))
    assert export.rejects == []
    assert export.gathered.taken_at == [datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 4, 1, 23, tzinfo=UTC)]
    renewal = deals(export)["1"]
    assert (renewal["stage"], renewal["amount"], renewal["close_date"]) == ("Negotiation", 12500.0, "2026-05-15")
    assert stages(export)["Closed Won"] == "won"
    accounts = {row["id"]: row for row in export.directory().accounts}
    assert accounts["501"]["domain"] == "harrowmills.example"
    assert by_id(export)["deal-1@2026-03-02"].account_id == "501"


def test_a_deal_without_a_company_has_an_account_of_its_name_and_it_is_said(tmp_path: Path) -> None:
    export = read(exports.hubspot(tmp_path))
    assert by_id(export)["deal-3@2026-03-02"].account_id == "deal-3"
    assert any("without a company" in line for line in export.gathered.assumed)


def test_who_is_deactivated_has_left(tmp_path: Path) -> None:
    people = {row["name"]: row.get("leaves_at") for row in read(exports.hubspot(tmp_path)).directory().users}
    assert people["Dana Whitlock"] is None
    assert people["Oskar Brandt"] == datetime(2026, 3, 2, tzinfo=UTC)


def test_salesforce_object_files_bring_history_and_leads(tmp_path: Path) -> None:
    export = read(exports.salesforce(tmp_path))
    records = by_id(export)
    assert records["stage-008A"].at == datetime(2026, 1, 12, 10, 15, tzinfo=UTC)
    assert records["lead-00QA"].fields["source"] == "Web"
    assert records["lead-00QB-converted"].fields["status"] == "converted"
    assert stages(export) == {"Negotiation": "open", "Qualified": "open", "Closed Lost": "lost"}
    assert [(x.file, x.line) for x in export.rejects] == [("OpportunityHistory.csv", 4), ("Task.csv", 3)]


def test_files_without_a_date_are_of_one_export_as_late_as_its_latest_row(tmp_path: Path) -> None:
    export = read(exports.salesforce(tmp_path))
    assert export.gathered.taken_at == [datetime(2026, 3, 28, 9, 5, tzinfo=UTC)]
    crm = next(x for x in export.coverage() if x.source == "crm")
    assert crm.visible_until == datetime(2026, 3, 28, 9, 5, tzinfo=UTC)


def test_pipedrive_tells_the_end_in_a_status(tmp_path: Path) -> None:
    export = read(exports.pipedrive(tmp_path))
    found = deals(export)
    assert found["12"]["stage"] == "Won"
    assert found["12"]["closed_at"] == "2026-03-01T09:00:00+00:00"
    assert found["11"]["amount"] == 12500.0
    assert found["11"]["contact_ids"] == ["31"]
    assert [(x.line, x.field) for x in export.rejects] == [(5, "amount")]


def test_a_mailbox_belongs_to_whoever_takes_part_in_most_of_it(tmp_path: Path) -> None:
    exports.mailbox(tmp_path / "in.mbox")
    export = read(tmp_path)
    assert [row["email"] for row in export.directory().users] == ["dana@vendor.example"]
    assert export.settings.intake == ("dana@vendor.example",)
    directions = [record.fields.get("direction") for record in export.ordered()]
    assert directions == ["inbound", "outbound", "outbound", "inbound", "inbound"]
    assert by_id(export)["<2@mail.example>"].fields["in_reply_to"] == "<1@mail.example>"


def test_a_mailbox_is_recognised_as_that_of_a_user_of_the_crm(tmp_path: Path) -> None:
    exports.hubspot(tmp_path)
    exports.mailbox(tmp_path / "in.mbox")
    export = read(tmp_path)
    users = {row["id"]: row.get("email") for row in export.directory().users}
    assert users == {"dana-whitlock": "dana@vendor.example", "oskar-brandt": None}
    blind = {x.holder for x in export.coverage() if x.source == "email" and x.visible_from == x.visible_until}
    assert blind == {"oskar-brandt"}


def test_a_call_list_gives_direction_result_and_length(tmp_path: Path) -> None:
    exports.call_list(tmp_path / "calls.csv")
    export = read(tmp_path)
    calls = {key: one.fields for key, one in by_id(export).items()}
    assert (calls["c1"]["direction"], calls["c1"]["status"], calls["c1"]["ring_s"]) == ("inbound", "no_answer", 25)
    assert (calls["c2"]["direction"], calls["c2"]["talk_s"]) == ("outbound", 180)
    assert export.settings.intake == ("+442079460000",)
    assert [(x.line, x.field) for x in export.rejects] == [(5, "started_at")]


def test_a_list_of_twilio_names_its_directions(tmp_path: Path) -> None:
    exports.write_csv(
        tmp_path / "log.csv",
        ("Sid", "From", "To", "Direction", "Status", "StartTime", "Duration"),
        [
            ("CA1", "+14155550100", "+14155550199", "inbound", "no-answer", "2026-03-02T10:00:00Z", "0"),
            ("CA2", "+14155550199", "+14155550100", "outbound-dial", "completed", "2026-03-02T11:00:00Z", "64"),
            ("CA3", "anonymous", "+14155550199", "inbound", "exploded", "2026-03-02T12:00:00Z", "0"),
        ],
    )
    export = read(tmp_path)
    calls = {key: one.fields for key, one in by_id(export).items()}
    assert (calls["CA1"]["direction"], calls["CA1"]["status"]) == ("inbound", "no_answer")
    assert (calls["CA2"]["direction"], calls["CA2"]["talk_s"]) == ("outbound", 64)
    assert [x.field for x in export.rejects] == ["status"]


def test_what_is_not_in_it_was_never_visible(tmp_path: Path) -> None:
    export = read(exports.hubspot(tmp_path))
    lengths = {x.source: x.visible_until - x.visible_from for x in export.coverage()}
    assert lengths["email"].total_seconds() == lengths["phone"].total_seconds() == 0
    assert lengths["crm"].days > 100


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("notes.txt", "hello", "no list of deals"),
        ("list.csv", "a,b\n1,2\n", "no list of deals"),
        ("people.csv", "Person - ID,Person - Name\n1,Ruth\n", "not one deal"),
    ],
)
def test_a_folder_that_says_nothing_ends_in_one_line(tmp_path: Path, file: str, text: str, says: str) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableSource) as refused:
        read(tmp_path)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_folder_and_an_unknown_zone_end_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="is not a folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(UnreadableSource, match="no time zone"):
        Export.read(tmp_path, "Mars/Olympus", "GB")


def test_files_that_nobody_knows_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    exports.hubspot(tmp_path)
    (tmp_path / "readme.pdf").write_bytes(b"%PDF")
    exports.write_csv(tmp_path / "budget.csv", ("Month", "Sum"), [("May", "1")])
    assert {x.file for x in read(tmp_path).rejects} == {"readme.pdf", "budget.csv"}


def test_dates_that_could_be_read_either_way_are_said_to_be_guessed(tmp_path: Path) -> None:
    header = ("Opportunity ID", "Opportunity Name", "Stage", "Close Date", "Created Date", "Account Name")
    exports.write_csv(tmp_path / "report.csv", header, [("1", "One", "Proposal", "3/4/2025", "1/2/2025", "Harrow")])
    export = read(tmp_path)
    assert deals(export)["1"]["close_date"] == "2025-03-04"
    assert any("month first" in line for line in export.gathered.assumed)


def test_reading_changes_nothing(tmp_path: Path) -> None:
    exports.hubspot(tmp_path)
    exports.mailbox(tmp_path / "in.mbox")
    before = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
    assert read(tmp_path).ordered() == read(tmp_path).ordered()
    assert {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()} == before


def test_a_row_that_no_spreadsheet_can_read_is_a_reject_and_the_rest_is_read(tmp_path: Path) -> None:
    path = exports.call_list(tmp_path / "calls.csv")
    path.write_text(path.read_text(encoding="utf-8-sig") + f'"{"x" * 200_000}",a\n', encoding="utf-8")
    export = read(tmp_path)
    assert "not readable as CSV" in export.rejects[0].reason
    assert len(export.ordered()) == 4


def test_a_cell_with_line_breaks_keeps_the_count_of_lines(tmp_path: Path) -> None:
    header = ("Opportunity ID", "Opportunity Name", "Stage", "Amount")
    exports.write_csv(tmp_path / "report.csv", header, [("1", "One\nTwo", "Proposal", "1"), ("2", "B", "C", "much")])
    assert [x.line for x in read(tmp_path).rejects] == [4]
