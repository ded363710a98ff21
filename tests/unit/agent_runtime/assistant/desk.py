"""A company of a few accounts with a generated year behind it, and somebody who asks."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from agent_runtime.assistant.models import Answer, Question
from agent_runtime.assistant.service import ask
from agent_runtime.permissions import agent_scope
from agent_runtime.watchtower.company import Company
from tests.corpus.home import company, take
from tests.corpus.sales import END, History, generate
from tools.fakes.model_endpoint_writers import LIES

# What carries a statement: figures, capitalised words within a sentence, addresses.
_CARRYING = re.compile(r"\d[\d.,:]*\d|\d|(?<=[a-zäöüß,] )[A-ZÄÖÜ]\w+|\bhttps?:\S+|\S+@\S+")


@dataclass
class Desk:
    """Who asks what of which account; `company` is read once, because it does not change."""

    connection: Connection
    history: History
    company: Company

    def ask(
        self, words: str, account: str = "a1", at: datetime = END, user: str = "u3", earlier: tuple[str, ...] = ()
    ) -> Answer:
        """The answer without a model and without an embedder."""
        question = Question(words, at, user, earlier)
        return ask(self.connection, agent_scope(account), question, company=self.company)


def seated(connection: Connection, accounts: int) -> Desk:
    """A desk with so many accounts, on an empty database."""
    history = generate(accounts)
    take(connection, history)
    return Desk(connection, history, company(connection))


def cited(answer: Answer) -> set[str]:
    """Everything that an answer cites."""
    return {source for statement in answer.statements for source in statement.citations}


def ungrounded_in(answer: Answer, composed: Answer) -> list[str]:
    """The sentences of a worded answer that say what neither the composed one nor their sources say.

    Judged apart from the product: any figure, name, address or planted sentence that stands in neither.
    """
    sources = {x.id: f"{x.title} {x.quote} {x.at[:10]}" for x in answer.sources}
    said = {x.citations: x.text for x in composed.statements}
    found = []
    for one, before in zip(answer.statements, composed.statements, strict=True):
        ground = " ".join([before.text, said.get(one.citations, ""), *(sources[x] for x in one.citations)])
        carried = _CARRYING.findall(one.text)
        if any(lie in one.text for lie in LIES) or not one.citations or any(x not in ground for x in carried):
            found.append(one.text)
    return found
