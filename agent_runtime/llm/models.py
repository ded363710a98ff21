"""Tables of the model port: each call with its reply, what was spent a day, and what each endpoint can do."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class Rung(StrEnum):
    """How strictly the form of a reply is demanded; each falls back to the next."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    TEXT = "text"

    @property
    def next(self) -> "Rung | None":
        """The next looser one; None after the last."""
        rungs = list(Rung)
        return rungs[place] if (place := rungs.index(self) + 1) < len(rungs) else None


class ModelCall(SQLModel, table=True):
    """One request to a model and what came of it.

    `request_hash`: over model, prompt, inputs, schema and account; the audit names it. `outcome`: replied, stopped, or
    the reason why there is no reply. `reply`: the validated reply as JSON, the only personal text here; erasure and
    age empty it. `cost` in millionths of the currency of the prices.
    """

    __tablename__ = "tenure_model_call"
    __table_args__ = (Index("tenure_model_call_request", "request_hash"), Index("tenure_model_call_at", "at"))

    id: str = Field(primary_key=True)
    request_hash: str
    account_id: str = Field(index=True)
    purpose: str
    prompt: str
    prompt_hash: str
    model: str
    outcome: str
    tokens_in: int
    tokens_out: int
    cost: int = Field(sa_type=BigInteger)
    milliseconds: int
    at: datetime
    reply: str | None = None


class ModelSpend(SQLModel, table=True):
    """What an account's questions took on one day (UTC): reserved before each call, corrected after it."""

    __tablename__ = "tenure_model_spend"

    account_id: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    tokens: int = Field(sa_type=BigInteger)
    cost: int = Field(sa_type=BigInteger)
    milliseconds: int = Field(sa_type=BigInteger)


class ModelEndpoint(SQLModel, table=True):
    """How strictly a model at an endpoint can be told the form of its reply; found out once, by trying.

    `endpoint`: a hash over the address and the model's name.
    """

    __tablename__ = "tenure_model_endpoint"

    endpoint: str = Field(primary_key=True)
    model: str
    rung: str
    learned_at: datetime
