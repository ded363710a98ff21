"""The commands about accounts: what is known, who is forgotten, told, or one with another, and who has them."""

from typing import Annotated

import typer

from agent_runtime.cli.options import Account, AsOf, Database, Json

app = typer.Typer()
export_app = typer.Typer(help="What is stored, for those whom it is about.", no_args_is_help=True)
memory_app = typer.Typer(help="Vectors and the index across accounts, both out of the database.", no_args_is_help=True)
app.add_typer(export_app, name="export")
app.add_typer(memory_app, name="memory")


@app.command()
def brief(
    account: Account,
    as_of: AsOf = None,
    db: Database = None,
    json: Json = False,
) -> None:
    """The living record of an account, each line with its sources; as it reads now, or as it read then."""
    from agent_runtime.brief.command import brief_command

    brief_command(account, db, as_of, as_json=json)


@app.command()
def prepare(
    account: Account,
    kind: Annotated[str, typer.Argument(help="meeting, renewal, follow_up or research.")],
    language: Annotated[str | None, typer.Option(help="en or de.")] = None,
    as_of: AsOf = None,
    db: Database = None,
    json: Json = False,
) -> None:
    """What one needs for the next meeting, a renewal or a follow-up, or all that is known; each line with sources."""
    from agent_runtime.prepared.command import prepare_command

    prepare_command(account, kind, db, as_of, language=language, as_json=json)


@app.command()
def facts(
    account: Account,
    as_of: AsOf = None,
    history: Annotated[bool, typer.Option("--history", help="Also what was superseded.")] = False,
    db: Database = None,
    json: Json = False,
) -> None:
    """What is known of an account: dated statements with their sources."""
    from agent_runtime.brief.command import facts_command

    facts_command(account, db, as_of, history=history, as_json=json)


@app.command()
def erase(
    kind: Annotated[str, typer.Argument(help="account, person or source.")],
    subject: Annotated[str, typer.Argument(help="The id of the account or contact, or the name of the source.")],
    db: Database = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; it cannot be undone.")] = False,
    json: Json = False,
) -> None:
    """Erase an account, a person or all that a source told, everywhere; the audit keeps that it was done."""
    from agent_runtime.commands.erasing import erase_command

    erase_command(kind, subject, db, sure=yes, as_json=json)


@export_app.command("person")
def export_person(
    contact: Annotated[str, typer.Argument(help="The contact's id.")],
    db: Database = None,
) -> None:
    """Everything that is stored of one person, as JSON."""
    from agent_runtime.commands.erasing import export_command

    export_command(contact, db)


@app.command()
def merge(
    kind: Annotated[str, typer.Argument(help="account or contact.")],
    loser: Annotated[str, typer.Argument(help="The id of the one that ends.")],
    winner: Annotated[str, typer.Argument(help="The id of the one that stays.")],
    db: Database = None,
    json: Json = False,
) -> None:
    """Make one of two accounts, or contacts, that turned out to be the same; it can be undone."""
    from agent_runtime.commands.erasing import merge_command

    merge_command(kind, loser, winner, db, as_json=json)


@app.command()
def unmerge(
    merge_id: Annotated[str, typer.Argument(help="What the merge printed.")],
    db: Database = None,
) -> None:
    """Undo a merge: every row goes back to where it was."""
    from agent_runtime.commands.erasing import unmerge_command

    unmerge_command(merge_id, db)


@app.command()
def recall(
    account: Account,
    query: Annotated[str, typer.Argument(help="The question, in words.")],
    as_of: AsOf = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many results at most.")] = 10,
    db: Database = None,
    json: Json = False,
) -> None:
    """What an account's memory holds on a question, word for word, with its sources and why each was found."""
    from agent_runtime.commands.recalling import recall_command

    recall_command(account, query, db, as_of, k=k, as_json=json)


@app.command()
def ask(
    account: Annotated[str, typer.Argument(help="The account's id or name, or portfolio for all that is seen.")],
    question: Annotated[str, typer.Argument(help="The question, in words.")],
    at: Annotated[str | None, typer.Option("--as", help="As it would have been answered at this time.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="Who asks: with this user's rights.")] = None,
    db: Database = None,
    json: Json = False,
) -> None:
    """Ask about an account, or over all accounts: an answer out of the records, each sentence with its sources."""
    from agent_runtime.commands.asking import ask_command

    ask_command(account, question, db, at, user, as_json=json)


@memory_app.command("reembed")
def memory_reembed(
    db: Database = None,
    json: Json = False,
) -> None:
    """Embed every text that has no vectors of the present model; goes on where it was stopped."""
    from agent_runtime.commands.recalling import reembed_command

    reembed_command(db, as_json=json)


@memory_app.command("rebuild")
def memory_rebuild(
    db: Database = None,
    json: Json = False,
) -> None:
    """Make the index across accounts anew, out of the database."""
    from agent_runtime.commands.recalling import rebuild_command

    rebuild_command(db, as_json=json)


@app.command()
def transfer(
    from_user: Annotated[str, typer.Option("--from", help="Whose accounts: a user's id.")],
    to_user: Annotated[str, typer.Option("--to", help="Who gets them: a user's id.")],
    where: Annotated[str, typer.Option(help="segment=…,country=…,industry=…,renewal_before=DATE,name=…")] = "",
    role: Annotated[str, typer.Option(help="owner or csm.")] = "owner",
    yes: Annotated[bool, typer.Option("--yes", help="Move them; without it they are only listed.")] = False,
    json: Json = False,
) -> None:
    """List the accounts that would go to another owner, and with --yes give them over."""
    from agent_runtime.commands.transferring import transfer_command

    transfer_command(from_user, to_user, where, role, sure=yes, as_json=json)
