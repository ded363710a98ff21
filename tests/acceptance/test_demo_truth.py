"""What the watchtower raises on the demo world, held against what was planted there on purpose."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent_runtime.demo.generator import generate
from agent_runtime.demo.truth import DemoTruth, Planted
from tests.acceptance.worlds import run

SEED = 7
LEAD_TYPES = ("phone", "web", "after_hours", "referral", "event")

# Each kind of what should be put before a person, and the rules that may do it.
NOTICED = {
    **{f"lead_{kind}_{end}": ("lead_response",) for kind in LEAD_TYPES for end in ("late", "never")},
    **{f"lead_{kind}": ("lead_response",) for kind in ("asks_to_meet", "says_little", "left_a_number")},
    "lead_silent": ("next_step",),
    "question_unanswered": ("answer_owed",),
    "question_late": ("answer_owed",),
    "question_holding_only": ("answer_owed",),
    "lost_by_silence": ("answer_owed",),
    "complaint_open": ("answer_owed",),
    "intake_mail_unanswered": ("answer_owed",),
    "mail_promise_broken": ("promise_due",),
    "mail_promise_late": ("promise_due",),
    "call_promise_broken": ("promise_due",),
    "inherited_promise": ("promise_due",),
    "task_missed": ("promise_due",),
    "task_late": ("promise_due",),
    "missed_never": ("missed_call",),
    "missed_repeat_never": ("missed_call",),
    "missed_after_hours_never": ("missed_call",),
    "missed_attempted": ("missed_call",),
    "missed_late": ("missed_call",),
    "missed_unseen": ("missed_call",),
    "stranger_never": ("missed_call",),
    "proposal_unanswered": ("proposal_response",),
    "proposal_unseen": ("proposal_response",),
    "deal_stalled": ("stage_age", "next_step"),
    "champion_quiet": ("next_step", "stage_age"),
    "no_next_step": ("next_step",),
    "close_date_pushed": ("close_date_pushed", "next_step"),
    "renewal_near": ("renewal_ahead",),
    "usage_down": ("usage_decline",),
    "competitor_named": ("competitor_named",),
    "concern_unanswered": ("concern_open",),
    "commit_unsupported": ("commit_without_evidence",),
}

# Each kind of what is in order, about whose records nobody may be bothered.
QUIET = (
    *(f"lead_{kind}_in_time" for kind in LEAD_TYPES),
    "question_in_time", "question_by_phone", "question_holding_then_answer", "question_this_morning",
    "complaint_settled", "intake_mail_answered",
    "mail_promise_kept", "mail_promise_future", "call_promise_kept", "task_kept", "task_future",
    "missed_in_time", "missed_by_colleague", "missed_other_number", "missed_other_channel",
    "missed_caller_reached_us", "missed_after_hours_in_time", "missed_answered_elsewhere", "missed_withheld",
    "stranger_in_time", "stranger_misdial",
    "internal_mail", "out_of_office", "soft_bounce",
    "meeting_held", "meeting_canceled",
    "contact_on_leave", "contact_opted_out", "contact_bounced", "owner_changed_introduced",
)  # fmt: skip

# Of these, some rest on the words of a reply alone: where those leave a doubt, the question stays open (decision 0026).
READ = (
    "question_in_time", "question_holding_then_answer", "complaint_settled", "call_promise_kept", "meeting_held",
    "missed_in_time", "missed_other_number", "intake_mail_answered",
)  # fmt: skip

# Deals in good order on the last morning; what they lacked weeks before stays noted.
QUIET_DEALS = ("deal_healthy", "proposal_fresh", "proposal_answered", "proposal_question_by_phone")
OUTWARD = frozenset({"send_email", "message", "call_card", "meeting"})


@dataclass(frozen=True)
class Alarm:
    """Something that was claimed to be missing: verified or not, and whether it still is."""

    id: str
    rule: str
    state: str
    breached: bool
    opportunity_id: str | None

    @property
    def owed(self) -> bool:
        return self.state in ("breached", "unverified")


@dataclass(frozen=True)
class Watched:
    """A replayed demo world: what was planted, and what was claimed about which source records."""

    truth: DemoTruth
    alarms: list[Alarm]
    about: dict[str, list[Alarm]]
    items: list[dict[str, Any]]
    rejected: list[str]

    def of(self, planted: Planted) -> list[Alarm]:
        """The claims about the planted records, each once; a silence of weeks after them is another matter."""
        claims = (x for record in planted.record_ids for x in self.about.get(record, ()))
        return list({x.id: x for x in claims if x.rule != "champion_quiet"}.values())

    def of_deal(self, planted: Planted) -> list[Alarm]:
        return [x for x in self.alarms if x.opportunity_id == planted.opportunity_id]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """One replay of the whole demo world, without a budget, in which nobody decides."""
    folder = tmp_path_factory.mktemp("demo")
    truth = generate(SEED, folder / "world")
    run(folder / "world", folder / "replay")
    return read(truth, folder / "replay" / "replay.db")


def read(truth: DemoTruth, database: Path) -> Watched:
    """What the database of a replay claims."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        sources = {x["id"]: x["source_id"] for x in connection.execute("SELECT id, source_id FROM tenure_activity")}
        alarms, about = [], defaultdict(list)
        for row in connection.execute(_CLAIMED):
            alarm = Alarm(row["id"], row["rule"], row["state"], bool(row["breached"]), row["opportunity_id"])
            alarms.append(alarm)
            for record in {sources[x] for x in (*json.loads(row["evidence"]), row["opened_by"]) if x in sources}:
                about[record].append(alarm)
        items = [dict(x) | {"action": json.loads(x["action"])} for x in connection.execute("SELECT * FROM tenure_item")]
        rejected = [x["reason"] for x in connection.execute("SELECT reason FROM tenure_reject")]
    return Watched(truth, alarms, dict(about), items, rejected)


