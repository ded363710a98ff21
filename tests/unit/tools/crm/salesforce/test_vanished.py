"""What Salesforce has no more is told: from its bin at once, from its list of deletions also when no bin holds it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.tools.crm.salesforce.org import ACME, KIM, NORTHWIND, OLE, PILOT, ROLLOUT, org, source_of
from tests.unit.tools.hands import NOON, Hands
from tools.base import BadAnswer, CursorTooOld, Gone, Page, SourceRecord, Stem
from tools.crm.salesforce.place import read_place
from tools.fakes.salesforce import SalesforceFake

LEAD = "00Q000000000001AAA"


@pytest.fixture
def fake() -> SalesforceFake:
    return org(Hands())


def _pages(fake: SalesforceFake, cursor: str | None = None, stream: str = "opportunities") -> list[Page]:
    return list(source_of(fake).read(stream, cursor))


def _gone(pages: list[Page]) -> set[tuple[str, str]]:
    return {(one.id, one.into) for page in pages for one in page.gone}


def _records(pages: list[Page]) -> dict[str, SourceRecord]:
    return {one.source_id: one for page in pages for one in page.records}


def _asked(fake: SalesforceFake) -> list[tuple[str, str]]:
    return [(one.value("start"), one.value("end")) for one in fake.asked if one.path.endswith("/deleted/")]


def test_what_goes_into_the_bin_is_told_at_once(fake: SalesforceFake) -> None:
    hands: Any = fake.now
    cursor = _pages(fake)[-1].cursor
    hands.on(minutes=5)
    fake.remove("Opportunity", ROLLOUT)
    pages = _pages(fake, cursor)
    told = [one for page in pages for one in page.gone]
    assert told == [Gone((Stem("crm", "crm", f"opportunity-{ROLLOUT}"),), "", ROLLOUT)]
    assert not [name for name in _records(pages) if ROLLOUT in name]
    for change in ("x", "y"):
        hands.on(minutes=40)
        fake.change("Opportunity", PILOT, {"NextStep": change})
        pages = _pages(fake, pages[-1].cursor)
    hands.on(hours=1)
    assert _gone(_pages(fake, pages[-1].cursor)) == set()


def test_what_is_in_no_bin_any_more_is_told_within_the_hour(fake: SalesforceFake) -> None:
    hands: Any = fake.now
    cursor = _pages(fake)[-1].cursor
    hands.on(minutes=20)
    fake.purge("Opportunity", ROLLOUT)
    pages = _pages(fake, cursor)
    assert _gone(pages) == set()
    hands.on(minutes=50)
    pages = _pages(fake, pages[-1].cursor)
    assert _gone(pages) == {(ROLLOUT, "")}
    hands.on(hours=2)
    assert _gone(_pages(fake, pages[-1].cursor)) == set()


def test_what_was_taken_out_of_the_bin_is_there(fake: SalesforceFake) -> None:
    hands: Any = fake.now
    first = _pages(fake)
    hands.on(hours=2)
    fake.remove("Opportunity", ROLLOUT)
    pages = _pages(fake, first[-1].cursor)
    hands.on(minutes=20)
    fake.restore("Opportunity", ROLLOUT)
    hands.on(hours=2)
    again = _pages(fake, pages[-1].cursor)
    assert _gone(again) == set()
    assert {name for name in _records(again) if ROLLOUT in name} == {
        name for name in _records(first) if ROLLOUT in name
    }


@pytest.mark.parametrize(
    ("stream", "kind", "winner", "loser"),
    [("accounts", "Account", NORTHWIND, ACME), ("contacts", "Contact", KIM, OLE)],
)
def test_of_two_that_were_made_one_the_other_names_it(
    fake: SalesforceFake, stream: str, kind: str, winner: str, loser: str
) -> None:
    hands: Any = fake.now
    cursor = _pages(fake, stream=stream)[-1].cursor
    deals = _pages(fake)[-1].cursor
    hands.on(minutes=30)
    fake.merge(kind, winner, loser)
    assert _gone(_pages(fake, cursor, stream)) == {(loser, winner)}
    if kind == "Account":
        moved = _records(_pages(fake, deals))
        assert {one.account_id for name, one in moved.items() if PILOT in name} == {NORTHWIND}


# ---- the list of deletions


def test_next_question_begins_where_the_last_answer_ended_and_not_where_it_was_asked_to_end(
    fake: SalesforceFake,
) -> None:
    hands: Any = fake.now
    pages = _pages(fake)
    hands.on(hours=2)
    # A transaction is open for long, and deletes this in its end.
    fake.open_since = hands.at - timedelta(minutes=30)
    pages = _pages(fake, pages[-1].cursor)
    assert read_place(pages[-1].cursor).covered == (hands.at - timedelta(minutes=30)).isoformat()
    hands.on(minutes=45)
    fake.purge("Opportunity", ROLLOUT, hands.at - timedelta(minutes=60))
    fake.open_since = None
    pages = _pages(fake, pages[-1].cursor)
    assert _gone(pages) == {(ROLLOUT, "")}
    (_, first_end), (second_start, _) = _asked(fake)[-2:]
    assert second_start < first_end


def test_of_more_than_thirty_days_nothing_is_asked_and_all_is_read_anew(fake: SalesforceFake) -> None:
    hands: Any = fake.now
    cursor = _pages(fake)[-1].cursor
    hands.on(days=27)
    assert _pages(fake, cursor)[-1].complete
    hands.on(days=3)
    with pytest.raises(CursorTooOld):
        _pages(fake, cursor)
    assert all(start >= (NOON - timedelta(days=1)).isoformat() for start, _ in _asked(fake))


def test_more_deletions_than_an_answer_holds_are_asked_for_in_pieces(fake: SalesforceFake) -> None:
    hands: Any = fake.now
    cursor = _pages(fake)[-1].cursor
    made = []
    for _ in range(40):
        hands.on(minutes=9)
        made.append(fake.add("Opportunity", {"Name": "Bulk", "AccountId": ACME, "StageName": "Discovery"}))
        fake.purge("Opportunity", made[-1])
    fake.ids_most = 7
    pages = _pages(fake, cursor)
    assert _gone(pages) <= {(one, "") for one in made}
    hands.on(hours=1)
    rest = _pages(fake, pages[-1].cursor)
    assert _gone(pages) | _gone(rest) == {(one, "") for one in made}
    assert len(_asked(fake)) > 8


def test_too_much_within_minutes_is_told_and_no_cursor_moves_on(fake: SalesforceFake) -> None:
    hands: Any = fake.now
    cursor = _pages(fake)[-1].cursor
    hands.on(hours=2)
    for one in range(5):
        made = fake.add("Opportunity", {"Name": f"Bulk {one}", "AccountId": ACME, "StageName": "Discovery"})
        fake.purge("Opportunity", made, hands.at - timedelta(minutes=30))
    fake.ids_most = 2
    with pytest.raises(BadAnswer, match="within minutes"):
        _pages(fake, cursor)


def test_kind_of_which_deletions_are_not_told_is_read_all_the_same(fake: SalesforceFake) -> None:
    hands: Any = fake.now
    cursor = _pages(fake)[-1].cursor
    hands.on(hours=2)
    fake.untold.add("Opportunity")
    pages = _pages(fake, cursor)
    assert pages[-1].complete
    assert read_place(pages[-1].cursor).covered == hands.at.isoformat()


def test_what_is_missing_is_told_to_who_asks(fake: SalesforceFake) -> None:
    fake.remove("Lead", LEAD)
    fake.purge("Opportunity", PILOT)
    source = source_of(fake)
    assert [one.id for one in source.missing("leads", [LEAD])] == [LEAD]
    assert [one.id for one in source.missing("opportunities", [ROLLOUT, PILOT, "' OR Id != '"])] == [PILOT]
    assert source.stems("tasks") == (Stem("crm", "crm", "task"), Stem("phone", "calls", "salesforce"))
    assert source.stems("stages") == ()


def test_old_cursor_without_the_day_of_deletions_goes_on(fake: SalesforceFake) -> None:
    hands: Any = fake.now
    cursor = _pages(fake)[-1].cursor
    place = read_place(cursor)
    before = f'{{"since":"{place.since}","behind":"","high":"{place.high}","ended":"{place.ended}","done":true}}'
    hands.on(hours=2)
    fake.purge("Opportunity", ROLLOUT, NOON + timedelta(minutes=30))
    assert _gone(_pages(fake, before)) == {(ROLLOUT, "")}
