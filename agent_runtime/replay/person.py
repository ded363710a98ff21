"""The scripted person of a replay: says yes at once, to all items or to the first few of a day."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent_runtime.actions import service as actions
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.outbox import FileOutbox
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.decide import Deciding, decide
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.inbox.verbs import Approve, Claim
from agent_runtime.loop.propose import Desk
from agent_runtime.replay.options import Approval

PERSON = "scripted-person"


class ScriptedPerson:
    """Approves what is delivered and has it executed; counts by local day."""

    def __init__(
        self, approval: Approval, desk: Desk, executor: FileOutbox, zone: ZoneInfo, passing: Callable[[str], None]
    ) -> None:
        self._approval = approval
        self._desk = desk
        self._executor = executor
        self._zone = zone
        self._passing = passing
        self._day: date | None = None
        self._count = 0

    def see(self, item: ItemRow, now: datetime, run: Callable[[str], None]) -> None:
        """Looks at a delivered item; `run` re-evaluates its account after the action came back."""
        if not self._says_yes(now):
            return
        by = Deciding(PERSON, "replay", now, self._desk.install_key, undo=timedelta(0))
        yes = Approve(verb="approve", draft_version=item.draft_version, hash=item.content_hash)
        with self._desk.engine.begin() as connection:
            if item.owner_id not in self._desk.company.people:
                decide(connection, self._desk.company, item.id, Claim(verb="claim"), by)
            decide(connection, self._desk.company, item.id, yes, by)
        self._passing("approved")
        self._execute_due(now)
        run(item.account_id)

    def go_on(self, now: datetime, run: Callable[[str], None]) -> None:
        """After a stop: executes what was approved, and looks at what was delivered at `now` and not seen yet."""
        self._day = now.astimezone(self._zone).date()
        midnight = datetime.combine(self._day, time(), self._zone)
        with self._desk.engine.connect() as connection:
            self._count = inbox.approvals_since(connection, PERSON, midnight)
            broken_off = actions.left_claimed(connection)
        for action in broken_off:
            self._execute(action, now)
        self._execute_due(now)
        with self._desk.engine.connect() as connection:
            unseen = inbox.open_since(connection, now)
        for item in unseen:
            self.see(item, now, run)

    def _says_yes(self, now: datetime) -> bool:
        today = now.astimezone(self._zone).date()
        if today != self._day:
            self._day, self._count = today, 0
        if self._approval.most is not None and self._count >= self._approval.most:
            return False
        self._count += 1
        return True

    def _execute_due(self, now: datetime) -> None:
        with self._desk.engine.begin() as connection:
            claimed = actions.claim(connection, now)
        self._passing("claimed")
        for action in claimed:
            self._execute(action, now)

    def _execute(self, action: ActionRow, now: datetime) -> None:
        evidence = self._executor.execute(action).evidence
        with self._desk.engine.begin() as connection:
            activity = actions.record_result(connection, action, evidence, now)
            detail = {"activity": activity, "kind": action.kind, "content_hash": action.content_hash}
            entry = Entry(now, ActorKind.AGENT, "agent", "action.confirmed", action.id, detail)
            closed = inbox.hear(connection, action, "confirmed", "", now)
            audit.append(connection, action.account_id, [entry, *closed], install_key=self._desk.install_key)
        self._passing("executed")
