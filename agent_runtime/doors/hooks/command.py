"""`tenure hooks`: what other systems send here, and what of it could not be read."""

from rich.console import Console

from agent_runtime.doors.hooks import service
from agent_runtime.doors.webhooks.command import show_rows
from agent_runtime.errors import NotThere
from agent_runtime.installation import open_installation
from agent_runtime.settings import load

_MOST = 200


def list_command(*, as_json: bool) -> None:
    """Prints the hooks of the settings with what came in by each."""
    installation = open_installation(load())
    with installation.engine.connect() as connection:
        counts = service.counts(connection)
    installation.engine.dispose()
    rows = [
        {"hook": name, "path": f"/hooks/{name}", "stream": hook.stream}
        | {state: counts.get(name, {}).get(state, 0) for state in ("waiting", "taken", "rejected")}
        for name, hook in installation.settings.hooks.items()
    ]
    show_rows(rows, ("hook", "path", "stream", "waiting", "taken", "rejected"), as_json=as_json)


def rejected_command(*, as_json: bool) -> None:
    """Prints what could not be read."""
    installation = open_installation(load())
    with installation.engine.connect() as connection:
        found = service.rejected(connection, _MOST)
    installation.engine.dispose()
    names = ("received_at", "hook", "message_id", "records", "reason")
    show_rows([{name: getattr(x, name) for name in names} for x in found], names, as_json=as_json)


def retry_command(hook: str) -> None:
    """Lets what was rejected be read again."""
    installation = open_installation(load())
    if hook not in installation.settings.hooks:
        known = ", ".join(installation.settings.hooks) or "none"
        raise NotThere(f"There is no hook {hook}.", fix=f"The settings name: {known}.")
    with installation.engine.begin() as connection:
        number = service.retry(connection, hook)
    installation.engine.dispose()
    Console().print(f"{number} messages will be read again by the next worker that runs.", highlight=False)
