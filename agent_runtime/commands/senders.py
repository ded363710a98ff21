"""`tenure sender`: in whose name mail may go out."""

from dataclasses import asdict

import orjson
from rich.console import Console
from rich.table import Table

from agent_runtime.actions.senders import (
    MAILBOXES,
    Profile,
    profile_of,
    remove_profile,
    set_profile,
    without_profile,
)
from agent_runtime.clock import SystemClock
from agent_runtime.commands.transferring import OPERATOR
from agent_runtime.connectors.service import connected_names
from agent_runtime.errors import BadInput
from agent_runtime.installation import open_installation
from agent_runtime.settings import load as load_settings


def set_command(profile: Profile) -> None:
    """Sets a sender; refuses a server that is neither in the settings nor connected, and a user who is none of ours."""
    installation = open_installation(load_settings())
    now = SystemClock().now()
    with installation.engine.begin() as connection:
        connected = [name for name in connected_names(connection) if name.partition(":")[0] in MAILBOXES]
        if profile.server not in (*installation.settings.mail_servers, *connected):
            known = ", ".join((*installation.settings.mail_servers, *connected)) or "none"
            raise BadInput(
                f"{profile.server} is no mail server of the settings and no connected mailbox.",
                fix=f"There are: {known}.",
            )
        if profile.user_id not in installation.company(connection, now).people:
            raise BadInput(f"{profile.user_id} is none of ours.", fix="Add them first: tenure user add.")
        set_profile(connection, profile, OPERATOR, now, installation.install_key)
    installation.engine.dispose()
    Console().print(f"Mail of {profile.user_id} goes out from {profile.address}.", highlight=False, markup=False)


def remove_command(user_id: str) -> None:
    """Removes a sender."""
    installation = open_installation(load_settings())
    with installation.engine.begin() as connection:
        remove_profile(connection, user_id, OPERATOR, SystemClock().now(), installation.install_key)
    installation.engine.dispose()
    Console().print(f"No more mail goes out in the name of {user_id}.", highlight=False, markup=False)


def list_command(*, as_json: bool) -> None:
    """Prints every sender, and who has none."""
    installation = open_installation(load_settings())
    with installation.engine.connect() as connection:
        people = installation.company(connection, SystemClock().now()).people
        senders = [found for user in sorted(people) if (found := profile_of(connection, user))]
        missing = without_profile(connection)
    installation.engine.dispose()
    if as_json:
        plain = {"senders": [asdict(x) for x in senders], "without": missing}
        Console().out(orjson.dumps(plain, option=orjson.OPT_INDENT_2).decode(), highlight=False)
        return
    table = Table("user", "address", "server", "password", box=None, pad_edge=False)
    for one in senders:
        table.add_row(one.user_id, one.address, one.server, one.password_ref or "-")
    Console().print(table)
    if missing:
        Console().print(f"Without a sender: {', '.join(missing)}.", highlight=False, markup=False)
