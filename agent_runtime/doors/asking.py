"""Asks the assistant for somebody who came in by a door: with their rights, in a transaction of its own."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from sqlalchemy import Connection

from agent_runtime.assistant import service as assistant
from agent_runtime.assistant.conversation import keep
from agent_runtime.assistant.models import Answer, Question
from agent_runtime.embedding import embedder_of
from agent_runtime.http.site import Site
from agent_runtime.permissions import Principal, Role, account_scope

PORTFOLIO = "portfolio"


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who may ask, and of what: an account's id, or PORTFOLIO. `gone`: they left, so nothing is kept."""

    site: Site
    principal: Principal
    about: str
    gone: Event = field(default_factory=Event)

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
        company, chosen = premises.company(connection, now), embedder_of(premises.settings)
        embedder = chosen.embedder if chosen else None
        if self.about == PORTFOLIO:
            return assistant.ask_portfolio(
                connection, self.principal, question, model, company=company, embedder=embedder
            )
        scope = account_scope(connection, self.principal, self.about, now)
        answer = assistant.ask(connection, scope, question, model, company=company, embedder=embedder)
        if self._is_kept(answer):
            keep(connection, scope, question, answer, premises.install_key)
        return answer

    def _is_kept(self, answer: Answer) -> bool:
        """Whether the turn stays with the account: chat clients also ask for titles and the like, which nothing
        answers; and one who only audits changes nothing."""
        return not answer.refused and not self.gone.is_set() and self.principal.role is not Role.AUDITOR
