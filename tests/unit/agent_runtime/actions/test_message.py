"""Mails cannot be broken open by what stands in them, and go to whom they name."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.actions import reasons
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.message import Unsendable, address_of, envelope, message_of, wire_form
from agent_runtime.actions.policy import bound_content
from tests.unit.agent_runtime.actions.prepared import NOW, mail

BREAKS = ["\n", "\r", "\r\n", "\u2028", "\x00"]


def _action(**changed: Any) -> ActionRow:
    content = bound_content(mail(**changed))
    return ActionRow("out_1", "A", "it_1", "int_1", "send_email", content, "", "u1", NOW, NOW, "claimed")


def _lines(body: str) -> list[str]:
    return body.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


def _reason(**changed: Any) -> str:
    with pytest.raises(Unsendable) as refused:
        envelope(mail(**changed))
    return refused.value.reason


@pytest.mark.parametrize("line_break", BREAKS)
def test_a_line_break_is_refused_wherever_it_would_make_a_header(line_break: str) -> None:
    evil = f"x{line_break}Bcc: evil@else.test"
    assert _reason(subject=evil) == reasons.BAD_HEADER
    assert _reason(sender={"name": evil, "email": "ana@we.test"}) == reasons.BAD_HEADER
    assert _reason(message_id=f"<a@we.test>{line_break}Bcc: e@e.test") == reasons.BAD_HEADER
    assert _reason(references=[f"<a@we.test>{line_break}X: y"]) == reasons.BAD_HEADER
    for field in ("to", "cc", "bcc"):
        assert _reason(**{field: [f"kim@them.test{line_break}Bcc: e@e.test"]}) == reasons.BAD_ADDRESS


@given(st.text(max_size=40))
def test_whatever_a_recipient_is_it_is_one_address_or_refused(raw: str) -> None:
    try:
        found = address_of(raw)
    except Unsendable:
        return
    assert found.isascii()
    assert not set(found) & set(' \r\n\t<>,;:"')


@given(st.text(max_size=300))
def test_any_body_arrives_as_it_was_approved(body: str) -> None:
    body = "".join(x for x in body if not "\ud800" <= x <= "\udfff")
    mail_back = message_from_bytes(wire_form(message_of(_action(body=body))), policy=default)
    assert mail_back["Bcc"] is None
    assert mail_back["Subject"] == "Grüße"
    assert _lines(mail_back.get_content()) == _lines(body)


def test_everybody_gets_it_once_and_blind_copies_stay_blind() -> None:
    sender, recipients = envelope(mail(bcc=["boss@we.test", "kim@them.test"]))
    assert (sender, recipients) == ("ana@we.test", ["kim@them.test", "lee@them.test", "boss@we.test"])
    assert b"boss@we.test" not in wire_form(message_of(_action(bcc=["boss@we.test"])))


def test_a_domain_in_letters_of_its_own_country_goes_out_in_ascii() -> None:
    _, recipients = envelope(mail(to=["kim@bücher.test"], cc=[]))
    assert recipients == ["kim@xn--bcher-kva.test"]
    assert b"To: kim@xn--bcher-kva.test\r\n" in wire_form(message_of(_action(to=["kim@bücher.test"])))


@pytest.mark.parametrize(
    "bad", ["", "kim", "kim@", "@them.test", "a b@them.test", "kim@them.test, x@y.test", "kim@..", "jös@x.test"]
)
def test_what_is_no_address_is_refused(bad: str) -> None:
    assert _reason(to=[bad]) == reasons.BAD_ADDRESS


def test_a_mail_without_recipient_or_with_an_attachment_is_refused() -> None:
    assert _reason(to=[]) == reasons.BAD_ADDRESS
    assert _reason(attachments=["price-list.pdf"]) == reasons.ATTACHMENTS
    assert _reason(message_id=None) == reasons.BAD_HEADER


def test_the_same_action_gives_the_same_mail() -> None:
    action = _action()
    assert wire_form(message_of(action)) == wire_form(message_of(replace(action, state="pending")))
