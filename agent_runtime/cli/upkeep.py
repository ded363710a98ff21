"""The commands of upkeep: audit, database, backup."""

from pathlib import Path
from typing import Annotated

import typer

from agent_runtime.cli.options import Database, Json

app = typer.Typer()
audit_app = typer.Typer(help="What was done, by whom, and that nobody changed it.", no_args_is_help=True)
db_app = typer.Typer(help="The tables of the database.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")
app.add_typer(db_app, name="db")


@audit_app.command("verify")
def audit_verify(
    db: Database = None,
    anchor: Annotated[Path | None, typer.Option(help="An anchor file: also finds what was cut off or undone.")] = None,
    json: Json = False,
) -> None:
    """Check every account's chain; names the first record that is not as it was written."""
    from agent_runtime.doctor.command import verify_command

    raise SystemExit(verify_command(db, anchor, as_json=json))


@audit_app.command("anchor")
def audit_anchor(
    file: Annotated[Path | None, typer.Option(help="The anchor file; the configured one by default.")] = None,
    json: Json = False,
) -> None:
    """Append a signed root over all chains to a file outside; run it every hour."""
    from agent_runtime.doctor.command import anchor_command

    anchor_command(file, as_json=json)


@audit_app.command("forward")
def audit_forward(json: Json = False) -> None:
    """Hand every new audit entry to the configured syslog or webhook; run it every minute."""
    from agent_runtime.doctor.command import forward_command

    forward_command(as_json=json)


@db_app.command("upgrade")
def db_upgrade(json: Json = False) -> None:
    """Bring the database to this version, with all its guards; whole, or not at all."""
    from agent_runtime.backup.command import upgrade_command

    upgrade_command(as_json=json)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file; it appears when it is whole.")],
    json: Json = False,
) -> None:
    """Write everything that is known to one file, while the workers go on."""
    from agent_runtime.backup.command import backup_command

    backup_command(file, as_json=json)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that tenure backup wrote.")],
    json: Json = False,
) -> None:
    """Fill an empty database from a backup, verified; SQLite or PostgreSQL, whichever it came from."""
    from agent_runtime.backup.command import restore_command

    restore_command(file, as_json=json)
