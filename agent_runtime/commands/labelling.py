"""`tenure calls label`: twenty minutes in which a person says what calls were about."""

from collections.abc import Callable, Sequence
from typing import Final

import orjson
from rich.console import Console

from agent_runtime.brief.opening import open_database, reading
from agent_runtime.calls.labelling.policy import Heard
from agent_runtime.calls.labelling.service import add_label, agreement, corrected_reader, session
from agent_runtime.calls.models import Topic
from agent_runtime.clock import Clock
from agent_runtime.commands.diagnosing import present
from agent_runtime.embedding import embedder_of
from agent_runtime.errors import BadInput, NotThere
from agent_runtime.settings import load as load_settings
from agent_runtime.users.service import people
from memory.embed import Embedder

KEYS: Final[dict[str, Topic]] = {
    "b": "buy_or_upgrade", "c": "cancel_risk", "i": "billing", "t": "technical", "s": "security", "d": "scheduling",
    "o": "other", "u": "unknown",
}  # fmt: skip
_WORDS: Final = {
    "b": "buy or upgrade", "c": "might leave", "i": "invoice, payment", "t": "technical", "s": "security, access",
    "d": "a date", "o": "something else", "u": "cannot be told",
}  # fmt: skip
SKIP, STOP = "", "q"
Ask = Callable[[Heard], str]


def label_command(
    by: str, database: str | None, *, most: int, as_json: bool, ask: Ask | None = None, clock: Clock | None = None
) -> None:
    """Asks about calls one by one and keeps each answer at once, so that stopping loses nothing.

    With `as_json`: only lists what would be asked. `ask` gives a key for a call; without one a person is asked.
    """
    embedder = _embedder()
    with reading(database) as connection:
        if by not in {person.id for person in people(connection)}:
            raise NotThere(f"There is no user {by}.", fix="Give the id of one of yours.")
        now = present(connection, clock)
        chosen = session(connection, corrected_reader(connection, embedder), now, most)
    if as_json:
        rows = [{"call_id": one.call_id, "text": one.text, "said": one.reading.topic} for one in chosen]
        Console().print_json(orjson.dumps(rows).decode())
        return
    console = Console()
    if ask is None:
        console.print(", ".join(f"{key} = {word}" for key, word in _WORDS.items()), highlight=False, markup=False)
        console.print("Return passes a call over, q stops.", highlight=False)
    kept = _asked(chosen, ask or _asks(console, len(chosen)), by, database, clock)
    with reading(database) as connection:
        labels, same = agreement(connection)
    console.print(f"{kept} calls labelled now, {labels} in all; in {same} of them the classifier had said the same.")


def _asked(chosen: Sequence[Heard], ask: Ask, by: str, database: str | None, clock: Clock | None) -> int:
    engine = open_database(database)
    kept = 0
    for one in chosen:
        key = ask(one).strip().lower()
        if key == STOP:
            break
        if key == SKIP:
            continue
        if key not in KEYS:
            raise BadInput(f'"{key}" stands for no topic.', fix=f"Use one of {' '.join(KEYS)}; the others were kept.")
        with engine.begin() as connection:
            add_label(connection, one.call_id, KEYS[key], one.reading.topic, by, present(connection, clock))
        kept += 1
    engine.dispose()
    return kept


def _asks(console: Console, number: int) -> Ask:
    place = 0

    def ask(one: Heard) -> str:
        nonlocal place
        place += 1
        console.print(f"\n[{place}/{number}] {one.text}", highlight=False, markup=False)
        while (key := console.input("about: ").strip().lower()) not in (*KEYS, SKIP, STOP):
            console.print(f"One of {' '.join(KEYS)}, please.", highlight=False)
        return key

    return ask


def _embedder() -> Embedder | None:
    chosen = embedder_of(load_settings())
    return chosen.embedder if chosen else None
