"""Pays for exchanges: a reservation before each, what it really took after it, in short transactions of its own."""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from sqlalchemy import Engine

from agent_runtime.llm import budget
from agent_runtime.llm.budget import Amount, Prices
from agent_runtime.llm.endpoint import Completion, Fault
from agent_runtime.llm.port import Reason


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose budget pays, and of which day."""

    account_id: str
    now: datetime


@dataclass(slots=True)
class Taken:
    """Tokens that a question's exchanges took together."""

    tokens_in: int = 0
    tokens_out: int = 0


class Purse:
    """The day's budgets of all accounts; `most`: of one account and day."""

    def __init__(self, engine: Engine, most: Amount, prices: Prices) -> None:
        self._engine, self._most, self.prices = engine, most, prices

    def pay(self, payer: Payer, taken: Taken, text: str, tokens_out: int, seconds: float) -> "Payment":
        """For one exchange of `text` and at most `tokens_out`, within `seconds`; adds what it took to `taken`."""
        amount = budget.most_of(text, tokens_out, self.prices, round(max(seconds, 0.0) * 1000))
        return Payment(self, payer, taken, amount)

    def reserve(self, payer: Payer, amount: Amount) -> None:
        """Raises Fault where the day's budget does not hold it any more."""
        with self._engine.begin() as connection:
            if not budget.reserve(connection, payer.account_id, payer.now, amount, self._most):
                raise Fault(Reason.OVER_BUDGET)

    def settle(self, payer: Payer, reserved: Amount, used: Amount) -> None:
        """Puts what was used in the place of what was reserved."""
        with self._engine.begin() as connection:
            budget.settle(connection, payer.account_id, payer.now, reserved, used)


class Payment:
    """Reserves on entering, corrects on leaving. What the endpoint did not count stays paid as it was reserved."""

    def __init__(self, purse: Purse, payer: Payer, taken: Taken, amount: Amount) -> None:
        self._purse, self._payer, self._taken, self._reserved = purse, payer, taken, amount
        self._used: tuple[int, int] | None = None

    def made(self, completion: Completion) -> None:
        """The exchange gave a whole reply."""
        if completion.tokens_in is not None and completion.tokens_out is not None:
            self._used = (completion.tokens_in, completion.tokens_out)

    def __enter__(self) -> "Payment":
        self._purse.reserve(self._payer, self._reserved)
        self._begun = monotonic()
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Fault):
            self._used = (0, 0) if error.unpaid else error.used
        took = round((monotonic() - self._begun) * 1000)
        tokens, cost = self._reserved.tokens, self._reserved.cost
        if self._used is not None:
            tokens, cost = sum(self._used), self._purse.prices.of(*self._used)
            self._taken.tokens_in += self._used[0]
            self._taken.tokens_out += self._used[1]
        self._purse.settle(self._payer, self._reserved, Amount(tokens, cost, took))
