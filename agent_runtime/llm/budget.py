"""Budgets a day and account: reserved in the database before a call and corrected after it."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import Connection, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from agent_runtime.llm.models import ModelSpend

# Beside its text a message takes a few tokens, and a request with a schema a few more.
_TOKENS_AROUND = 64
_spend: Table = ModelSpend.__table__  # type: ignore[attr-defined]
_HERE = (_spend.c.account_id == bindparam("account"), _spend.c.day == bindparam("on"))
_TAKE = (
    update(_spend)
    .where(
        *_HERE,
        _spend.c.tokens + bindparam("tokens_more") <= bindparam("tokens_most"),
        _spend.c.cost + bindparam("cost_more") <= bindparam("cost_most"),
        _spend.c.milliseconds + bindparam("time_more") <= bindparam("time_most"),
    )
    .values(
        tokens=_spend.c.tokens + bindparam("tokens_more"),
        cost=_spend.c.cost + bindparam("cost_more"),
        milliseconds=_spend.c.milliseconds + bindparam("time_more"),
    )
)
_CORRECT = (
    update(_spend)
    .where(*_HERE)
    .values(
        tokens=_spend.c.tokens + bindparam("tokens_more"),
        cost=_spend.c.cost + bindparam("cost_more"),
        milliseconds=_spend.c.milliseconds + bindparam("time_more"),
    )
)


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens, cost in millionths of a currency, and milliseconds: of a call, or the most of a day."""

    tokens: int
    cost: int
    milliseconds: int

    def less(self, other: "Amount") -> "Amount":
        """The difference of each."""
        return Amount(self.tokens - other.tokens, self.cost - other.cost, self.milliseconds - other.milliseconds)


@dataclass(frozen=True, slots=True)
class Prices:
    """Currency for a million tokens, read and written; so one token costs that many millionths."""

    tokens_in: float
    tokens_out: float

    def of(self, tokens_in: int, tokens_out: int) -> int:
        """What so many tokens cost, in millionths, rounded up."""
        return ceil(tokens_in * self.tokens_in + tokens_out * self.tokens_out)


def most_of(text: str, tokens_out: int, prices: Prices, milliseconds: int) -> Amount:
    """The most that a call can take: no token of a text is shorter than a byte of it."""
    tokens_in = len(text.encode()) + _TOKENS_AROUND
    return Amount(tokens_in + tokens_out, prices.of(tokens_in, tokens_out), milliseconds)


def reserve(connection: Connection, account_id: str, now: datetime, amount: Amount, most: Amount) -> bool:
    """Takes `amount` out of the day's budget, or gives False where it does not fit any more."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"account_id": account_id, "day": _day(now), "tokens": 0, "cost": 0, "milliseconds": 0}
    connection.execute(make(_spend).values(row).on_conflict_do_nothing())
    limits = {"tokens_most": most.tokens, "cost_most": most.cost, "time_most": most.milliseconds}
    return connection.execute(_TAKE, _more(account_id, now, amount) | limits).rowcount == 1


def settle(connection: Connection, account_id: str, reserved_at: datetime, reserved: Amount, used: Amount) -> None:
    """Puts what a call really took in the place of what was reserved for it."""
    connection.execute(_CORRECT, _more(account_id, reserved_at, used.less(reserved)))


def spent(connection: Connection, account_id: str, now: datetime) -> Amount:
    """What was taken on that day so far, reservations included."""
    query = select(_spend.c.tokens, _spend.c.cost, _spend.c.milliseconds).where(*_HERE)
    row = connection.execute(query, {"account": account_id, "on": _day(now)}).first()
    return Amount(*row) if row else Amount(0, 0, 0)


def _more(account_id: str, now: datetime, amount: Amount) -> dict[str, str | int]:
    return {
        "account": account_id,
        "on": _day(now),
        "tokens_more": amount.tokens,
        "cost_more": amount.cost,
        "time_more": amount.milliseconds,
    }


def _day(now: datetime) -> str:
    return now.date().isoformat()
