"""Slack as a source: who is who, and what is said in shared channels, with what is answered and taken back later."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from tools.base import (
    Cap,
    CursorTooOld,
    Health,
    LimitReached,
    NotAllowed,
    Page,
    Row,
    Sight,
    SourceRecord,
    State,
    StreamSpec,
    VendorError,
)
from tools.chat.slack.wire import VENDOR, Object, SlackWire, packed

# A message can be edited or removed for a while after it was written.
OVERLAP = timedelta(hours=24)
# Somebody answers in a thread that began long ago: so far back threads are looked at, once in so long.
THREADS, LOOKS = timedelta(days=14), timedelta(hours=1)
# How many messages of the last day are remembered of a channel, to see which are taken back.
_REMEMBERED = 500
# What happens in a channel beside what people say.
_NOISE = frozenset({"channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "bot_message"})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a channel stands: the stamp of its newest message, "" before the first read; when its threads were looked
    at (ISO 8601); of the last day's messages the stamp of each with that of the one that it answers."""

    newest: str = ""
    looked: str = ""
    said: Mapping[str, str] = field(default_factory=dict)


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
        yield Page((), _cursor(places), True, self.now())

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

    def _channel(self, channel: str, places: dict[str, _Place]) -> Iterator[Page]:
        """The pages of one channel; its place moves on when all of it was read, because the newest comes first."""
        known = places.get(channel, _Place())
        since, oldest, looked = self._window(known)
        cursor, found = "", dict[str, str]()
        while True:
            read_at = self.now()
            told, cursor = self.wire.history(channel, f"{oldest:.6f}", cursor)
            said = [one for each in told if _is_of(each, since) for one in self._with_replies(channel, each)]
            found |= {str(one["ts"]): str(one.get("thread_ts") or one["ts"]) for one in said}
            records = [x for one in said if (x := self._record(channel, one, read_at))]
            if not cursor:
                records += [self._gone(channel, ts, read_at) for ts in _missing(known.said, found, since)]
                places[channel] = _moved(known, found, looked)
            yield Page(tuple(records), _cursor(places), False, read_at)
            if not cursor:
                return

    def _window(self, known: _Place) -> tuple[float, float, str]:
        """From when messages are read, from when threads are looked at (both seconds since 1970), and when that was."""
        now, first = self.now(), self.since.timestamp()
        if not known.newest:
            return first, first, now.isoformat()
        since = max(float(known.newest) - OVERLAP.total_seconds(), first)
        if now - datetime.fromisoformat(known.looked) < LOOKS:
            return since, since, known.looked
        return since, max(float(known.newest) - THREADS.total_seconds(), first), now.isoformat()

    def _with_replies(self, channel: str, one: Object) -> list[Object]:
        return self.wire.replies(channel, str(one["ts"])) if one.get("reply_count") else [one]

    def _gone(self, channel: str, ts: str, read_at: datetime) -> SourceRecord:
        """A message that was there and is no more: somebody took it back."""
        at = datetime.fromtimestamp(float(ts), UTC)
        account = self.channels[channel] or None
        return SourceRecord("messages", "messages", f"{channel}:{ts}", read_at, at, account, deleted=True)

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


def _is_of(one: Object, since: float) -> bool:
    """Whether a message was written since then, or answered."""
    return max(float(one["ts"]), float(one.get("latest_reply") or 0)) > since


def _missing(said: Mapping[str, str], found: Mapping[str, str], since: float) -> list[str]:
    """What was said and is not there any more, as far as it would have been shown now."""
    return [ts for ts, thread in said.items() if ts not in found and float(thread) > since]


def _moved(known: _Place, found: Mapping[str, str], looked: str) -> _Place:
    newest = max([known.newest or "0", *found], key=float)
    young = sorted((x for x in found if float(x) > float(newest) - OVERLAP.total_seconds()), key=float)
    return _Place(newest, looked, {ts: found[ts] for ts in young[-_REMEMBERED:]})


def _places(cursor: str | None) -> dict[str, _Place]:
    try:
        told: dict[str, Any] = orjson.loads(cursor) if cursor else {}
        return {channel: _Place(**place) for channel, place in told.items()}
    except (orjson.JSONDecodeError, TypeError, AttributeError):
        raise CursorTooOld(VENDOR, "the place where reading stopped is not one of ours") from None


def _cursor(places: Mapping[str, _Place]) -> str:
    return packed(places)


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
