"""HubSpot is read whole, then by what changed: nothing is missed, whatever changes while it is read."""

from datetime import timedelta
from random import Random

import pytest
from pydantic import SecretStr

from tests.unit.tools.crm.hubspot.portal import READ, portal, source_of, wire_of
from tests.unit.tools.hands import NOON, Hands
from tools.base import Cap, CursorTooOld, LimitReached, SourceRecord, State
from tools.crm.hubspot.given import plain
from tools.crm.hubspot.source import OVERLAP, HubSpotSource
from tools.crm.hubspot.wire import HubSpotWire, open_client
from tools.crm.values import moment_of
from tools.fakes.hubspot import SEARCH_END, HubSpotFake
from tools.fakes.wire import Answered, FakeTransport, Faults
from tools.http import Buckets

Found = dict[str, SourceRecord]


@pytest.fixture
def fake() -> HubSpotFake:
    return portal(Hands())


def _read(fake: HubSpotFake, cursor: str | None = None, stream: str = "deals") -> tuple[Found, str]:
    found: Found = {}
    for page in source_of(fake).read(stream, cursor):
        assert page.rejected == ()
        found |= {one.source_id: one for one in page.records}
        cursor = page.cursor
    assert cursor is not None
    return found, cursor


def _said(found: Found) -> dict[str, object]:
    return {name: (one.account_id, one.occurred_at, one.deleted, one.fields) for name, one in found.items()}


def _many(fake: HubSpotFake, count: int) -> None:
    for one in range(count):
        fake.add("deals", {"dealname": f"Bulk {one}", "dealstage": "s1"}, fake.now())


def test_deal_tells_what_held_at_each_moment(fake: HubSpotFake) -> None:
    found, _ = _read(fake)
    stages = sorted((one for name, one in found.items() if "701-stage" in name), key=lambda one: one.occurred_at)
    told = [(one.fields["stage"], one.fields["amount"], one.fields["user_id"]) for one in stages]
    assert told == [("Discovery", 9000.0, "12"), ("Proposal", 9000.0, "11")]
    assert found["deal-702-stage-1768996800000"].fields["lost_reason"] == "no budget"
    assert {one.account_id for one in stages} == {"501"}


def test_primary_company_counts_in_both_ways_of_reading(fake: HubSpotFake) -> None:
    first, cursor = _read(fake)
    fake.now.on(hours=1)  # type: ignore[attr-defined]
    fake.change("deals", "701", {"hs_next_step": "Call"})
    changed, _ = _read(fake, cursor)
    step = f"deal-701-next_step-{int(fake.now().timestamp() * 1000)}"
    assert first["deal-701-name-1768996800000"].account_id == changed[step].account_id == "501"
    assert changed[step].fields["next_step"] == "Call"


@pytest.mark.parametrize("count", [199, 200, 201, 450])
def test_many_changes_in_one_millisecond_are_all_read(fake: HubSpotFake, count: int) -> None:
    _, cursor = _read(fake)
    fake.now.on(hours=1)  # type: ignore[attr-defined]
    _many(fake, count)
    fake.now.on(minutes=5)  # type: ignore[attr-defined]
    found, _ = _read(fake, cursor)
    assert len([name for name in found if "-stage-" in name]) == count


def test_searches_never_ask_by_page_number(fake: HubSpotFake) -> None:
    _, cursor = _read(fake)
    fake.now.on(hours=1)  # type: ignore[attr-defined]
    _many(fake, 900)
    _read(fake, cursor)
    bodies = [one.json() for one in fake.asked if one.path.endswith("/search")]
    assert len(bodies) >= 5
    assert not any("after" in body for body in bodies)
    assert all(body["limit"] < SEARCH_END for body in bodies)


@pytest.mark.parametrize("seed", range(6))
def test_what_changes_while_it_is_read_is_not_missed(seed: int) -> None:
    hands = Hands()
    fake, random = portal(hands), Random(seed)
    _many(fake, 260)
    ids = sorted(fake.objects["deals"])
    found: Found = {}
    cursor: str | None = None
    for _ in range(3):
        for page in source_of(fake).read("deals", cursor):
            found |= {one.source_id: one for one in page.records}
            cursor = page.cursor
            hands.on(seconds=random.choice([0, 0.001, 2]))
            for one in random.sample(ids, 40):
                fake.change("deals", one, {"dealstage": random.choice(["s1", "s2", "won"])})
        hands.on(minutes=random.choice([1, 3]))
    last, _ = _read(fake, cursor)
    whole, _ = _read(fake)
    assert _said(found | last) == _said(whole)


