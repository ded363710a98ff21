"""Refresh tokens that their provider replaces as they are used: the newest is kept, encrypted, for every process."""

import hmac
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from agent_runtime.clock import Clock
from agent_runtime.jobs import Checkpoint, checkpoint, set_checkpoint, take_turn
from agent_runtime.sealing import seal, unseal
from tools.base import NotAllowed, Unreachable
from tools.http.buckets import Wait

_checkpoint: Table = Checkpoint.__table__  # type: ignore[attr-defined]
# Longer than a token request may take; so long a turn lasts of one who was killed in it.
_TURN = timedelta(minutes=1)
_STEP = 0.25


@dataclass(frozen=True, slots=True)
class Rotation:
    """The newest of one secret. `keeper`: the connection or the sender that has it; `name`: what it is called there.

    `given`: the secret as it was given. A provider that replaces it lets the old one be good for a while, or not at
    all: so nobody asks with the same one twice, and what replaced it is stored before anything else is done.
    """

    engine: Engine = field(repr=False)
    install_key: SecretStr
    clock: Clock
    keeper: str
    name: str
    given: SecretStr
    wait: Wait = time.sleep

    @contextmanager
    def turn(self) -> Iterator[SecretStr]:
        """The newest one, while nobody else asks with it; raises Unreachable where another does not come to an end."""
        asking = token_hex(8)
        self._wait_for_turn(asking)
        try:
            yield self.newest()
        finally:
            self._takes(asking, timedelta())

    def newest(self) -> SecretStr:
        """The one that is good now; raises NotAllowed where what is kept does not open."""
        with self.engine.connect() as connection:
            return self._newest(checkpoint(connection, self._row))

    def keep(self, used: SecretStr, newest: SecretStr) -> None:
        """Keeps what replaced `used`; where somebody has gone on from it meanwhile, theirs is the newer and stays."""
        sealed = seal(newest.get_secret_value(), self._place, self.install_key)
        added = {mark_of(self.given, self.install_key): sealed}
        with self.engine.begin() as connection:
            chosen = _checkpoint.c.name == self._row
            kept = connection.scalar(select(_checkpoint.c.value).where(chosen).with_for_update())
            if self._newest(kept) != used:
                return
            if kept is None:
                self._first(connection, added)
            else:
                connection.execute(update(_checkpoint).where(chosen).values(value=kept | added))

    def _first(self, connection: Connection, added: dict[str, str]) -> None:
        try:
            with connection.begin_nested():
                connection.execute(insert(_checkpoint), {"name": self._row, "value": added})
        except IntegrityError:
            return  # somebody else was first

    def _newest(self, kept: dict[str, Any] | None) -> SecretStr:
        sealed = (kept or {}).get(mark_of(self.given, self.install_key))
        if sealed is None:
            return self.given
        opened = unseal(sealed, self._place, self.install_key)
        if opened is None:
            raise NotAllowed(
                self.keeper, f"the newest {self.name} cannot be opened with this installation's key",
                fix="Let the provider make another one, and give that.",
            )  # fmt: skip
        return opened

    def _wait_for_turn(self, asking: str) -> None:
        for _ in range(int(_TURN.total_seconds() / _STEP) + 2):
            if self._takes(asking, _TURN):
                return
            self.wait(_STEP)
        raise Unreachable(self.keeper, "another process is asking for a token and does not come to an end")

    def _takes(self, asking: str, length: timedelta) -> bool:
        with self.engine.begin() as connection:
            return take_turn(connection, f"rotating.{self.keeper}.{self.name}", asking, self.clock.now(), length)

    @property
    def _row(self) -> str:
        return _row_of(self.keeper, self.name)

    @property
    def _place(self) -> tuple[str, str]:
        return self._row, self.name


def mark_of(given: SecretStr, install_key: SecretStr) -> str:
    """By what a secret is known again; without the installation's key it says nothing of it."""
    told = b"rotated\x00" + given.get_secret_value().encode()
    return hmac.new(install_key.get_secret_value().encode(), told, sha256).hexdigest()


def is_rotated(connection: Connection, keeper: str, name: str) -> bool:
    """Whether a secret was replaced by its provider since it was given."""
    return bool(checkpoint(connection, _row_of(keeper, name)))


def forget_others(connection: Connection, keeper: str, name: str, mark: str) -> None:
    """Forgets what replaced the secrets that were given before the one of this mark."""
    kept = checkpoint(connection, _row_of(keeper, name))
    if kept:
        still = {each: sealed for each, sealed in kept.items() if each == mark}
        set_checkpoint(connection, _row_of(keeper, name), still)


def forget(connection: Connection, keeper: str, names: Iterable[str]) -> None:
    """Forgets what replaced these secrets of a keeper."""
    rows = [_row_of(keeper, name) for name in names]
    connection.execute(delete(_checkpoint).where(_checkpoint.c.name.in_(rows)))


def _row_of(keeper: str, name: str) -> str:
    return f"rotated.{keeper}.{name}"
