"""The commands for other programs: the tools of MCP, webhooks out, messages that came in."""

from typing import Annotated

import typer

from agent_runtime.cli.options import Json

app = typer.Typer()
webhooks_app = typer.Typer(help="Who is told what happens here.", no_args_is_help=True)
hooks_app = typer.Typer(help="Signed messages that other systems send here.", no_args_is_help=True)
app.add_typer(webhooks_app, name="webhooks")
app.add_typer(hooks_app, name="hooks")

WebhookId = Annotated[str, typer.Argument(help="The webhook's id.")]


@app.command("mcp")
def mcp(
    user: Annotated[str | None, typer.Option(help="Read as this user.")] = None,
    token: Annotated[str | None, typer.Option(help="With a token: env:NAME or file:/path.")] = None,
    decide: Annotated[bool, typer.Option("--decide", help="Also the tool that decides; needs a token.")] = False,
) -> None:
    """Serve the tools of MCP over standard input and output."""
    from agent_runtime.doors.mcp.stdio import mcp_command

    mcp_command(user, token, decide=decide)


@webhooks_app.command("add")
def webhooks_add(
    url: Annotated[str, typer.Argument(help="Where to tell it: https://…")],
    event: Annotated[list[str] | None, typer.Option(help='A kind, as "item.delivered" or "item.*"; all.')] = None,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    json: Json = False,
) -> None:
    """Add a receiver; prints its secret this once."""
    from agent_runtime.doors.webhooks.command import add_command

    add_command(url, event or ["*"], label, as_json=json)


@webhooks_app.command("list")
def webhooks_list(json: Json = False) -> None:
    """Who is told what, and what waits."""
    from agent_runtime.doors.webhooks.command import list_command

    list_command(as_json=json)


@webhooks_app.command("log")
def webhooks_log(
    webhook: WebhookId,
    state: Annotated[str | None, typer.Option(help="Only pending, delivered or failed ones.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """What a receiver was told, the latest first."""
    from agent_runtime.doors.webhooks.command import log_command

    log_command(webhook, state, limit, as_json=json)


@webhooks_app.command("redeliver")
def webhooks_redeliver(
    webhook: WebhookId,
    delivery: Annotated[str | None, typer.Option(help="Only this one; all that failed by default.")] = None,
) -> None:
    """Tell it again, with the same ids."""
    from agent_runtime.doors.webhooks.command import redeliver_command

    redeliver_command(webhook, delivery)


@webhooks_app.command("rotate")
def webhooks_rotate(webhook: WebhookId, json: Json = False) -> None:
    """Make another secret; for a day both sign."""
    from agent_runtime.doors.webhooks.command import rotate_command

    rotate_command(webhook, as_json=json)


@webhooks_app.command("resume")
def webhooks_resume(webhook: WebhookId) -> None:
    """Go on with a receiver that had been stopped."""
    from agent_runtime.doors.webhooks.command import resume_command

    resume_command(webhook)


@webhooks_app.command("remove")
def webhooks_remove(webhook: WebhookId) -> None:
    """Tell a receiver nothing more, and forget its log."""
    from agent_runtime.doors.webhooks.command import remove_command

    remove_command(webhook)


@hooks_app.command("list")
def hooks_list(json: Json = False) -> None:
    """The hooks of the settings, and what came in by each."""
    from agent_runtime.doors.hooks.command import list_command

    list_command(as_json=json)


@hooks_app.command("rejected")
def hooks_rejected(json: Json = False) -> None:
    """Messages that could not be read, with the reason."""
    from agent_runtime.doors.hooks.command import rejected_command

    rejected_command(as_json=json)


@hooks_app.command("retry")
def hooks_retry(
    hook: Annotated[str, typer.Argument(help="The hook's name.")],
) -> None:
    """Read again what was rejected, after its mapping was mended."""
    from agent_runtime.doors.hooks.command import retry_command

    retry_command(hook)