def test_change_that_the_search_shows_late_is_found(fake: HubSpotFake) -> None:
    fake.lag = 90.0
    _, cursor = _read(fake)
    hands = fake.now
    hands.on(minutes=10)  # type: ignore[attr-defined]
    fake.change("deals", "702", {"dealstage": "s1"})
    hands.on(seconds=30)  # type: ignore[attr-defined]
    fake.change("deals", "701", {"dealstage": "won"})
    hands.on(seconds=70)  # type: ignore[attr-defined]
    _, cursor = _read(fake, cursor)
    hands.on(seconds=60)  # type: ignore[attr-defined]
    late, _ = _read(fake, cursor)
    assert any("701-stage" in name and one.fields["stage"] == "Won" for name, one in late.items())
    assert timedelta(seconds=fake.lag) < OVERLAP


def test_cursor_after_long_silence_or_of_somebody_else_is_too_old(fake: HubSpotFake) -> None:
    _, cursor = _read(fake)
    fake.now.on(days=100)  # type: ignore[attr-defined]
    for one in (cursor, "{}", "nonsense", '{"x": 1}'):
        with pytest.raises(CursorTooOld):
            _read(fake, one)


def test_people_stages_and_words(fake: HubSpotFake) -> None:
    source = source_of(fake)
    (owners,) = source.read("owners", None)
    told = {row["id"]: row for row in owners.rows["users"]}
    assert (told["11"]["email"], told["11"]["team"]) == ("ada@ours.example", "North")
    assert told["12"]["leaves_at"] is not None
    (stages,) = source.read("stages", None)
    assert [row["category"] for row in stages.rows["stages"]] == ["open", "open", "won", "lost"]
    notes, _ = _read(fake, stream="notes")
    assert notes["note-801"].fields["text"] == "Asked for the price list."
    leads, _ = _read(fake, stream="contacts")
    assert leads["contact-602-status-1769083200000"].fields["status"] == "connected"


def test_one_object_can_be_asked_for(fake: HubSpotFake) -> None:
    page = source_of(fake).get("companies", "501")
    assert page is not None
    assert page.rows["accounts"][0]["name"] == "Northwind"
    assert source_of(fake).get("companies", "999") is None


def test_sight_is_of_the_crm_alone(fake: HubSpotFake) -> None:
    source = source_of(fake)
    assert {one.source for one in source.sight(NOON - timedelta(days=1), NOON)} == {"crm"}
    assert Cap.DELETIONS in source.capabilities
    assert source.estimate("deals", None) == 2


@pytest.mark.parametrize(
    ("token", "faults", "state"),
    [
        (READ, None, State.WELL),
        ("nobody", None, State.NOT_ALLOWED),
        (READ, Faults({"dropped": 100}, in_a_row=999), State.UNREACHABLE),
        (READ, Faults({"limit": 100}, in_a_row=999), State.LIMITED),
    ],
)
def test_check_says_how_it_stands(fake: HubSpotFake, token: str, faults: Faults | None, state: State) -> None:
    health = HubSpotSource(wire_of(fake, faults, token), fake.now).check()
    assert health.state is state
    assert health.said


def test_limit_of_the_day_stops_at_once_and_waits_for_nobody(fake: HubSpotFake) -> None:
    used_up = Answered(429, {"status": "error", "errorType": "RATE_LIMIT", "policyName": "DAILY"})
    slept: list[float] = []
    buckets = Buckets(monotonic=lambda: sum(slept), wait=slept.append)
    asked = Faults({"limit": 100}, in_a_row=999)
    client = open_client(SecretStr(READ), buckets, transport=FakeTransport(fake, asked, used_up))
    for _ in range(3):
        with pytest.raises(LimitReached, match="limit"):
            list(HubSpotSource(HubSpotWire(client), fake.now).read("owners", None))
    assert asked.counts == {"limit": 1}
    assert slept == []


def test_rich_text_and_both_ways_of_writing_a_time() -> None:
    assert plain("<p>One &amp; two</p><ul><li>three</li></ul>") == "One & two\nthree"
    assert moment_of("1772452800000", "x") == moment_of("2026-03-02T12:00:00Z", "x") == NOON
