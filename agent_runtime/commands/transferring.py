"""`tenure transfer`: shows which accounts would move, and moves them when it is told to."""

from dataclasses import asdict, dataclass
from itertools import islice

import orjson
from rich.console import Console
from rich.table import Table

from agent_runtime.accounts.handover import hand_over
from agent_runtime.accounts.policy import Where, parse
from agent_runtime.accounts.service import Moving, Post, Transferred, moving, transfer
from agent_runtime.clock import Clock, SystemClock
from agent_runtime.installation import Installation, open_installation
from agent_runtime.settings import load as load_settings

# Accounts a transaction: a transfer that breaks off stays whole up to there, and again goes on there.
BATCH = 100
# Who did it, in the audit: whoever has a shell on this machine.
OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Asked:
    """What stood on the command line."""

    from_user: str
    to_user: str
    where: Where
    post: Post


def transfer_command(from_user: str, to_user: str, where: str, role: str, *, sure: bool, as_json: bool) -> None:
    """Prints what would move; with `sure` moves it and prints what became of it."""
    asked = Asked(from_user, to_user, parse(where), Post(role))
    settings = load_settings()
    installation = open_installation(settings)
    engine = installation.engine
    with engine.connect() as connection:
        chosen = moving(connection, asked.from_user, asked.where, asked.post)
    if not sure:
        said = f"{len(chosen)} accounts would move from {from_user} to {to_user}. Nothing changed: add --yes."
        _print({"would_move": [asdict(each) for each in chosen]}, as_json, said, _table(chosen))
        return
    done = _move_all(installation, [each.id for each in chosen], asked, SystemClock())
    engine.dispose()
    said = f"{len(done.moved)} accounts moved to {to_user}; {len(done.cancelled)} approved actions were cancelled."
    _print(asdict(done), as_json, said)


def _move_all(installation: Installation, ids: list[str], asked: Asked, clock: Clock) -> Transferred:
    engine, key = installation.engine, installation.install_key
    done = Transferred([], [], [])
    remaining = iter(ids)
    while batch := list(islice(remaining, BATCH)):
        with engine.begin() as connection:
            each = transfer(connection, batch, asked.to_user, OPERATOR, clock.now(), key, asked.post)
        done.moved.extend(each.moved)
        done.unchanged.extend(each.unchanged)
        done.cancelled.extend(each.cancelled)
    if done.moved and asked.post is Post.OWNER:
        now = clock.now()
        with engine.begin() as connection:
            working = installation.company(connection, now).is_working
            hand_over(connection, done.moved, asked.to_user, asked.from_user, now, working, key)
    return done


def _table(chosen: list[Moving]) -> Table:
    table = Table("account", "name", "renewal", "begun, open", "items", box=None, pad_edge=False)
    for each in chosen:
        figures = (str(each.open_interactions), str(each.open_items))
        table.add_row(each.id, each.name, each.renewal_date or "", *figures)
    return table


def _print(plain: object, as_json: bool, *shown: object) -> None:
    if as_json:
        Console().out(orjson.dumps(plain, option=orjson.OPT_INDENT_2).decode(), highlight=False)
        return
    for each in shown:
        Console().print(each, highlight=False, markup=False, soft_wrap=isinstance(each, str))
