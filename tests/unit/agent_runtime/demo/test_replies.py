"""Every second customer of the demo answers, in the language in which they were written to."""

from datetime import UTC, datetime
from typing import Any

from agent_runtime.actions.book import ActionRow
from agent_runtime.demo.replies import Correspondents
from agent_runtime.installation import About, calendar_of
from agent_runtime.playbook import load

FRIDAY = datetime(2026, 3, 20, 15, tzinfo=UTC)


def sent(number: int, **content: Any) -> ActionRow:
    mail = {
        "to": ["kim@customer.example"], "sender": {"name": "Anna Berg", "email": "anna@ours.example"},
        "subject": "Cold room", "message_id": f"<{number}@ours.example>",
    }  # fmt: skip
    return ActionRow(
        f"a{number}", "acc", None, None, "send_email", mail | content, "", "anna", FRIDAY, FRIDAY, "confirmed"
    )


def correspondents() -> Correspondents:
    return Correspondents(calendar_of(About(timezone="Europe/Berlin"), load("b2b_sales"), range(2025, 2028)))


def test_an_answer_to_a_mail_of_friday_comes_on_monday_morning_in_its_thread() -> None:
    answer = correspondents().answer(sent(1), FRIDAY, "en")
    assert answer is not None
    assert answer.at.isoformat() == "2026-03-23T07:31:00+00:00"
    assert (answer.fields["from"], answer.fields["subject"]) == ("kim@customer.example", "Re: Cold room")
    assert answer.fields["in_reply_to"] == "<1@ours.example>"
    assert answer.fields["text"].startswith("Hello Anna,\n\nThank you")


def test_every_second_customer_stays_silent() -> None:
    customers = correspondents()
    answers = [customers.answer(sent(number), FRIDAY, "de") for number in range(4)]
    assert [x is not None for x in answers] == [True, False, True, False]
    assert "Guten Tag Anna," in answers[0].fields["text"] if answers[0] else False
