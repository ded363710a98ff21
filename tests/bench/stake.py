"""Whether four of five ranges of what a pipeline stands to lose hold what was lost, over many invented companies."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from agent_runtime import jobs
from agent_runtime.demo.generator import generate
from agent_runtime.loop.visits import views
from agent_runtime.replay.setting import install, open_world
from agent_runtime.watchtower.outlook import Outlook
from agent_runtime.watchtower.risk import stake
from agent_runtime.watchtower.view import View
from tests.bench.figures import Figure

PERIODS = 5
# Deals that began later have hardly ended when the world does.
LEFT = timedelta(days=40)
EVERY = timedelta(days=14)


def stakes(_runs: int, *, seeds: int = 48) -> list[Figure]:
    """The share of ranges that hold the sum that was lost, of deals that ended by the end of their world."""
    held = [hold for seed in range(seeds) for hold in _of_seed(1000 + seed)]
    share = sum(held) / len(held)
    return [
        Figure(f"value ranges at 80 %: share that held, {len(held)} periods of {seeds} companies", "share", (share,))
    ]


def _of_seed(seed: int) -> list[bool]:
    with TemporaryDirectory() as scratch:
        generate(seed, Path(scratch) / "world")
        world = open_world(Path(scratch) / "world")
        installation = install(world, Path(scratch) / "tenure.db", "b2b_sales")
        with installation.engine.begin() as connection:
            installation.ingest.take(connection, world.ordered(), world.settings.end)
            accounts = jobs.all_accounts(connection)
            every = [view for view, _ in views(connection, installation.company, accounts, world.settings.end)]
        installation.engine.dispose()
    lost = _ends(every)
    moments = [world.settings.end - LEFT - number * EVERY for number in range(PERIODS)]
    return [hold for moment in moments for hold in _held(every, lost, moment)]


def _ends(every: list[View]) -> dict[str, bool]:
    """By deal: whether it was lost; what has not ended is left out."""
    lives = [(deal.id, deal.lives[-1]) for view in every for deal in view.deals.values() if deal.lives]
    return {name: life.outcome == "lost" for name, life in lives if life.outcome in ("converted", "lost")}


def _held(every: list[View], lost: dict[str, bool], moment: datetime) -> Iterator[bool]:
    """Whether the range that was said at `moment` holds what became of those of its open deals that ended."""
    outlook = Outlook(every[0].company)
    amounts: dict[str, float] = defaultdict(float)
    for view in every:
        known = [x for x in view.events if x.known_at <= moment]
        then = View(view.account, known, view.company, moment, view.contacts)
        outlook.observe(then)
        amounts.update({deal.id: deal.amount or 0.0 for deal in then.deals.values()})
    outlook.learn(moment)
    beliefs = [x for x in outlook.beliefs(moment) if x.opportunity_id in lost]
    if len(beliefs) >= 5:
        sums = [amounts[x.opportunity_id] or outlook.model.usual.amount for x in beliefs]
        said = stake([x.risk for x in beliefs], sums, outlook.model.ended)
        actual = sum(amount for x, amount in zip(beliefs, sums, strict=True) if lost[x.opportunity_id])
        yield said.low <= actual <= said.high
