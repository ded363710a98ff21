"""The loop of a running installation: runs accounts, wakes what is due, and delivers the morning round."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from agent_runtime import jobs
from agent_runtime.actions.book import ActionRow
from agent_runtime.audit import service as audit
from agent_runtime.clock import Clock
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox import usefulness
from agent_runtime.ledger import service as ledger
from agent_runtime.llm import Model
from agent_runtime.loop import beginning, visits
from agent_runtime.loop.acknowledge import acknowledge
from agent_runtime.loop.delivery import deliver_now
from agent_runtime.loop.propose import Desk
from agent_runtime.loop.rounds import Learned, Rounds, learned
from agent_runtime.loop.run import Evaluated, run_account
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.outlook import Outlook

# Who is who is read again after this; rights are asked of the database at each request, not here.
_KNOWN_FOR = timedelta(seconds=5)


class Live:
    """Runs the accounts of one installation; several may work on one database, each with a `holder` of its own."""

    def __init__(
        self,
        engine: Engine,
        load: Callable[[Connection], Company],
        install_key: SecretStr,
        clock: Clock,
        holder: str,
        model: Model | None = None,
    ) -> None:
        self._engine, self._load, self._install_key, self._clock = engine, load, install_key, clock
        self._model = model
        self._company: tuple[datetime, Company] | None = None
        self._learned: Learned = Learned()
        self._weights: dict[str, float] = {}
        self._rounds = Rounds(engine, holder, clock)
        self._begun = self._visiting = False

    def run(self, account_id: str) -> None:
        """One pass of an account's loop, and what cannot wait for the morning before its owner."""
        desk = self._desk()
        found = run_account(
            self._engine,
            desk.company,
            account_id,
            self._clock.now(),
            self._install_key,
            lambda connection, found: self._after(connection, desk, found),
        )
        if found and self._has_begun():
            deliver_now(desk, found, lambda _: None)

    def _after(self, connection: Connection, desk: Desk, found: Evaluated) -> None:
        desk.outlook.observe(found.view)
        entries = acknowledge(connection, found) if self._has_begun() else []
        if entries:
            audit.append(connection, found.view.account.id, entries, install_key=self._install_key)

    def tick(self, now: datetime) -> None:
        """Looks at what time alone brings about: deadlines, ends of snoozes, visits, go-live, the morning round."""
        self._wake_due(now)
        self._visit(now)
        if not self._has_begun():
            self._begun = beginning.begin(self._engine, self._desk(), now)
        elif self._rounds.due(self._company_at(now), now):
            self._ask_for_review(now)
            self._rounds.deliver(self._desk(), now)

    def _wake_due(self, now: datetime) -> None:
        """Reads first: a transaction that writes is begun only where something is due."""
        with self._engine.connect() as connection:
            looks = (ledger.next_look(connection), inbox.next_release(connection), inbox.next_wake(connection))
        if any(moment is not None and moment <= now for moment in looks):
            with self._engine.begin() as connection:
                woken = (
                    *ledger.due_accounts(connection, now),
                    *inbox.release_due(connection, now),
                    *inbox.wake_snoozed(connection, now),
                )
                jobs.wake(connection, woken)

    def _ask_for_review(self, now: datetime) -> None:
        with self._engine.begin() as connection:
            beginning.ask_for_review(connection, self._desk(), now)

    def _visit(self, now: datetime) -> None:
        company = self._company_at(now)
        if not self._visiting:
            with self._engine.begin() as connection:
                visits.visit_all_under(connection, company)
            self._visiting = True
        visits.visit(self._engine, company, now)

    def ended(self, connection: Connection, action: ActionRow, state: str, reason: str, now: datetime) -> None:
        """An executor tells what became of an action."""
        entries = inbox.hear(connection, action, state, reason, now)
        if entries:
            audit.append(connection, action.account_id, entries, install_key=self._install_key)

    def _has_begun(self) -> bool:
        if not self._begun:
            with self._engine.connect() as connection:
                self._begun = beginning.has_begun(connection)
        return self._begun

    def owner_now(self, user_id: str) -> str:
        """Who has a user's work at present: they, who stands in for them, or who has taken over."""
        now = self._clock.now()
        return self._company_at(now).present_owner(user_id, now)

    def _desk(self) -> Desk:
        """A desk of its own for each run: several run side by side."""
        company = self._company_at(self._clock.now())
        outlook = Outlook(company, *self._learned)
        return Desk(self._engine, company, self._install_key, outlook, self._model, self._weights)

    def _company_at(self, now: datetime) -> Company:
        if self._company is None or now - self._company[0] > _KNOWN_FOR:
            with self._engine.connect() as connection:
                self._company = (now, self._load(connection))
                self._learned = learned(connection)
                self._weights = usefulness.weights(connection)
        return self._company[1]
