"""The replay as a command: reads its options, shows progress, prints the summary."""

from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from agent_runtime.errors import BadInput
from agent_runtime.replay.engine import Replay
from agent_runtime.replay.options import Approval, ReplayOptions, moment, stretch


def replay_world(
    world: Path,
    *,
    out: Path,
    until: str | None,
    daily_cap: int | None,
    scores: str | None,
    approve: str,
    database: Path | None,
    resume: bool,
    pause: str | None,
    playbook: str,
    as_json: bool,
) -> None:
    """Runs the replay and prints what it did."""
    if scores not in (None, "daily"):
        raise BadInput(f'"{scores}" is no way to write scores.', fix="Write daily, or leave it out.")
    options = ReplayOptions(
        out=out,
        until=moment(until) if until else None,
        daily_cap=daily_cap,
        daily_scores=scores == "daily",
        approval=Approval.parse(approve),
        database=database,
        resume=resume,
        pause=stretch(pause) if pause else None,
        playbook=playbook,
    )
    summary = run_with_progress(Replay(world, options), f"Replaying {world.name}", quiet=as_json)
    Console().print_json(orjson.dumps(summary).decode()) if as_json else _print(summary, out)


def run_with_progress(replay: Replay, title: str, *, quiet: bool) -> dict[str, Any]:
    """Runs a replay under a progress bar on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task(title, total=None)
        return replay.run(lambda done, total: bar.update(task, completed=done, total=total))


def ledger_line(ledger: dict[str, int]) -> str:
    """The ledger in one line: everything that was begun is ended or open, nothing is missing."""
    return (
        f"{ledger['begun']:,} begun = {ledger['ended']:,} ended + {ledger['open']:,} open, "
        f"each with owner, action, time, recovery · {ledger['missing']} missing"
    )


def _print(summary: dict[str, Any], out: Path) -> None:
    console = Console()
    console.print(ledger_line(summary["ledger"]), highlight=False)
    items = ", ".join(f"{count} {state}" for state, count in summary["items"].items()) or "none"
    console.print(f"Inbox items: {items}.", highlight=False)
    broken = summary["violations"]
    console.print(f"Invariant violations: {summary['invariant_violations']}{f' {broken}' if broken else ''}.")
    console.print(f"Written to {out}.", highlight=False)