# A lead that was put off and woke is a story of its own, and what the ledger reviews by itself no claim.
_CLAIMED = """
SELECT e.id, e.rule, e.state, e.evidence, i.opened_by, i.opportunity_id,
       b.expectation_id IS NOT NULL AND b.retracted_at IS NULL AS breached
FROM tenure_expectation e JOIN tenure_interaction i ON i.id = e.interaction_id
LEFT JOIN tenure_breach b ON b.expectation_id = e.id
WHERE ((b.expectation_id IS NOT NULL AND b.retracted_at IS NULL) OR e.state = 'unverified'
       OR EXISTS (SELECT 1 FROM tenure_item t WHERE t.expectation_id = e.id))
  AND NOT (i.kind = 'lead_response' AND i.continues_id IS NOT NULL)
"""


def told(planted: Iterable[Planted]) -> list[str]:
    return [f"{x.kind} {x.account_id} {x.record_ids} {x.at:%d %B %H:%M}: {x.expectation}" for x in planted]


@pytest.mark.parametrize("kind", NOTICED)
def test_what_should_be_noticed_is(watched: Watched, kind: str) -> None:
    planted = [x for x in watched.truth.of(kind) if x.notice]
    assert planted, "the demo world has none of them"
    rules = NOTICED[kind]

    def noticed(one: Planted) -> bool:
        alarms = [*watched.of(one), *(watched.of_deal(one) if one.opportunity_id else ())]
        return any(x.rule in rules for x in alarms)

    assert told(x for x in planted if not noticed(x)) == []


@pytest.mark.parametrize("kind", [x for x in QUIET if x not in READ])
def test_what_is_in_order_bothers_nobody(watched: Watched, kind: str) -> None:
    planted = watched.truth.of(kind)
    assert told(x for x in planted if not x.notice and watched.of(x)) == []


def test_what_hangs_on_the_reading_of_a_sentence_seldom_bothers_anybody(watched: Watched) -> None:
    planted = [x for kind in READ for x in watched.truth.of(kind) if not x.notice]
    bothered = told(x for x in planted if watched.of(x))
    assert len(bothered) <= 0.06 * len(planted), bothered


def test_what_nobody_promised_is_seldom_missed(watched: Watched) -> None:
    planted = {alarm.id for one in watched.truth.planted for alarm in watched.of(one)}
    missed = [x.id for x in watched.alarms if x.rule == "promise_due"]
    assert sum(x not in planted for x in missed) <= 0.25 * len(missed)


@pytest.mark.parametrize("kind", QUIET_DEALS)
def test_a_deal_in_good_order_is_left_alone(watched: Watched, kind: str) -> None:
    planted = watched.truth.of(kind)
    assert planted, "the demo world has none of them"
    assert told(x for x in planted if any(y.owed for y in watched.of_deal(x))) == []


@pytest.mark.parametrize("kind", ["proposal_unseen", "missed_unseen"])
def test_what_cannot_be_seen_is_not_claimed_to_a_customer(watched: Watched, kind: str) -> None:
    for one in watched.truth.of(kind):
        alarms = {x.id: x for x in watched.of(one)}
        assert alarms
        assert not any(x.breached for x in alarms.values())
        items = [x for x in watched.items if x["expectation_id"] in alarms]
        assert not any(x["verified"] or x["action"]["kind"] in OUTWARD for x in items)


def test_every_record_of_the_demo_world_can_be_read(watched: Watched) -> None:
    assert watched.rejected == []


def test_each_expected_kind_is_planted(watched: Watched) -> None:
    kinds = set(watched.truth.kinds())
    missing = {x for x in (*NOTICED, *QUIET, *QUIET_DEALS) if x not in kinds}
    assert missing == set()
