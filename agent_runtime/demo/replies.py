"""What customers of the demo answer to mails that were approved: every second one, the next working morning."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from agent_runtime.actions.book import ActionRow
from agent_runtime.calendars import BusinessCalendar
from tools.base import SourceRecord

# Before the hour at which the demo begins, so that one day later it is there.
_AT = time(8, 31)
_ANSWERS: Mapping[str, Sequence[str]] = {
    "en": (
        "thank you for coming back to this. We went through it yesterday and it works for us as you describe it.",
        "good that you ask. The matter is decided on our side, and you will have the signed page by Friday.",
        "thanks, that was what we were missing. Please go ahead.",
    ),
    "de": (
        "danke, dass Sie noch einmal nachfassen. Wir sind es gestern durchgegangen, und so passt es für uns.",
        "gut, dass Sie fragen. Bei uns ist es entschieden; die unterschriebene Seite haben Sie bis Freitag.",
        "danke, genau das hat uns noch gefehlt. Bitte gehen Sie so vor.",
    ),
}
_GREETING = {"en": "Hello {name},", "de": "Guten Tag {name},"}


class Correspondents:
    """The customers of the demo, as far as they answer: the first mail gets an answer, the second none, and so on."""

    def __init__(self, calendar: BusinessCalendar) -> None:
        self._calendar = calendar
        self._written = 0

    def answer(self, sent: ActionRow, at: datetime, language: str) -> SourceRecord | None:
        """The mail that comes back for one that went out at `at`, known when it comes; None where none does."""
        self._written += 1
        if self._written % 2 == 0 or not sent.content["to"]:
            return None
        comes = self._next_morning(at)
        return SourceRecord(
            "mail",
            "emails",
            f"demo-{sent.id}",
            comes,
            comes,
            sent.account_id,
            fields=_mail(sent, language, self._written),
        )

    def _next_morning(self, at: datetime) -> datetime:
        local = at.astimezone(self._calendar.zone)
        morning = datetime.combine(local.date() + timedelta(days=1), time(), self._calendar.zone)
        opens = self._calendar.next_open(morning).astimezone(self._calendar.zone)
        return datetime.combine(opens.date(), _AT, self._calendar.zone).astimezone(at.tzinfo)


def _mail(sent: ActionRow, language: str, number: int) -> dict[str, Any]:
    content, spoken = sent.content, language if language in _ANSWERS else "en"
    first = content["sender"]["name"].partition(" ")[0]
    subject = str(content["subject"] or "")
    said = _ANSWERS[spoken][number // 2 % len(_ANSWERS[spoken])]
    return {
        "direction": "inbound",
        "from": content["to"][0],
        "to": [content["sender"]["email"]],
        "cc": [],
        "subject": subject if subject.lower().startswith("re:") else f"Re: {subject}",
        "text": f"{_GREETING[spoken].format(name=first)}\n\n{said[0].upper() if spoken == 'en' else said[0]}{said[1:]}",
        "message_id": f"<answer-{sent.id}@customers.example>",
        "in_reply_to": content["message_id"],
        "references": [content["message_id"]],
        "mailbox": content["sender"]["email"],
        "user_id": content.get("user_id"),
        "opportunity_id": content.get("opportunity_id"),
        "attachments": [],
        "auto_kind": None,
        "event": None,
    }
