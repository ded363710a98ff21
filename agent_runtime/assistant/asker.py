"""Somebody who asks, through whatever door: the answer is composed at once, worded while nothing waits, then kept."""

from asyncio import timeout
from dataclasses import dataclass, field, replace
from threading import Event
from time import monotonic
from typing import NamedTuple

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from agent_runtime.assistant import service
from agent_runtime.assistant.conversation import asked_before, keep
from agent_runtime.assistant.following import MOST_EARLIER
from agent_runtime.assistant.meaning import at_hand
from agent_runtime.assistant.models import Answer, Question
from agent_runtime.assistant.phrasing import unworded
from agent_runtime.http.site import Site
from agent_runtime.llm.port import Reason
from agent_runtime.permissions import Principal, Role, account_scope

PORTFOLIO = "portfolio"
# Of the model's time, what telling the audit and keeping the turn take where ten others ask as well, in seconds: each
# of them writes, one after the other.
_TO_FINISH = 0.3


class Given(NamedTuple):
    """An answer as it is given, and the id of its turn in the account's conversation; "" where it is not kept."""

    answer: Answer
    turn_id: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who may ask, and of what: an account's id, or PORTFOLIO. `gone`: they left, so nothing is kept.

    `keeps_refusals`: what nothing answers is kept as well. Chat clients also ask for titles and the like.
    `earlier`: what they asked before in the same conversation, the latest last; None: as the account's one has it.
    """

    site: Site
    principal: Principal
    about: str
    keeps_refusals: bool = False
    earlier: tuple[str, ...] | None = ()
    gone: Event = field(default_factory=Event)

    async def ask(self, words: str) -> Given:
        """The answer, out of what they may see at this moment; raises Forbidden.

        Few are composed at once, so that the pages stay quick; a model is waited for outside of these places.
        """
        until = self.until()
        question = self.question(words)
        async with self.site.asking:
            composed = await run_in_threadpool(self._composed, question)
        return await self.finish(question, composed, until)

    def question(self, words: str) -> Question:
        """What they ask at this moment."""
        return Question(words, self.site.clock.now(), self.principal.user_id, self.earlier or ())

    def until(self) -> float:
        """Until when (time.monotonic) a model may take for what is asked now."""
        seconds = self.site.premises.settings.model_deadline
        return monotonic() + seconds - min(_TO_FINISH, seconds / 3)

    def compose(self, connection: Connection, question: Question) -> Answer:
        """The answer as code composes it, in a transaction of the caller; no model is waited for."""
        premises = self.site.premises
        company, embedder = premises.company(connection, question.at), at_hand(premises.settings)
        if self.about == PORTFOLIO:
            return service.ask_portfolio(connection, self.principal, question, company=company, embedder=embedder)
        scope = account_scope(connection, self.principal, self.about, question.at)
        if self.earlier is None:
            before = asked_before(connection, scope, question.user_id, question.at, MOST_EARLIER)
            question = replace(question, earlier=before)
        return service.ask(connection, scope, question, company=company, embedder=embedder)

    async def finish(self, question: Question, composed: Answer, until: float) -> Given:
        """The composed answer in a model's words where there are sound ones in time, kept with the account."""
        answer = await self._worded(question, composed, until)
        if not self._is_kept(answer):
            return Given(answer, "")
        return Given(answer, await run_in_threadpool(self._keep, question, answer))

    def _composed(self, question: Question) -> Answer:
        with self.site.premises.engine.connect() as connection:
            return self.compose(connection, question)

    async def _worded(self, question: Question, composed: Answer, until: float) -> Answer:
        if self.site.model is None or not composed.statements or self.gone.is_set():
            return composed
        try:
            async with timeout(max(until - monotonic(), 0.0)):
                await self.site.wording.acquire()
        except TimeoutError:
            return unworded(composed, question, Reason.SLOW.value)
        try:
            return await run_in_threadpool(self._word, question, composed, until)
        finally:
            self.site.wording.release()

    def _word(self, question: Question, composed: Answer, until: float) -> Answer:
        left = until - monotonic()
        if self.site.model is None or left <= 0:
            return unworded(composed, question, Reason.SLOW.value)
        pays = "" if self.about == PORTFOLIO else self.about
        return service.worded(composed, question, self.site.model, pays, left)

    def _is_kept(self, answer: Answer) -> bool:
        """Whether the turn stays with the account; one who only audits changes nothing."""
        if self.about == PORTFOLIO or self.gone.is_set() or self.principal.role is Role.AUDITOR:
            return False
        return self.keeps_refusals or not answer.refused

    def _keep(self, question: Question, answer: Answer) -> str:
        premises = self.site.premises
        with premises.engine.begin() as connection:
            scope = account_scope(connection, self.principal, self.about, question.at)
            return keep(connection, scope, question, answer, premises.install_key)
