"""The morning round of a running installation: one worker plans and delivers it, another goes on where it died."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, select

from agent_runtime import jobs
from agent_runtime.accounts.leaving import ask_leavers
from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.clock import Clock
from agent_runtime.inbox import backlog, usefulness
from agent_runtime.loop.delivery import Matter, deliver_round, matters
from agent_runtime.loop.patterns import tell_patterns
from agent_runtime.loop.propose import Desk
from agent_runtime.loop.run import look
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.outlook import Belief, Outlook
from agent_runtime.watchtower.risk import Model
from memory.records import Activity

MORNING = time(6, 0)
_ROUND, _TURN, _LEARNED = "live.round", "live.round.turn", "live.outlook"
_TURN_LASTS = timedelta(minutes=5)
_LOOKS_A_TURN = 500
# A person has so long to judge what was inherited, before some of it is brought in each morning.
_JUDGED_WITHIN = timedelta(hours=12)


class Learned(NamedTuple):
    """What was learned last of deals, and when."""

    model: Model = Model()
    at: datetime | None = None


def learned(connection: Connection) -> Learned:
    """What the installation learned last, or nothing yet."""
    kept = jobs.checkpoint(connection, _LEARNED)
    if kept is None:
        return Learned()
    at = datetime.fromisoformat(kept["learned_at"]) if kept["learned_at"] else None
    return Learned(Model.from_json(kept["model"]), at)


def was_delivered(connection: Connection, day: date) -> None:
    """Notes that the round of this day was delivered, by whoever lived through it before."""
    state = {"day": day.isoformat(), "begun_at": "", "matters": [], "done": True}
    jobs.set_checkpoint(connection, _ROUND, state)


class Rounds:
    """Delivers one round each working day."""

    def __init__(self, engine: Engine, holder: str, clock: Clock) -> None:
        self._engine, self._holder, self._clock = engine, holder, clock
        self._done: str | None = None

    def due(self, company: Company, now: datetime) -> bool:
        """Whether it is a working day's morning, or later, and its round is not done."""
        local = now.astimezone(company.calendar.zone)
        return local.time() >= MORNING and self._done != local.date().isoformat() and company.is_working(local.date())

    def deliver(self, desk: Desk, now: datetime) -> None:
        """Plans and delivers the day's round, unless another worker is at it."""
        day = now.astimezone(desk.company.calendar.zone).date().isoformat()
        with self._engine.begin() as connection:
            state = jobs.checkpoint(connection, _ROUND)
            if state and state["day"] == day and state["done"]:
                self._done = day
                return
            if not self._take_turn(connection):
                return
        if state is None or state["day"] != day:
            state = self._plan(desk, day, now)
        planned = [Matter(*row) for row in state["matters"]]
        deliver_round(desk, now, datetime.fromisoformat(state["begun_at"]), planned, None, lambda _: self._prolong())
        with self._engine.begin() as connection:
            ask_leavers(connection, now, desk.install_key)
            tell_patterns(connection, desk, now)
            learned = usefulness.learn(connection, desk.company.playbook.feedback, now)
            if learned:
                audit.append(connection, INSTALLATION, learned, install_key=desk.install_key)
            jobs.set_checkpoint(connection, _ROUND, state | {"done": True})
        self._done = day

    def _take_turn(self, connection: Connection) -> bool:
        return jobs.take_turn(connection, _TURN, self._holder, self._clock.now(), _TURN_LASTS)

    def _prolong(self) -> None:
        with self._engine.begin() as connection:
            self._take_turn(connection)

    def _plan(self, desk: Desk, day: str, now: datetime) -> dict[str, Any]:
        """What the round goes through, in order; some of the inherited backlog is brought in for it."""
        outlook = self._learned(desk, now)
        found = matters(desk, self._beliefs(desk, outlook, now))
        with self._engine.begin() as connection:
            held = backlog.inherited(connection)
            ripe = backlog.ripe(connection, now - _JUDGED_WITHIN)
            most = desk.company.playbook.backlog.items_per_day
            first = [x.interaction_id for x in found if x.interaction_id in ripe][:most]
            brought = {x for _, x in backlog.bring_in(connection, first, "rule:backlog", now)}
            planned = [x for x in found if x.interaction_id not in held or x.interaction_id in brought]
            rows = [[x.priority, x.account_id, x.name, x.interaction_id] for x in planned]
            state = {"day": day, "begun_at": now.isoformat(), "matters": rows, "done": False}
            jobs.set_checkpoint(connection, _ROUND, state)
        return state

    def _learned(self, desk: Desk, now: datetime) -> Outlook:
        """The outlook, which weekly learns anew from every deal."""
        outlook = desk.outlook
        if outlook.learned_at and now - outlook.learned_at < timedelta(days=7):
            return outlook
        self._look_at(desk, self._with_deals(), outlook, now)
        if outlook.learn(now):
            with self._engine.begin() as connection:
                jobs.set_checkpoint(connection, _LEARNED, outlook.to_json())
        return outlook

    def _beliefs(self, desk: Desk, outlook: Outlook, now: datetime) -> dict[str, Belief]:
        """What is believed of the deals of those accounts in which something is owed."""
        accounts = sorted({x.account_id for x in matters(desk, {})})
        self._look_at(desk, accounts, outlook, now)
        return {x.opportunity_id: x for x in outlook.beliefs(now)}

    def _look_at(self, desk: Desk, accounts: list[str], outlook: Outlook, now: datetime) -> None:
        for number, account in enumerate(accounts):
            with self._engine.connect() as connection:
                found = look(connection, desk.company, account, now)
            if found:
                outlook.observe(found.view)
            if number % _LOOKS_A_TURN == _LOOKS_A_TURN - 1:
                self._prolong()

    def _with_deals(self) -> list[str]:
        activity = Activity.__table__  # type: ignore[attr-defined]
        query = select(activity.c.account_id).where(activity.c.opportunity_id.is_not(None), activity.c.current)
        with self._engine.connect() as connection:
            return sorted({x for x in connection.scalars(query.distinct()) if x})
