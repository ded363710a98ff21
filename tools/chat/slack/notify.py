"""Slack as a place to be told: one message a notice, in the channel between a person and the app, replaced in place."""

from dataclasses import dataclass

from tools.chat.slack.wire import VENDOR, Object, SlackRefused, SlackWire
from tools.notices import Button, Notice

# How long a message of ours may be in one block.
_BLOCK = 2900
# Where a notice is looked for: among the last things that were said between us and a person.
_LOOKED_AT = 100


@dataclass(slots=True)
class SlackNotifier:
    """Tells people of the workspace, each in the channel between them and the app."""

    wire: SlackWire
    name: str = VENDOR

    def notify(self, notice: Notice, place: str | None) -> str:
        """Says it once; at a place where it stands already, it is replaced."""
        text = f"{notice.title}\n{notice.text}"[:_BLOCK]
        if place:
            channel, _, ts = place.partition(":")
            try:
                self.wire.update(channel, ts, escaped(text), _blocks(notice))
            except SlackRefused as error:
                if error.code != "message_not_found":
                    raise
            else:
                return place
        channel = self.wire.open(notice.recipient)
        return f"{channel}:{self.wire.post(channel, escaped(text), _blocks(notice), notice.key)}"

    def find(self, notice: Notice) -> str | None:
        """By the key that stands in the message."""
        channel = self.wire.open(notice.recipient)
        found, _ = self.wire.history(channel, "0", "", _LOOKED_AT)
        for one in found:
            payload = (one.get("metadata") or {}).get("event_payload") or {}
            if payload.get("key") == notice.key:
                return f"{channel}:{one['ts']}"
        return None


def escaped(text: str) -> str:
    """Words as they are: nothing in them becomes a mention, a link or a channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(notice: Notice) -> list[Object]:
    title = {"type": "section", "text": {"type": "mrkdwn", "text": f"*{escaped(_one_line(notice.title))}*"}}
    words = {"type": "section", "text": {"type": "plain_text", "text": notice.text[:_BLOCK] or " ", "emoji": False}}
    pressed: list[Object] = [_button(one, place) for place, one in enumerate(notice.buttons)]
    if notice.link:
        pressed.append({
            "type": "button", "action_id": "open", "url": notice.link, "text": {"type": "plain_text", "text": "Open"},
        })  # fmt: skip
    return [title, words, *([{"type": "actions", "elements": pressed}] if pressed else [])]


def _button(one: Button, place: int) -> Object:
    told: Object = {
        "type": "button", "action_id": f"press_{place}", "value": one.value,
        "text": {"type": "plain_text", "text": one.label},
    }  # fmt: skip
    return told | ({"style": "primary"} if one.main else {})


def _one_line(text: str) -> str:
    return " ".join(text.replace("*", "").split())[:250]
