"""world.toml: what the world is called, when it plays, and where its company works."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tools.base import UnreadableSource
from tools.world.values import BadValue, day, moment, name

VERSION = 1


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """The head of a world. `holidays` is None where the public ones of the region's country apply.

    `start`, `end`: aware UTC. `intake`: addresses (lower case) and numbers where strangers may write or call.
    """

    title: str
    start: datetime
    end: datetime
    timezone: str
    currency: str
    default_region: str
    business_hours: str
    holidays: tuple[date, ...] | None
    own_domains: tuple[str, ...]
    intake: tuple[str, ...]
    fallback_owner: str | None
    fallback_manager: str | None
    note: str


def read_settings(folder: Path) -> WorldSettings:
    """Reads `folder`/world.toml; UnreadableSource with one line that says what to mend."""
    path = folder / "world.toml"
    if not path.is_file():
        raise UnreadableSource(f"{path} is missing: a world folder needs world.toml and accounts.csv.")
    try:
        return _settings(tomllib.loads(path.read_text(encoding="utf-8")), folder.name)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableSource(f"{path} cannot be read: {error}.") from error
    except BadValue as error:
        raise UnreadableSource(f"{path}: {error}.") from error


def _settings(data: dict[str, Any], folder: str) -> WorldSettings:
    version = data.get("version", VERSION)
    if version != VERSION:
        raise BadValue("version", f"this world is of version {version!r}, known is {VERSION}")
    fallback = data.get("fallback", {})
    if not isinstance(fallback, dict):
        raise BadValue("fallback", "must be a table with owner and manager")
    start, end = moment(data.get("start"), "start"), moment(data.get("end"), "end")
    if end <= start:
        raise BadValue("end", "lies before start")
    return WorldSettings(
        title=str(data.get("title", folder)),
        start=start,
        end=end,
        timezone=_zone(data.get("timezone")),
        currency=name(data.get("currency"), "currency"),
        default_region=str(data.get("default_region", "")).upper(),
        business_hours=str(data.get("business_hours", "Mon-Fri 09:00-17:00")),
        holidays=_holidays(data),
        own_domains=tuple(domain.lower() for domain in _names(data, "own_domains")),
        intake=tuple(address.lower() for address in _names(data, "intake")),
        fallback_owner=fallback.get("owner"),
        fallback_manager=fallback.get("manager"),
        note=str(data.get("note", "")),
    )


def _zone(value: Any) -> str:
    zone = name(value, "timezone")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadValue("timezone", f"unknown zone {zone!r}; wanted: Europe/Berlin") from None
    return zone


def _holidays(data: dict[str, Any]) -> tuple[date, ...] | None:
    if "holidays" not in data:
        return None
    return tuple(day(value, "holidays") for value in _list(data, "holidays"))


def _names(data: dict[str, Any], key: str) -> list[str]:
    return [name(value, key) for value in _list(data, key)]


def _list(data: dict[str, Any], key: str) -> list[Any]:
    values = data.get(key, [])
    if not isinstance(values, list):
        raise BadValue(key, "must be a list")
    return values
