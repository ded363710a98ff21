"""The demo world: reproducible, in the format, invented throughout, and true to what it says was planted."""

import csv
import hashlib
import json
import re
import tomllib
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

from agent_runtime.demo import DEFAULT_END, DemoTruth, Planted, generate
from agent_runtime.errors import BadInput
from tools.world import World as WorldFolder

Record = dict[str, Any]
STREAMS = ("crm", "emails", "calls", "messages", "meetings", "forms", "usage")
TABLES = {
    "users": {
        "id",
        "name",
        "email",
        "role",
        "manager_id",
        "team",
        "timezone",
        "phone",
        "leaves_at",
        "language",
    },
    "absences": {"user_id", "from", "to", "delegate_id"},
    "accounts": {"id", "name", "domain", "industry", "country", "currency", "owner_id"},
    "contacts": {"id", "account_id", "name", "title", "email", "phone"},
    "stages": {"stage", "order", "category", "probability", "expected_days"},
    "coverage": {"source", "user_id", "line", "visible_from", "visible_until"},
    "lines": {"number", "campaign", "queue", "owner", "valid_from", "valid_to"},
    "campaigns": {"campaign", "source", "keyword", "from", "to", "spend"},
    "shifts": {"queue", "user_id", "from", "to"},
    "notes": {"at"},
    "outcomes": {"account_id", "opportunity_id", "proposal_sent_at", "responded_at", "ended_at", "outcome"},
}
OWN = "aldermark.example"


class World:
    """A written world, read back from its files."""

    def __init__(self, folder: Path, truth: DemoTruth) -> None:
        self.folder, self.truth = folder, truth
        self.streams = {name: self._lines(name) for name in STREAMS}
        self.tables = {name: self._rows(name) for name in TABLES}
        self.by_id = {one["id"]: one for records in self.streams.values() for one in records}
        self.contact_of = {row["email"]: row for row in self.tables["contacts"]}
        phones = [(number, row) for row in self.tables["contacts"] for number in row["phone"].split(";")]
        self.phone_of = dict(phones)

    def _lines(self, name: str) -> list[Record]:
        return [json.loads(line) for line in (self.folder / f"{name}.jsonl").read_text("utf-8").splitlines()]

    def _rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def contact(self, record: Record) -> str | None:
        """The id of the contact whom a mail or call is with."""
        outbound = record["direction"] == "outbound"
        other = record["to"] if outbound else record["from"]
        key = other[0] if isinstance(other, list) else other
        row = self.contact_of.get(key) or self.phone_of.get(key)
        return row["id"] if row else None

    def touches(self, contact: str, after: datetime, direction: str) -> list[Record]:
        """Mails and answered or attempted calls with that contact after a moment."""
        return [
            one
            for name in ("emails", "calls")
            for one in self.streams[name]
            if one["direction"] == direction and when(one) > after and self.contact(one) == contact
        ]


def when(record: Record) -> datetime:
    moment = record.get("started_at") or record.get("occurred_at") or record["at"]
    return datetime.fromisoformat(moment)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("demo")
    return World(folder, generate(7, folder))


