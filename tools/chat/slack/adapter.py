"""Slack as it is connected: what it asks for, and how it is opened."""

from tools.adapter import Adapter, Ask, Opening
from tools.chat.slack.notify import SlackNotifier
from tools.chat.slack.signature import SlackSignature
from tools.chat.slack.source import SlackSource, named_channels
from tools.chat.slack.wire import ADDRESS, VENDOR, SlackWire


def _wire(opening: Opening, secret: str) -> SlackWire:
    address = opening.told.get("address") or ADDRESS
    wire = SlackWire(opening.secrets[secret], opening.buckets, base_url=address, transport=opening.transport)
    opening.closing.callback(wire.client.close)
    return wire


def _source(opening: Opening) -> SlackSource:
    channels = named_channels(opening.told.get("channels") or "")
    return SlackSource(_wire(opening, "token"), opening.now, opening.since, channels)


def _notifier(opening: Opening) -> SlackNotifier | None:
    return SlackNotifier(_wire(opening, "write_token")) if "write_token" in opening.secrets else None


def _verifier(opening: Opening) -> SlackSignature | None:
    live = [opening.secrets[name] for name in ("signing_secret", "signing_secret_before") if name in opening.secrets]
    return SlackSignature(live) if live else None


ADAPTER = Adapter(
    name=VENDOR,
    title="Slack",
    page="https://api.slack.com/apps",
    asks=(
        Ask("token", "the bot token (xoxb-…) of an app that may only read: users:read, users:read.email, and "
            "channels:history, groups:history for shared channels", secret=True, where="OAuth & Permissions"),
        Ask("write_token", "the bot token that may also write (chat:write, im:write), if people shall be told there "
            "what waits for them", secret=True, needed=False, where="OAuth & Permissions"),
        Ask("signing_secret", "the signing secret, if people shall decide there", secret=True, needed=False,
            where="Basic Information; Interactivity: request URL https://YOUR-ADDRESS/hooks/vendors/slack"),
        Ask("signing_secret_before", "its secret before, while it is being changed", secret=True, needed=False),
        Ask("channels", "channels shared with customers that are read, with the account of each: C012=501, C345",
            needed=False),
        Ask("address", "another address, for a gateway of yours", needed=False),
    ),
    reads="who is in your workspace (name and address), and what is said in the shared channels that you name; no "
    "other channel, no private talk",
    writes="nothing, until you give it a second token; then each person gets the items that wait for them, and a line "
    "each morning. No customer is ever written to through Slack",
    undo="tenure disconnect slack stops both at once; what was said stays until somebody removes it",
    source=_source,
    verifier=_verifier,
    notifier=_notifier,
)  # fmt: skip
