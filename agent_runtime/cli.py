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
    rich_markup_mode=None,  # plain help needs no import of rich, which is half of the time of --help
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


@app.command()
def demo(
    data: Annotated[Path | None, typer.Option(help="A world folder instead of the generated company.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = 7,
    dir: Annotated[Path | None, typer.Option(help="Where the demo's files go; var/demo by default.")] = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Print only; there are no pages to serve yet.")] = False,
    json: Json = False,
) -> None:
    """Make an invented company, live through its six months, and print this morning's inbox."""
    from agent_runtime.demo.command import run_demo
    from agent_runtime.settings import load

    run_demo(folder=dir or load().data_dir / "demo", data=data, seed=seed, as_json=json)


@app.command("import")
def import_(
    world: World,
    db: Annotated[str | None, typer.Option(help="SQLite file; the configured database by default.")] = None,
    json: Json = False,
) -> None:
    """Read a world folder into the database; reading it again changes nothing."""
    from agent_runtime.replay.importing import import_command

    import_command(world, db, as_json=json)


@app.command()
def doctor(json: Json = False) -> None:
    """Check the installation: a tick for what is right, the exact fix for what is not."""
    from agent_runtime.doctor import doctor_command

    raise SystemExit(doctor_command(as_json=json))


@config_app.command("show")
def config_show(json: Json = False) -> None:
    """Each setting, masked where it is secret, and where it came from."""
    from agent_runtime.doctor import config_command

    config_command(as_json=json)


@audit_app.command("verify")
def audit_verify(
    db: Annotated[str | None, typer.Option(help="SQLite file; the configured database by default.")] = None,
    json: Json = False,
) -> None:
    """Check every account's chain; names the first record that is not as it was written."""
    from agent_runtime.doctor import audit_command

    raise SystemExit(audit_command(db, as_json=json))


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
