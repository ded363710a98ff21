"""A company of a few accounts with a generated year behind it, and somebody who asks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from agent_runtime.assistant.models import Answer, Question
from agent_runtime.assistant.service import ask
from agent_runtime.permissions import agent_scope
from agent_runtime.watchtower.company import Company
from tests.corpus.home import company, take
from tests.corpus.sales import END, History, generate


@dataclass
class Desk:
    """Who asks what of which account; `company` is read once, because it does not change."""

    connection: Connection
    history: History
    company: Company

    def ask(self, words: str, account: str = "a1", at: datetime = END, user: str = "u3") -> Answer:
        """The answer without a model and without an embedder."""
        question = Question(words, at, user)
        return ask(self.connection, agent_scope(account), question, company=self.company)


def seated(connection: Connection, accounts: int) -> Desk:
    """A desk with so many accounts, on an empty database."""
    history = generate(accounts)
    take(connection, history)
    return Desk(connection, history, company(connection))


def cited(answer: Answer) -> set[str]:
    """Everything that an answer cites."""
    return {source for statement in answer.statements for source in statement.citations}
