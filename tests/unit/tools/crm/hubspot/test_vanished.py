"""What HubSpot has no more is told once and wholly: what lies in its bin, what was made one, what was forgotten."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.tools.crm.hubspot.portal import portal, source_of, wire_of
from tests.unit.tools.hands import NOON, Hands
from tools.base import BadAnswer, Gone, Page, SourceRecord, Stem
from tools.crm.hubspot.source import OVERLAP, HubSpotSource
from tools.fakes.hubspot import SEARCH_END, HubSpotFake
from tools.fakes.wire import Answered, Asked, FakeTransport

CRM = ("crm", "crm")


@pytest.fixture
def fake() -> HubSpotFake:
    return portal(Hands())


def _pages(fake: HubSpotFake, cursor: str | None = None, stream: str = "deals") -> list[Page]:
    return list(source_of(fake).read(stream, cursor))


def _gone(pages: list[Page]) -> set[tuple[str, str]]:
    return {(one.id, one.into) for page in pages for one in page.gone}


def _records(pages: list[Page]) -> dict[str, SourceRecord]:
    return {one.source_id: one for page in pages for one in page.records}


def test_removed_deal_is_told_within_the_hour_and_then_no_more(fake: HubSpotFake) -> None:
    hands: Any = fake.now
    cursor = _pages(fake)[-1].cursor
    hands.on(hours=1)
    fake.remove("deals", "701")
    hands.on(minutes=5)
    pages = _pages(fake, cursor)
    assert [one for page in pages for one in page.gone] == [Gone((Stem(*CRM, "deal-701"),), "", "701")]
    hands.on(minutes=30)
    pages = _pages(fake, pages[-1].cursor)
    assert _gone(pages) == set()
    hands.on(hours=2)
    assert _gone(_pages(fake, pages[-1].cursor)) == set()


def test_first_read_tells_what_was_removed_the_day_before_it(fake: HubSpotFake) -> None:
    fake.remove("deals", "702", NOON - timedelta(hours=20))
    fake.remove("deals", "701", NOON - timedelta(days=3))
    assert _gone(_pages(fake)) == {("702", "")}


def test_what_was_taken_out_of_the_bin_is_read_again(fake: HubSpotFake) -> None:
    hands: Any = fake.now
    first = _pages(fake)
    hands.on(hours=2)
    fake.remove("deals", "701")
    pages = _pages(fake, first[-1].cursor)
    hands.on(hours=2)
    fake.restore("deals", "701")
    again = _pages(fake, pages[-1].cursor)
    assert _gone(again) == set()
    assert {name for name in _records(again) if "701" in name} == {name for name in _records(first) if "701" in name}


@pytest.mark.parametrize("into", ["", "777"])
@pytest.mark.parametrize("stream", ["companies", "contacts"])
def test_two_that_were_made_one_say_which_one_is_left(fake: HubSpotFake, stream: str, into: str) -> None:
    hands: Any = fake.now
    winner, loser = {"companies": ("501", "502"), "contacts": ("601", "602")}[stream]
    cursor = _pages(fake, stream=stream)[-1].cursor
    hands.on(hours=1)
    left = fake.merge(stream, winner, loser, into)
    expected = {(one, left) for one in (winner, loser) if one != left}
    assert _gone(_pages(fake, cursor, stream)) == expected
    assert _gone(_pages(fake, None, stream)) == expected


def test_contacts_tell_it_with_the_moment_behind_the_id(fake: HubSpotFake) -> None:
    told = {"hs_calculated_merged_vids": "601:1772000000000;650:1772000000000; ;x:1"}
    fake.change("contacts", "601", told)
    assert _gone(_pages(fake, None, "contacts")) == {("650", "601")}


def test_what_belongs_to_a_deal_moves_with_it(fake: HubSpotFake) -> None:
    hands: Any = fake.now
    fake.link("notes", "801", "deals", "702")
    cursor = _pages(fake)[-1].cursor
    hands.on(hours=1)
    left = fake.merge("deals", "702", "701", "790")
    pages = _pages(fake, cursor)
    assert _gone(pages) == {("701", left), ("702", left)}
    assert _records(pages)["note-801"].fields["opportunity_id"] == left
    # Later it is not read again for what happened long ago.
    for step in ("Call", "Wait"):
        hands.on(hours=2)
        fake.change("deals", left, {"hs_next_step": step})
        pages = _pages(fake, pages[-1].cursor)
    assert "note-801" not in _records(pages)


def test_what_was_forgotten_for_good_is_told_to_who_asks(fake: HubSpotFake) -> None:
    fake.remove("deals", "702")
    source = source_of(fake)
    assert [one.id for one in source.missing("deals", ["701", "702", "799"])] == ["702", "799"]
    assert source.stems("calls") == (Stem("phone", "calls", "hubspot"),)
    assert source.stems("owners") == ()


# ---- more than the vendor's search shows


def _many(fake: HubSpotFake, count: int, *, at_once: bool) -> None:
    hands: Any = fake.now
    for one in range(count):
        step = 0 if at_once else one
        fake.add("notes", {"hs_note_body": f"Note {one}", "hs_timestamp": "2026-03-01T10:00:00Z"},
                 hands.at + timedelta(milliseconds=step))  # fmt: skip


@pytest.mark.parametrize("at_once", [False, True], ids=["one after the other", "in one millisecond"])
def test_more_changes_than_the_search_ever_shows_are_all_read(fake: HubSpotFake, *, at_once: bool) -> None:
    hands: Any = fake.now
    cursor = _pages(fake, stream="notes")[-1].cursor
    hands.on(hours=1)
    _many(fake, SEARCH_END + 250, at_once=at_once)
    hands.on(minutes=5)
    found: set[str] = set()
    for page in source_of(fake).read("notes", cursor):
        found |= {one.source_id for one in page.records}
    assert len(found) == SEARCH_END + 250


@pytest.mark.parametrize("most", [1, 2, 7])
def test_answers_that_are_shorter_than_asked_for_are_gone_on_with(fake: HubSpotFake, most: int) -> None:
    hands: Any = fake.now
    fake.most = most
    whole = _pages(fake)
    hands.on(hours=1)
    for one in range(9):
        fake.add("deals", {"dealname": f"Bulk {one}", "dealstage": "s1"}, hands.at)
    hands.on(minutes=5)
    later = _records(_pages(fake, whole[-1].cursor))
    assert len([name for name in later if "-stage-" in name]) == 9
    assert {name for name in _records(whole) if "70" in name} == set(_records(_pages(portal(Hands()))))


# ---- answers of which a part is missing


class Partial(FakeTransport):
    """Of an answer about many one part failed, and not because it is not there."""

    def __init__(self, fake: HubSpotFake, error: Mapping[str, str]) -> None:
        class Failing:
            def __init__(self) -> None:
                self.asked: list[Asked] = []

            def answer(self, asked: Asked) -> Answered:
                found = fake.answer(asked)
                if not asked.path.endswith("/batch/read"):
                    return found
                body = found.body | {"results": found.body["results"][1:], "errors": [error], "numErrors": 1}
                return Answered(207, body)

        super().__init__(Failing())


@pytest.mark.parametrize("error", [{"category": "RATE_LIMITS"}, {"category": "INTERNAL_ERROR"}, {"status": "error"}])
def test_what_an_answer_lacks_for_another_reason_is_no_deletion(fake: HubSpotFake, error: dict[str, str]) -> None:
    cursor = _pages(fake)[-1].cursor
    fake.now.on(hours=1)  # type: ignore[attr-defined]
    fake.change("deals", "701", {"dealstage": "won"})
    wire = wire_of(fake)
    wire.client._client._transport = Partial(fake, error)
    source = HubSpotSource(wire, fake.now)
    with pytest.raises(BadAnswer, match="part of the answer"):
        list(source.read("deals", cursor))
    with pytest.raises(BadAnswer, match="part of the answer"):
        source.missing("deals", ["701", "702"])
    assert timedelta() < OVERLAP


def test_object_with_a_value_that_cannot_be_read_is_left_out_with_its_reason(fake: HubSpotFake) -> None:
    fake.change("companies", "501", {"yearly_sum": "many"})
    source = HubSpotSource(wire_of(fake), fake.now, own={"companies": {"arr": "yearly_sum"}})
    pages = list(source.read("companies", None))
    assert {(one.field, one.reason.partition(":")[0]) for page in pages for one in page.rejected} == {
        ("yearly_sum", "object 501")
    }
    assert [row["id"] for page in pages for row in page.rows.get("accounts", ())] == ["502"]