def digest(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_same_seed_gives_same_bytes_and_another_seed_does_not(world: World, tmp_path: Path) -> None:
    again = generate(7, tmp_path / "again")
    generate(8, tmp_path / "other")
    assert digest(tmp_path / "again") == digest(world.folder)
    assert again == world.truth
    assert digest(tmp_path / "other")["emails.jsonl"] != digest(world.folder)["emails.jsonl"]


def test_another_end_moves_the_whole_world(tmp_path: Path) -> None:
    end = datetime(2026, 6, 9, 6, 40, tzinfo=UTC)
    world = World(tmp_path, generate(3, tmp_path, accounts=60, end=end))
    moments = [datetime.fromisoformat(one["at"]) for one in world.by_id.values()]
    assert max(moments) <= end
    assert min(moments) > end - timedelta(days=200)
    assert len(world.tables["accounts"]) == 60


@pytest.mark.parametrize("wrong", [{"end": datetime(2026, 3, 17, 8, 40)}, {"accounts": 12}])  # noqa: DTZ001
def test_what_cannot_be_made_is_refused_and_nothing_is_written(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="nothing was written"):
        generate(1, tmp_path / "world", **wrong)
    assert not (tmp_path / "world").exists()


def test_all_files_have_their_columns(world: World) -> None:
    for name, columns in TABLES.items():
        assert world.tables[name], name
        assert columns <= set(world.tables[name][0]), name
    facts = tomllib.loads((world.folder / "world.toml").read_text("utf-8"))
    assert facts["end"] == DEFAULT_END
    assert facts["own_domains"] == [OWN]
    assert {"owner", "manager"} == set(facts["fallback"])


def test_every_record_is_in_the_format(world: World) -> None:
    accounts = {row["id"] for row in world.tables["accounts"]}
    users = {row["id"] for row in world.tables["users"]}
    for name, records in world.streams.items():
        for one in records:
            at = datetime.fromisoformat(one["at"])
            assert at.utcoffset() is not None, one
            assert at <= DEFAULT_END, one
            assert when(one) <= at or name == "meetings", one
            assert one["account_id"] is None or one["account_id"] in accounts, one
            assert one.get("user_id") is None or one["user_id"] in users, one


def test_an_id_returns_only_as_a_double_or_as_a_later_state_of_a_meeting(world: World) -> None:
    seen: dict[str, Record] = {}
    for name, records in world.streams.items():
        for one in records:
            before = seen.setdefault(one["id"], one)
            assert before == one or name == "meetings" or before["mailbox"] == one["mailbox"], one["id"]
    assert len(seen) < sum(map(len, world.streams.values()))


def test_owners_managers_and_contacts_refer_to_rows_that_exist(world: World) -> None:
    users = {row["id"] for row in world.tables["users"]}
    accounts = {row["id"] for row in world.tables["accounts"]}
    assert {row["owner_id"] for row in world.tables["accounts"]} <= users
    assert {row["account_id"] for row in world.tables["contacts"]} <= accounts
    assert {row["manager_id"] for row in world.tables["users"]} - {""} <= users
    assert len({row["id"] for row in world.tables["contacts"]}) == len(world.tables["contacts"])
    assert Counter(row["role"] for row in world.tables["users"]) == Counter(
        rep=10, csm=2, manager=2, admin=1, auditor=1
    )


def test_the_reader_of_world_folders_takes_every_line(world: World) -> None:
    folder = WorldFolder.open(world.folder)
    assert len(folder.ordered()) == sum(world.truth.records.values())
    assert len(folder.directory().accounts) == 120
    assert folder.rejects == []


def test_proportions(world: World) -> None:
    total = sum(map(len, world.streams.values()))
    owners = Counter(row["owner_id"] for row in world.tables["accounts"])
    assert 3000 <= total <= 8000
    assert total == sum(world.truth.records.values())
    assert len(world.tables["accounts"]) == 120
    assert owners.most_common(1) == [("anna-wolff", 80)]
    german = [row for row in world.tables["accounts"] if row["language"] == "de"]
    assert 0.2 < len(german) / 120 < 0.45
    html = [one for one in world.streams["emails"] if one.get("html")]
    assert 0.05 < len(html) / len(world.streams["emails"]) < 0.25
    assert sum("wrote:" in (one["text"] or "") for one in world.streams["emails"]) > 100


def test_mails_read_differently(world: World) -> None:
    bodies: set[str] = set()
    for one in world.streams["emails"]:
        if one["text"] and one["auto_kind"] is None and "@" in one["from"]:
            middle = one["text"].split("\n\n")[1:2]
            bodies.update(re.sub(r"\d+", "0", part) for part in middle)
    assert len(bodies) > 300


def test_no_slot_and_no_choice_is_left_in_a_text(world: World) -> None:
    for name in ("emails", "calls", "forms", "crm"):
        text = (world.folder / f"{name}.jsonl").read_text("utf-8")
        assert not re.search(r"\{[a-zA-Z_0-9]+\}", text), name
    for one in world.streams["emails"]:
        assert not re.search(r"\[[^\]]*\||Hi there|lorem", one["text"] or one["html"]), one["id"]


def test_only_invented_domains_and_numbers_for_fiction(world: World) -> None:
    for path in world.folder.iterdir():
        for domain in re.findall(r"@([\w.-]+\w)", path.read_text("utf-8")):
            assert domain.endswith(".example"), (path.name, domain)
    numbers = {row["phone"] for row in world.tables["accounts"]} | set(world.phone_of)
    numbers |= {row["number"] for row in world.tables["lines"]}
    for number in numbers:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number)), number
    assert len(world.phone_of) == sum(len(row["phone"].split(";")) for row in world.tables["contacts"])


def test_people_work_on_working_days_and_sign_with_their_name(world: World) -> None:
    holidays = tomllib.loads((world.folder / "world.toml").read_text("utf-8"))["holidays"]
    names = {row["email"]: row["name"] for row in [*world.tables["users"], *world.tables["contacts"]]}
    for one in world.streams["emails"]:
        at = when(one)
        assert at.weekday() < 5, one["id"]
        assert at.date().isoformat() not in holidays, one["id"]
        assert 7 <= at.hour < 18, one["id"]
        if one["from"] in names and one["auto_kind"] is None and not one["to"][0].endswith(OWN):
            assert names[one["from"]] in (one["text"] or one["html"]), one["id"]


def test_threads_hang_together(world: World) -> None:
    known = {one["message_id"] for one in world.streams["emails"]}
    replies = [one for one in world.streams["emails"] if one["in_reply_to"]]
    assert len(replies) > 500
    assert all(one["references"][-1] == one["in_reply_to"] for one in replies)
    assert sum(one["in_reply_to"] in known for one in replies) > 0.95 * len(replies)


def test_nothing_is_exported_of_a_mailbox_while_it_is_blind(world: World) -> None:
    spans = defaultdict(list)
    for row in world.tables["coverage"]:
        if row["source"] == "email":
            spans[row["line"]].append(
                (datetime.fromisoformat(row["visible_from"]), datetime.fromisoformat(row["visible_until"]))
            )
    assert len(spans["marc.feldner@" + OWN]) == 2
    assert spans["daniel.osei@" + OWN][0][1] < DEFAULT_END - timedelta(days=12)
    for one in world.streams["emails"]:
        if one["mailbox"] in spans:
            assert any(begin <= when(one) <= until for begin, until in spans[one["mailbox"]]), one["id"]


