"""The command line. Heavy imports stay inside the commands that need them, so that --help answers at once."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from agent_runtime.errors import TenureError

app = typer.Typer(
    name="tenure",
    help="Every customer account keeps an agent that never leaves.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)
config_app = typer.Typer(help="What is set, and where it came from.", no_args_is_help=True)
audit_app = typer.Typer(help="What was done, by whom, and that nobody changed it.", no_args_is_help=True)
app.add_typer(config_app, name="config")
app.add_typer(audit_app, name="audit")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
World = Annotated[Path, typer.Argument(help="A world folder: plain files, see docs/operations.md.")]
EXIT_FAILED = 1
EXIT_BAD_INPUT = 2


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    typer.echo(installed("tenure"))


@app.command()
def replay(
    world: World,
    out: Annotated[Path, typer.Option(help="Folder for what the replay writes.")],
    until: Annotated[str | None, typer.Option(help="Stop at this time.")] = None,
    daily_cap: Annotated[int | None, typer.Option(min=0, help="Most new items a working day, in all.")] = None,
    scores: Annotated[str | None, typer.Option(help="daily: write the risk of every open deal each day.")] = None,
    approve: Annotated[str, typer.Option(help="none, all or first:N a day.")] = "none",
    db: Annotated[Path | None, typer.Option(help="Keep the database in this file.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the database stopped.")] = False,
    pause_sweeps: Annotated[str | None, typer.Option(help="FROM..TO: deadlines are not looked at.")] = None,
    playbook: Annotated[str, typer.Option(help="A preset or a file.")] = "b2b_sales",
    json: Json = False,
) -> None:
    """Run a world through the live code on a virtual clock, and write down what it did."""
    from agent_runtime.replay.command import replay_world

    replay_world(
        world, out=out, until=until, daily_cap=daily_cap, scores=scores, approve=approve, database=db,
        resume=resume, pause=pause_sweeps, playbook=playbook, as_json=json,
    )  # fmt: skip


def main() -> None:
    """The entry point: errors of ours are one clear line, without a traceback unless --debug is given."""
    debug = "--debug" in sys.argv
    if debug:
        sys.argv.remove("--debug")
    try:
        app()
    except TenureError as error:
        if debug:
            raise
        typer.echo(f"tenure: {error}", err=True)
        raise SystemExit(EXIT_BAD_INPUT) from None
