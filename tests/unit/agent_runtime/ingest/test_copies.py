"""A mail is one under whichever id it is told: one activity, one question, one answer, in any order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

from memory import timeline
from memory.scope import AccountScope
from tests.unit.agent_runtime.ingest.company import NOW, Company, email
from tests.unit.agent_runtime.ingest.conftest import TABLES
from tools.base import SourceRecord

NAME = "<1@acme.example>"
ASKED = "Could you send the plan?"


def told(key: str, minutes: int, words: str = ASKED, **fields: Any) -> SourceRecord:
    """A mail as it was exported some minutes after the first minute."""
    base = {"message_id": NAME, "cc": ["ben@seller.example"], "mailbox": f"{key}@seller.example"}
    return replace(email(key, text=words, **(base | fields)), at=NOW + timedelta(minutes=minutes + 1))


def gone(key: str, minutes: int) -> SourceRecord:
    return replace(email(key), at=NOW + timedelta(minutes=minutes + 1), deleted=True, fields={})


def read(key: str, minutes: int) -> SourceRecord:
    """The same mail as a mailbox tells it."""
    return told(NAME, minutes, ASKED + "\n", subject="Read")


def words_of(company: Company) -> list[str | None]:
    return [company.text(one) for one in company.events("a1")]


def test_a_mail_out_of_two_mailboxes_is_one_activity(company: Company) -> None:
    company.take(told("anna", 0))
    again = company.take(told("ben", 1))
    assert (again.added, again.revised, again.duplicated, again.accounts) == (0, 0, 1, [])
    assert [(one.source_id, one.data["mailbox"]) for one in company.events("a1")] == [("anna", "anna@seller.example")]
    scope, later = AccountScope("a1", "test"), NOW + timedelta(days=1)
    assert [one.source_id for one in timeline.read_as_of(company.connection, scope, later)] == ["anna"]


def test_mails_of_two_accounts_and_of_two_names_are_two(company: Company) -> None:
    company.take(
        told("anna", 0), told("ben", 1, message_id="<2@acme.example>"), replace(told("cy", 2), account_id="a2")
    )
    assert [one.source_id for one in company.events("a1")] == ["anna", "ben"]
    assert [one.source_id for one in company.events("a2")] == ["cy"]


@pytest.mark.parametrize(
    ("records", "left"),
    [
        ([told("anna", 0), told("ben", 1), told("anna", 2, "Corrected.")], ["Corrected."]),
        ([told("anna", 0), told("ben", 1), told("ben", 2, "Corrected.")], ["Corrected."]),
        ([told("anna", 0), told("ben", 1, "With a line that the list put below.")],
         ["With a line that the list put below."]),
    ],
    ids=["revision", "of_the_copy", "they_differ"],
)  # fmt: skip
@pytest.mark.parametrize("at_once", [True, False])
def test_a_revision_of_either_is_one_of_the_mail_in_any_order(
    records: Sequence[SourceRecord], left: list[str], at_once: bool
) -> None:
    for ordered in permutations(records):
        assert end_of(ordered, at_once) == left


@pytest.mark.parametrize("which", ["anna", "ben"])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_deletion_of_either_deletes_the_mail(which: str, at_once: bool) -> None:
    for first in permutations([told("anna", 0), told("ben", 1)]):
        assert end_of([*first, gone(which, 2)], at_once) == []
        assert end_of([*first, gone(which, 2), *first], at_once) == []
        assert end_of([*first, gone(which, 2), told("ben", 3)], at_once) == [ASKED]


def test_what_a_mailbox_tells_of_an_exported_mail_says_nothing_new(company: Company) -> None:
    for taken in (told("anna", 0), read(NAME, 5)):
        company.take(taken)
    assert [(one.source_id, one.subject) for one in company.events("a1")] == [("anna", None)]
    company.take(gone(NAME, 6))
    assert company.events("a1") == []


def test_an_export_of_a_mail_that_was_read_says_nothing_new(company: Company) -> None:
    for taken in (read(NAME, 0), told("anna", 5), told("ben", 5)):
        company.take(taken)
    assert [(one.source_id, one.subject) for one in company.events("a1")] == [(NAME, "Read")]


def test_an_answer_joins_the_thread_of_a_mail_with_two_ids(company: Company) -> None:
    company.take(told("anna", 0, in_reply_to="<0@x>"), told("ben", 1, in_reply_to="<0@x>"))
    company.take(told("cy", 2, message_id="<2@x>", in_reply_to=NAME))
    assert {one.data["thread"] for one in company.events("a1")} == {"<0@x>"}


def test_taking_all_again_changes_nothing(company: Company) -> None:
    records = [told("anna", 0), told("ben", 1), told("ben", 2, "Corrected."), gone("cy", 3)]
    company.take(*records)
    before = _rows(company)
    again = company.take(*records)
    assert (again.added, again.revised, again.duplicated, again.accounts) == (0, 0, 4, [])
    assert _rows(company) == before


def _rows(company: Company) -> list[Any]:
    return list(company.connection.execute(text("SELECT id, current, deleted FROM tenure_activity ORDER BY id")))


def end_of(records: Sequence[SourceRecord], at_once: bool) -> list[str | None]:
    """The words that stand on the account's timeline in the end."""
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine, tables=list(TABLES))
    with engine.begin() as connection:
        company = Company(connection)
        for part in [records] if at_once else [[one] for one in records]:
            company.take(*part)
        found = words_of(company)
    engine.dispose()
    return found
