"""The commands about our own people: who may come in, with which keys, and from where their mail goes out."""

from typing import Annotated

import typer

from agent_runtime.cli.options import Json

app = typer.Typer()
user_app = typer.Typer(help="The people of ours who may come in.", no_args_is_help=True)
token_app = typer.Typer(help="Keys for programs that act for a person.", no_args_is_help=True)
sender_app = typer.Typer(help="From where a person's mail goes out.", no_args_is_help=True)
app.add_typer(user_app, name="user")
app.add_typer(token_app, name="token")
app.add_typer(sender_app, name="sender")

UserId = Annotated[str, typer.Argument(help="The user's id.")]


@user_app.command("add")
def user_add(
    user: UserId,
    name: Annotated[str, typer.Option(help="The name as people write it.")],
    email: Annotated[str, typer.Option(help="The mail address.")],
    role: Annotated[str, typer.Option(help="rep, csm, manager, admin or auditor.")],
    team: Annotated[str | None, typer.Option(help="The team.")] = None,
    manager: Annotated[str | None, typer.Option(help="The id of their manager.")] = None,
    zone: Annotated[str | None, typer.Option(help="The time zone, as Europe/Berlin.")] = None,
) -> None:
    """Add one of ours."""
    from agent_runtime.app.people import add_user

    add_user(user, name, email, role, team, manager, zone)


@user_app.command("list")
def user_list(json: Json = False) -> None:
    """All of ours, and who can come in."""
    from agent_runtime.app.people import list_users

    list_users(as_json=json)


@user_app.command("password")
def user_password(user: UserId) -> None:
    """Set a password; asks for it, or reads a line from a pipe."""
    from agent_runtime.app.people import set_password

    set_password(user)


@user_app.command("disable")
def user_disable(user: UserId) -> None:
    """Shut a person out, with all their keys."""
    from agent_runtime.app.people import disable_user

    disable_user(user)


@token_app.command("create")
def token_create(
    user: UserId,
    right: Annotated[str, typer.Option(help="read, decide or administer; each includes those before it.")] = "read",
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="How long it opens; for good by default.")] = None,
    json: Json = False,
) -> None:
    """Make a key bound to a person; it is shown once."""
    from agent_runtime.app.people import make_token

    make_token(user, right, label, days, as_json=json)


@token_app.command("list")
def token_list(
    user: Annotated[str | None, typer.Option(help="Only this user's.")] = None,
    json: Json = False,
) -> None:
    """The keys in force."""
    from agent_runtime.app.people import list_tokens

    list_tokens(user, as_json=json)


@token_app.command("revoke")
def token_revoke(token: Annotated[str, typer.Argument(help="The key's id.")]) -> None:
    """Make a key useless."""
    from agent_runtime.app.people import revoke_token

    revoke_token(token)


@sender_app.command("set")
def sender_set(
    user: UserId,
    address: Annotated[str, typer.Option(help="The address that their mail comes from.")],
    server: Annotated[
        str, typer.Option(help="A name in the setting mail_servers, or a connected mailbox: gmail:anna.")
    ],
    name: Annotated[str, typer.Option(help="The name beside it; the user's own by default.")] = "",
    signature: Annotated[str, typer.Option(help="Below the closing line, where their own mails show none.")] = "",
    language: Annotated[str, typer.Option(help="The language in which they write first, as en or de.")] = "",
    username: Annotated[str, typer.Option(help="The name at the server, where it asks for one.")] = "",
    password: Annotated[str, typer.Option(help="Where the password is: env:NAME or file:/path.")] = "",
    sent_folder: Annotated[str, typer.Option(help="The folder for what was sent.")] = "Sent",
) -> None:
    """Let mail go out in a person's name; without this nothing does."""
    from agent_runtime.actions.senders import Profile
    from agent_runtime.commands.senders import set_command

    set_command(Profile(user, name, address, server, signature, language, username, password, sent_folder))


@sender_app.command("list")
def sender_list(json: Json = False) -> None:
    """Who has a sender, and who has none."""
    from agent_runtime.commands.senders import list_command

    list_command(as_json=json)


@sender_app.command("remove")
def sender_remove(user: UserId) -> None:
    """Let no more mail go out in a person's name."""
    from agent_runtime.commands.senders import remove_command

    remove_command(user)


@app.command()
def digest(
    user: Annotated[str | None, typer.Option(help="Only of this person.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Mail it to each person, by their own sender profile.")] = False,
    json: Json = False,
) -> None:
    """What waits for each person this morning, with links to the pages; the worker mails it each morning."""
    from agent_runtime.commands.digesting import digest_command

    digest_command(user, send=send, as_json=json)
