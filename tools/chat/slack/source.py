"""Slack as a source and a place to be told: shared channels are read, people get what waits for them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from tools.base import (
    Button,
    Cap,
    CursorTooOld,
    Health,
    LimitReached,
    NotAllowed,
    Notice,
    Page,
    Row,
    Sight,
    SourceRecord,
    State,
    StreamSpec,
    VendorError,
)
from tools.chat.slack.wire import VENDOR, Object, SlackRefused, SlackWire, packed

# A message can be edited or removed for a while after it was written.
OVERLAP = timedelta(hours=24)
# How long a message of ours may be in one block.
_BLOCK = 2900
# Where a notice is looked for: among the last things that were said between us and a person.
_LOOKED_AT = 100
# What happens in a channel beside what people say.
_NOISE = frozenset({"channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "bot_message"})


@dataclass(slots=True)
class SlackSource:
    """A workspace. `channels`: shared channels that are read, with the account that each is shared with."""

    wire: SlackWire
    now: Callable[[], datetime]
    since: datetime
    channels: Mapping[str, str]
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.WEBHOOKS, Cap.DELETIONS})
    _people: dict[str, Object] = field(default_factory=dict)

    def check(self) -> Health:
        """Asks whose token it is."""
        try:
            who = self.wire.me()
        except NotAllowed as error:
            return Health(State.NOT_ALLOWED, "Slack does not accept the token.", fix=error.fix)
        except LimitReached:
            return Health(State.LIMITED, "Slack's limit is used up; reading goes on when it is free again.")
        except VendorError as error:
            return Health(State.UNREACHABLE, f"Slack could not be reached: {error.what}.")
        return Health(State.WELL, "Slack answers.", who=f"workspace {who.get('team')}")

    def streams(self) -> list[StreamSpec]:
        """The people, then what was said in the channels that are shared with customers."""
        said = StreamSpec("messages", "messages", "what is said in the shared channels that you name", overlap=OVERLAP)
        return [StreamSpec("people", "messages", "who is who: name and address"), *([said] if self.channels else [])]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The people whole each time; channel by channel what was said since, and once more the day before it."""
        if stream == "people":
            yield self._read_people()
            return
        places = _places(cursor)
        for name in sorted(self.channels):
            yield from self._channel(name, places)
        yield Page((), packed(places), True, self.now())

    def get(self, stream: str, source_id: str) -> Page | None:
        """Nothing is read one by one."""
        return None

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """Of each shared channel; the workspace as a whole is not seen."""
        return [Sight("messages", channel, since, until) for channel in sorted(self.channels)]

    def _read_people(self) -> Page:
        read_at, rows, cursor = self.now(), list[Row](), ""
        while True:
            found, cursor = self.wire.users(cursor)
            self._people.update((str(one["id"]), one) for one in found)
            rows += [_user_row(one) for one in found if _is_ours(one)]
            if not cursor:
                return Page((), "", True, read_at, {"people": rows})

    def _channel(self, channel: str, places: dict[str, str]) -> Iterator[Page]:
        """The pages of one channel; its place moves on when all of it was read, because the newest comes first."""
        known = places.get(channel)
        since = datetime.fromtimestamp(float(known), UTC) - OVERLAP if known else self.since
        oldest, cursor, newest = f"{max(since, self.since).timestamp():.6f}", "", known or "0"
        while True:
            read_at = self.now()
            found, cursor = self.wire.history(channel, oldest, cursor)
            said = [one for each in found for one in self._with_replies(channel, each)]
            newest = max([newest, *(str(one["ts"]) for one in found)], key=float)
            if not cursor:
                places[channel] = newest
            records = tuple(x for one in said if (x := self._record(channel, one, read_at)))
            yield Page(records, packed(places), False, read_at)
            if not cursor:
                return

    def _with_replies(self, channel: str, one: Object) -> list[Object]:
        return self.wire.replies(channel, str(one["ts"])) if one.get("reply_count") else [one]

    def _record(self, channel: str, one: Object, read_at: datetime) -> SourceRecord | None:
        if one.get("subtype") in _NOISE or not one.get("user") or one.get("bot_id"):
            return None
        if not self._people:
            self._read_people()
        author = self._people.get(str(one["user"]), {})
        ours, at = _is_ours(author) if author else False, datetime.fromtimestamp(float(one["ts"]), UTC)
        name = str((author.get("profile") or {}).get("email") or "") or f"slack:{one['user']}"
        fields = {
            "channel": "chat",
            "direction": "outbound" if ours else "inbound",
            "from": name.lower(),
            "to": f"slack:{channel}",
            "text": str(one.get("text") or ""),
            "user_id": str(one["user"]) if ours else None,
            "thread": str(one.get("thread_ts") or one["ts"]),
        }
        told = {key: value for key, value in fields.items() if value not in (None, "")}
        account = self.channels[channel] or None
        gone = one.get("subtype") == "tombstone"
        return SourceRecord(
            "messages", "messages", f"{channel}:{one['ts']}", read_at, at, account, gone, {} if gone else told
        )


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


def _places(cursor: str | None) -> dict[str, str]:
    try:
        told: Any = orjson.loads(cursor) if cursor else {}
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict):
        raise CursorTooOld(VENDOR, "the place where reading stopped is not one of ours")
    return {str(channel): str(place) for channel, place in told.items()}


def _is_ours(one: Object) -> bool:
    """A person of this workspace: no guest, no program, nobody of another company."""
    outside = ("is_stranger", "is_restricted", "is_ultra_restricted", "is_bot")
    return not any(one.get(name) for name in outside) and one.get("id") != "USLACKBOT"


def _user_row(one: Object) -> Row:
    profile: Mapping[str, Any] = one.get("profile") or {}
    row: Row = {"id": str(one["id"]), "name": str(one.get("real_name") or one.get("name") or one["id"]), "custom": {}}
    if profile.get("email"):
        row["email"] = str(profile["email"]).lower()
    return row


def named_channels(told: str) -> dict[str, str]:
    """Channel to account out of "C012=501, C345"; a channel without an account is matched by who writes."""
    pairs: Sequence[tuple[str, str, str]] = [one.partition("=") for one in told.split(",") if one.strip()]
    return {channel.strip(): account.strip() for channel, _, account in pairs}
