"""The commands about other systems: connect, sync, disconnect, and a new adapter."""

from pathlib import Path
from typing import Annotated

import typer

from agent_runtime.cli.options import Json

app = typer.Typer()
new_app = typer.Typer(help="Begin something of your own.", no_args_is_help=True)
app.add_typer(new_app, name="new")

Name = Annotated[str, typer.Argument(help="The system: hubspot, imap, twilio, …, or an adapter of your own.")]


@app.command()
def connect(
    name: Name,
    answers: Annotated[
        list[str] | None,
        typer.Option("--set", help="An answer, name=value; a secret as env:NAME, file:/path or itself."),
    ] = None,
    since: Annotated[str | None, typer.Option(help="From when its past is read; two years by default.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look; keep nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Connect another system: says what is read and written, checks, shows five records, then keeps it."""
    from agent_runtime.commands.connecting import connect_command

    connect_command(name, answers or (), since, dry_run=dry_run, sure=yes)


@app.command()
def sync(
    name: Annotated[str | None, typer.Argument(help="One system; all by default.")] = None,
    full: Annotated[bool, typer.Option("--full", help="From the beginning; what is known stays as it is.")] = False,
    json: Json = False,
) -> None:
    """Read connected systems now, and print how each stands."""
    from agent_runtime.commands.connecting import sync_command

    sync_command(name, full=full, as_json=json)


@app.command()
def disconnect(
    name: Name,
    remove_written: Annotated[
        bool, typer.Option("--remove-written", help="First take back what Tenure wrote there.")
    ] = False,
) -> None:
    """End a connection: its secrets are forgotten, what was read stays."""
    from agent_runtime.commands.connecting import disconnect_command

    disconnect_command(name, remove_written=remove_written)


@new_app.command("adapter")
def new_adapter(
    name: Annotated[str, typer.Argument(help="A small word: letters, digits and _.")],
    folder: Annotated[Path, typer.Option(help="Where its files go.")] = Path(),
) -> None:
    """Write the beginning of an adapter with its stand-in and its tests."""
    from agent_runtime.commands.scaffolding import adapter_command

    adapter_command(name, folder)
