"""The commands about telephone calls: the weekly page, who waits now, who stands up for the figures."""

from pathlib import Path
from typing import Annotated

import typer

from agent_runtime.cli.options import Database, Json

app = typer.Typer()
calls_app = typer.Typer(help="Missed calls: what they cost, who waits, whether the figures hold.", no_args_is_help=True)
app.add_typer(calls_app, name="calls")


@calls_app.command("week")
def calls_week(
    week: Annotated[str | None, typer.Option(help="As 2026-W46; the last week that is over without it.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the page as one HTML file.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write every table as CSV into this folder.")] = None,
    mail: Annotated[Path | None, typer.Option(help="Write the Monday mail as a file that mail programs open.")] = None,
    to: Annotated[list[str] | None, typer.Option(help="Who gets the mail; may be given several times.")] = None,
    executive: Annotated[
        bool, typer.Option("--executive", help="Only what those need who decide on money; locked until verified.")
    ] = False,
    db: Database = None,
    json: Json = False,
) -> None:
    """The weekly page of missed calls: two questions, waits with open calls counted, causes, value at risk."""
    from agent_runtime.commands.calling import week_command

    week_command(week, db, html=html, csv=csv, mail=mail, to=to or [], executive=executive, as_json=json)


@calls_app.command("live")
def calls_live(db: Database = None, json: Json = False) -> None:
    """Who waits now: the oldest high-intent miss, its queue and owner."""
    from agent_runtime.commands.calling import live_command

    live_command(db, as_json=json)


@calls_app.command("verify")
def calls_verify(
    segment: Annotated[str, typer.Argument(help="The pilot segment whose figures were compared.")],
    by: Annotated[str, typer.Option(help="The user who compared them and stands up for them.")],
    note: Annotated[str, typer.Option(help="With what they were compared.")] = "",
    take_back: Annotated[bool, typer.Option("--take-back", help="The figures are no longer stood up for.")] = False,
    db: Database = None,
) -> None:
    """Keep that somebody compared the figures of a segment with the phone system's own; unlocks the executive view."""
    from agent_runtime.commands.calling import verify_command

    verify_command(segment, by, note, db, take_back=take_back)


@calls_app.command("mail")
def calls_mail(
    user: Annotated[str, typer.Argument(help="A manager, admin or auditor.")],
    stop: Annotated[bool, typer.Option("--stop", help="No longer.")] = False,
    db: Database = None,
) -> None:
    """Let somebody get the weekly page by mail; `tenure digest --send` sends it on the playbook's day."""
    from agent_runtime.commands.calling import mail_command

    mail_command(user, db, stop=stop)


@calls_app.command("waits")
def calls_waits(
    task: Annotated[str, typer.Argument(help='Words in the subject of the tasks, such as "proposal follow-up".')],
    db: Database = None,
    json: Json = False,
) -> None:
    """How long it takes from a task to the first call with the customer; tasks without a call are counted."""
    from agent_runtime.commands.calling import waits_command

    waits_command(task, db, as_json=json)


@calls_app.command("label")
def calls_label(
    by: Annotated[str, typer.Option(help="The user who says what the calls were about.")],
    most: Annotated[int, typer.Option(min=1, help="How many calls are asked about: fifty take twenty minutes.")] = 50,
    db: Database = None,
    json: Json = False,
) -> None:
    """Say what calls were about, one key each; the classifier of topics learns from it."""
    from agent_runtime.commands.labelling import label_command

    label_command(by, db, most=most, as_json=json)
