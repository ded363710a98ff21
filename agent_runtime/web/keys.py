"""The one list of keys: the scripts, the sheet of keys, the documents and the tests read it from keys.json."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict

from agent_runtime.errors import BadInput

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

    @property
    def single(self) -> str:
        """The one letter or sign by which it can be pressed, empty where there is none."""
        return next((stroke for stroke in self.keys if len(stroke) == 1), "")


@cache
def registry() -> tuple[Key, ...]:
    """All keys in the order of the sheet."""
    return tuple(Key(**row) for row in orjson.loads(FILE.read_bytes()))


def keys_of(changes: Mapping[str, str]) -> tuple[Key, ...]:
    """All keys as somebody changed them; `changes`: letter or sign by id of the key."""
    return tuple(
        key.model_copy(update={"keys": tuple(changes[key.id] if x == key.single else x for x in key.keys)})
        if changes.get(key.id) and key.single
        else key
        for key in registry()
    )


def key_groups(changes: Mapping[str, str] | None = None) -> dict[str, list[Key]]:
    """The keys under the headings of the sheet, as somebody changed them."""
    groups: dict[str, list[Key]] = {}
    for key in keys_of(changes or {}):
        groups.setdefault(key.group, []).append(key)
    return groups


def with_change(changes: Mapping[str, str], key_id: str, stroke: str) -> dict[str, str]:
    """`changes` with another letter or sign for a key; raises BadInput for one that is none or that is taken."""
    now = {key.id: key for key in keys_of(changes)}
    if key_id not in now or not now[key_id].single:
        raise BadInput("This key cannot be changed.", fix="Choose another one.")
    if len(stroke) != 1 or not stroke.isprintable() or stroke.isspace() or stroke.isdigit() or stroke.isupper():
        raise BadInput("That is no key for this.", fix="Take one small letter or sign; figures choose in lists.")
    taken = {x.partition(" ")[0]: key for key in now.values() if key.id != key_id for x in key.keys}
    if stroke in taken:
        raise BadInput(
            f"“{stroke}” means “{taken[stroke].label}” already.", fix="Take another one, or change that first."
        )
    return {**changes, key_id: stroke}