def test_planted_records_exist_and_belong_together(world: World) -> None:
    assert len(world.truth.planted) > 300
    assert sum(one.open_at_end for one in world.truth.planted) > 60
    for one in world.truth.planted:
        assert one.expectation
        assert one.at <= DEFAULT_END + timedelta(days=30)
        assert all(key in world.by_id for key in one.record_ids), one
        assert one.notice or not one.open_at_end, one


@pytest.mark.parametrize("lead_type", ["phone", "web", "after_hours", "referral", "event"])
@pytest.mark.parametrize("ending", ["in_time", "late", "never"])
def test_leads_of_each_type_end_in_each_way(world: World, lead_type: str, ending: str) -> None:
    planted = world.truth.of(f"lead_{lead_type}_{ending}")
    assert len(planted) >= 2
    for one in planted:
        kinds = {world.by_id[key].get("kind") for key in one.record_ids}
        assert ("lead.status" in kinds) == (ending != "never")


@pytest.mark.parametrize(
    "kind",
    [
        "question_unanswered",
        "mail_promise_broken",
        "call_promise_broken",
        "inherited_promise",
        "missed_unseen",
        "complaint_open",
    ],
)
def test_what_is_owed_at_the_end_was_really_not_done(world: World, kind: str) -> None:
    planted = [one for one in world.truth.of(kind) if one.open_at_end]
    assert planted
    for one in planted:
        last = max((world.by_id[key] for key in one.record_ids if key[:2] != "cr"), key=when)
        contact = world.contact(last)
        assert contact is not None
        assert world.touches(contact, when(last), "outbound") == [], one


@pytest.mark.parametrize("kind", ["missed_never", "missed_repeat_never", "missed_after_hours_never"])
def test_calls_that_nobody_returned_were_not_returned_for_a_week(world: World, kind: str) -> None:
    for one in world.truth.of(kind):
        contact = world.contact(world.by_id[one.record_ids[-1]])
        assert contact is not None
        after = world.touches(contact, one.at, "outbound")
        assert all(when(touch) > one.at + timedelta(days=6) for touch in after), one


def test_proposals_without_response_have_none_from_the_whole_account(world: World) -> None:
    planted = world.truth.of("proposal_unanswered")
    assert len(planted) >= 4
    for one in planted:
        assert DEFAULT_END - one.at > timedelta(days=9)
        people = [row["id"] for row in world.tables["contacts"] if row["account_id"] == one.account_id]
        assert all(world.touches(person, one.at, "inbound") == [] for person in people), one


def test_questions_answered_in_time_have_a_mail_in_the_thread(world: World) -> None:
    for one in world.truth.of("question_in_time"):
        question, answer = (world.by_id[key] for key in one.record_ids[:2])
        assert answer["in_reply_to"] == question["message_id"]
        assert when(answer) - when(question) < timedelta(days=6)


def test_the_promise_of_the_first_item_stands_at_three_minutes_twelve(world: World) -> None:
    def spoken_at(one: Planted) -> list[tuple[str, int]]:
        script = world.by_id[one.record_ids[0]]["transcript"]
        return [
            (line["text"], line["start_s"]) for line in script if re.search(r"I will send|Ich schicke", line["text"])
        ]

    seconds = [second for one in world.truth.of("call_promise_broken") for _, second in spoken_at(one)]
    assert 192 in seconds


def test_outcomes_are_those_of_the_records(world: World) -> None:
    ended = {"won": "converted", "lost": "lost", "disqualified": "disqualified"}
    stages = [one for one in world.streams["crm"] if one["kind"] == "opportunity.stage" and one["stage"] in ended]
    records = {(one["opportunity_id"], ended[one["stage"]], one["at"]) for one in stages}
    told = {(row["opportunity_id"], row["outcome"], row["ended_at"]) for row in world.tables["outcomes"]}
    assert records == told
    assert {"converted", "lost", "disqualified"} == {outcome for _, outcome, _ in told}
    proposals = {one["opportunity_id"]: one for one in reversed(world.streams["emails"]) if one["event"]}
    for row in world.tables["outcomes"]:
        sent = proposals.get(row["opportunity_id"])
        if sent is not None:
            assert row["proposal_sent_at"] == sent["occurred_at"]


def test_the_seller_who_left_writes_no_more(world: World) -> None:
    left = next(row["leaves_at"] for row in world.tables["users"] if row["id"] == "katrin-ebel")
    hers = [one for name in ("emails", "calls") for one in world.streams[name] if one.get("user_id") == "katrin-ebel"]
    changed = [one for one in world.streams["crm"] if one["kind"] == "owner.changed"]
    assert hers
    assert max(map(when, hers)) <= datetime.fromisoformat(left)
    assert {one["account_id"] for one in changed} == {
        row["id"] for row in world.tables["accounts"] if row["owner_id"] == "katrin-ebel"
    }
