"""The commands about the playbook: is it right, what does it say, what would a change have done."""

from typing import Annotated

import typer

from agent_runtime.cli.options import Database, Json

app = typer.Typer()
playbook_app = typer.Typer(
    help="The policy: check it, ask it, and try a change on your own history.", no_args_is_help=True
)
app.add_typer(playbook_app, name="playbook")

File = Annotated[str, typer.Argument(help="A file of yours, or the name of a preset.")]


@playbook_app.command("check")
def playbook_check(file: File, json: Json = False) -> None:
    """Says that the playbook is valid, or what is wrong on which line, and what to write instead."""
    from agent_runtime.commands.playbooks import check_command

    check_command(file, as_json=json)


@playbook_app.command("explain")
def playbook_explain(
    case: Annotated[str, typer.Argument(help='The case in words, as "web lead Fri 17:50".')],
    playbook: Annotated[str | None, typer.Option(help="A preset or a file; the one in force by default.")] = None,
    one_person: Annotated[bool, typer.Option("--one-person", help="In a business of one.")] = False,
    db: Database = None,
    json: Json = False,
) -> None:
    """What happens in a case: the rule, its window, when it is due, who has it, and each step after that."""
    from agent_runtime.commands.playbooks import explain_command

    explain_command(case, playbook, db, one_person=one_person, as_json=json)


@playbook_app.command("suggest")
def playbook_suggest(db: Database = None, json: Json = False) -> None:
    """Stage ages and windows out of your own history, each with the number of cases it rests on."""
    from agent_runtime.commands.playbooks import suggest_command

    suggest_command(db, as_json=json)


@playbook_app.command("diff")
def playbook_diff(file: File, db: Database = None, json: Json = False) -> None:
    """What another playbook would have said in the last 30 days, rule by rule, with examples."""
    from agent_runtime.commands.playbooks import diff_command

    diff_command(file, db, as_json=json)


@playbook_app.command("rollout")
def playbook_rollout(db: Database = None, json: Json = False) -> None:
    """Whom items reach at present, and what would have been said lately to those whom they do not."""
    from agent_runtime.commands.playbooks import rollout_command

    rollout_command(db, as_json=json)


@playbook_app.command("answers")
def playbook_answers(
    db: Database = None,
    reset: Annotated[str | None, typer.Option(help="A rule that is to count in full again.")] = None,
    by: Annotated[str, typer.Option(help="Who says so; it stands in the audit.")] = "operator",
    json: Json = False,
) -> None:
    """What people answered to each rule, and with what part of its severity it counts since."""
    from agent_runtime.commands.playbooks import answers_command

    answers_command(db, reset, by, as_json=json)
