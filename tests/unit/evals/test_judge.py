"""A model as one more reader: what it covered is said first, and a reply that never came is counted as such."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agent_runtime.llm.port import ModelReply, ModelRequest, NoReply, Reason
from evals.judge import PROMPT, Judgement, Mail, judge, mails, markdown
from evals.suites.drafts.suite import SUITE

NOW = datetime(2026, 3, 20, tzinfo=UTC)
MAILS = [Mail("a", "They asked for the door.", "The door can move."), Mail("b", "They asked.", "Just checking in!")]


@dataclass
class Reader:
    """A model that likes mails without an exclamation mark, and says nothing of the mail named in `silent_on`."""

    silent_on: str = ""
    name: str = "reader"

    def ask(self, request: ModelRequest[Any]) -> ModelReply[Any] | NoReply:
        if self.silent_on and self.silent_on in request.inputs["mail"]:
            return NoReply(Reason.SLOW)
        answer = "rewrite" if "!" in request.inputs["mail"] else "yes"
        value = Judgement(answer=answer, reason="It reads so.")
        return ModelReply(value, self.name, PROMPT.hash, 1, 1, 0, stored=False)

    def stream(self, request: Any, stop: Any) -> Any:
        raise AssertionError("a judge is asked once a mail")


def test_each_mail_gets_an_answer_and_the_shares_are_told() -> None:
    told = markdown(list(judge(Reader(), MAILS, NOW)), "reader")
    assert "Judged: 2 of 2. It gates nothing." in told
    assert "- yes: 1 (" in told
    assert "- rewrite: 1 (" in told


def test_a_reply_that_did_not_come_lowers_the_coverage_and_no_share() -> None:
    told = markdown(list(judge(Reader(silent_on="checking"), MAILS, NOW)), "reader")
    assert "Judged: 1 of 2." in told
    assert "- yes: 1 (" in told
    assert "| b | none | no reply: slow |" in told


def test_the_mails_are_those_that_the_runtime_prepares() -> None:
    [case] = [x for x in SUITE.cases if x["id"] == "a-question-unanswered"]
    mail = mails([case])[0]
    assert mail.case == "a-question-unanswered"
    assert "mail_in" in mail.situation
    assert mail.text.strip()
