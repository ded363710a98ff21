"""The commands that tell why: the story of a deal, the reality of the pipeline, and where it drifts."""

from typing import Annotated

import typer

from agent_runtime.cli.options import Account, Database, Json

app = typer.Typer()


@app.command()
def story(
    account: Account,
    deal: Annotated[str | None, typer.Argument(help="The deal's id or name; every deal without it.")] = None,
    db: Database = None,
    json: Json = False,
) -> None:
    """Why a deal was lost or stands still: due, knowable, seen, acted on, the cause, and what follows from it."""
    from agent_runtime.commands.diagnosing import story_command

    story_command(account, deal, db, as_json=json)


@app.command()
def reality(
    db: Database = None,
    rows: Annotated[int, typer.Option(min=0, help="How many rows behind each number; JSON has all.")] = 10,
    json: Json = False,
) -> None:
    """Is the pipeline as the CRM says? Five audits, each number with the rows behind it."""
    from agent_runtime.commands.diagnosing import reality_command

    reality_command(db, rows=rows, as_json=json)


@app.command()
def drift(db: Database = None, json: Json = False) -> None:
    """What stands still week by week, how evenly is answered, where hand-offs break, how the watchtower does."""
    from agent_runtime.commands.diagnosing import drift_command

    drift_command(db, as_json=json)
