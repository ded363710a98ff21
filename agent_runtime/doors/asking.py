"""Asks the assistant for somebody who came in by a door: with their rights, in a transaction of its own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from agent_runtime.assistant import service as assistant
from agent_runtime.assistant.models import Answer, Question
from agent_runtime.embedding import embedder_of
from agent_runtime.http.site import Site
from agent_runtime.permissions import Principal, account_scope

PORTFOLIO = "portfolio"


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who may ask, and of what: an account's id, or PORTFOLIO."""

    site: Site
    principal: Principal
    about: str

    def ask(self, words: str) -> Answer:
        """The answer, out of what they may see at this moment; raises Forbidden."""
        with self.site.premises.engine.connect() as connection:
            answer = self.ask_in(connection, words, self.site.clock.now())
            connection.commit()
        return answer

    def ask_in(self, connection: Connection, words: str, now: datetime) -> Answer:
        """The same in a transaction of the caller."""
        question = Question(words, now, self.principal.user_id)
        premises, model = self.site.premises, self.site.model
        chosen = embedder_of(premises.settings)
        with_them = {"company": premises.company(connection, now), "embedder": chosen.embedder if chosen else None}
        if self.about == PORTFOLIO:
            return assistant.ask_portfolio(connection, self.principal, question, model, **with_them)
        scope = account_scope(connection, self.principal, self.about, now)
        return assistant.ask(connection, scope, question, model, **with_them)
