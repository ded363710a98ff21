"""Sealing and verifying a chain without a database: whatever is done to it is found at the right record."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.audit.policy import (
    GENESIS,
    ActorKind,
    BreakKind,
    Entry,
    Head,
    SealedEntry,
    chain,
    salt_for,
    seal,
    verify,
)

KEY = b"a key of this test"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

identifiers = st.text(min_size=1, max_size=8)
entries = st.builds(
    Entry,
    at=st.datetimes(timezones=st.just(UTC)),
    actor_kind=st.sampled_from(ActorKind),
    actor_id=identifiers,
    event=identifiers,
    subject_id=identifiers,
    payload=st.dictionaries(identifiers, st.integers(-9, 9) | st.booleans() | identifiers | st.none()),
)


def entry(number: int) -> Entry:
    return Entry(NOON + timedelta(minutes=number), ActorKind.AGENT, "agent", "item.proposed", f"item-{number}")


def written(length: int = 5) -> list[SealedEntry]:
    return chain("acme", Head(), [entry(number) for number in range(1, length + 1)], KEY)


def head_of(sealed: list[SealedEntry]) -> Head:
    return Head(sealed[-1].seq, sealed[-1].entry_hash) if sealed else Head()


def found(sealed: list[SealedEntry], head: Head) -> tuple[int, BreakKind] | None:
    broken = verify("acme", sealed, head)
    return (broken.seq, broken.kind) if broken else None


@given(st.lists(entries, max_size=6), st.lists(entries, max_size=6))
def test_what_was_written_verifies_however_it_was_split(first: list[Entry], second: list[Entry]) -> None:
    at_once = chain("acme", Head(), first + second, KEY)
    start = chain("acme", Head(), first, KEY)
    in_two = start + chain("acme", head_of(start), second, KEY)
    assert in_two == at_once
    assert verify("acme", at_once, head_of(at_once)) is None


@given(st.integers(0, 4), st.sampled_from(["at", "actor_kind", "actor_id", "event", "subject_id", "payload"]))
def test_a_flipped_field_is_found_at_its_record(index: int, field: str) -> None:
    sealed = written()
    other = Entry(NOON, ActorKind.USER, "somebody", "item.sent", "item-x", {"state": "sent"})
    content = replace(sealed[index].entry, **{field: getattr(other, field)})
    tampered = [*sealed[:index], replace(sealed[index], entry=content), *sealed[index + 1 :]]
    assert found(tampered, head_of(sealed)) == (index + 1, BreakKind.CHANGED)


@pytest.mark.parametrize("field", ["salt", "previous_hash", "entry_hash"])
@pytest.mark.parametrize("index", range(5))
def test_a_flipped_seal_is_found_at_its_record(index: int, field: str) -> None:
    sealed = written()
    other: dict[str, Any] = {field: "0" * 64}
    tampered = [*sealed[:index], replace(sealed[index], **other), *sealed[index + 1 :]]
    assert found(tampered, head_of(sealed)) == (index + 1, BreakKind.CHANGED)


@pytest.mark.parametrize("index", range(5))
def test_a_record_rewritten_with_its_own_hash_is_found_itself(index: int) -> None:
    sealed = written()
    old = sealed[index]
    forged = replace(old, entry=replace(old.entry, event="item.dismissed"))
    forged_hash = seal(old.previous_hash, "acme", old.seq, forged.entry, old.salt)
    tampered = [*sealed[:index], replace(forged, entry_hash=forged_hash), *sealed[index + 1 :]]
    assert found(tampered, head_of(sealed)) == (index + 1, BreakKind.CHANGED)


@given(st.integers(0, 3))
def test_a_deleted_record_is_found_as_a_gap(index: int) -> None:
    sealed = written()
    assert found(sealed[:index] + sealed[index + 1 :], head_of(sealed)) == (index + 1, BreakKind.MISSING)


@given(st.integers(0, 4))
def test_a_chain_cut_off_is_found_where_it_ends(kept: int) -> None:
    sealed = written()
    assert found(sealed[:kept], head_of(sealed)) == (kept + 1, BreakKind.TRUNCATED)


@given(st.permutations(range(5)))
def test_any_other_order_is_found_at_the_first_record_out_of_place(order: list[int]) -> None:
    sealed = written()
    first = next((index for index, place in enumerate(order) if index != place), None)
    expected = None if first is None else (first + 1, BreakKind.REORDERED)
    assert found([sealed[index] for index in order], head_of(sealed)) == expected


def test_a_record_that_the_head_does_not_know_is_found() -> None:
    sealed = written()
    assert found(sealed, head_of(sealed[:3])) == (4, BreakKind.CHANGED)


def test_a_chain_of_another_account_is_not_taken() -> None:
    sealed = written()
    broken = verify("globex", sealed, head_of(sealed))
    assert broken is not None
    assert broken.seq == 1


def test_the_same_records_give_the_same_bytes_and_another_key_does_not() -> None:
    assert written() == written()
    assert chain("acme", Head(), [entry(1)], b"another key") != written(1)


@given(identifiers, st.integers(1, 99), identifiers, st.integers(1, 99))
def test_no_two_records_share_a_salt(account: str, seq: int, other: str, other_seq: int) -> None:
    same = (account, seq) == (other, other_seq)
    assert (salt_for(KEY, account, seq) == salt_for(KEY, other, other_seq)) is same


def test_the_same_moment_in_another_zone_has_the_same_seal() -> None:
    elsewhere = replace(entry(1), at=entry(1).at.astimezone(timezone(timedelta(hours=5))))
    assert seal(GENESIS, "acme", 1, elsewhere, "") == seal(GENESIS, "acme", 1, entry(1), "")


def test_the_order_of_keys_does_not_matter_and_their_values_do() -> None:
    def sealed(payload: dict[str, int]) -> str:
        return seal(GENESIS, "acme", 1, replace(entry(1), payload=payload), "")

    assert sealed({"a": 1, "b": 2}) == sealed({"b": 2, "a": 1}) != sealed({"a": 1, "b": 3})


def test_a_naive_time_is_refused() -> None:
    naive = replace(entry(1), at=NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="naive time"):
        chain("acme", Head(), [naive], KEY)
