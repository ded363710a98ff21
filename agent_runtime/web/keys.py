"""The one list of keys: the scripts, the sheet of keys, the documents and the tests read it from keys.json."""

from functools import cache
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).parent / "keys.json"


class Key(BaseModel):
    """One key. `id`: what elements name in data-key; `keys`: as the browser calls them, a space between two strokes;
    `sends`: it may begin something outward, which has an undo window."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    keys: tuple[str, ...]
    label: str
    group: str
    sends: bool = False


@cache
def registry() -> tuple[Key, ...]:
    """All keys in the order of the sheet."""
    return tuple(Key(**row) for row in orjson.loads(FILE.read_bytes()))


@cache
def key_groups() -> dict[str, list[Key]]:
    """The keys under the headings of the sheet."""
    groups: dict[str, list[Key]] = {}
    for key in registry():
        groups.setdefault(key.group, []).append(key)
    return groups
