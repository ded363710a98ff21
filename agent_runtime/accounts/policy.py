"""Which accounts a transfer is about: typed conditions, read from `name=value` pairs or from a request. Pure."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent_runtime.errors import BadInput

Word = Annotated[str, Field(min_length=1, max_length=200)]


class Where(BaseModel):
    """Conditions that must all hold; what is None does not matter. `name` is how the account's name begins."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    segment: Word | None = None
    country: Word | None = None
    industry: Word | None = None
    renewal_before: date | None = None
    name: Word | None = None


class Candidate(BaseModel):
    """What is looked at of an account."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    name: str
    segment: str | None
    country: str | None
    industry: str | None
    renewal_date: date | None


def parse(text: str) -> Where:
    """Reads `segment=enterprise,renewal_before=2026-12-31`; an empty text is no condition. Raises BadInput."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    given = {name.strip(): value.strip() for name, _, value in pairs}
    known = ", ".join(Where.model_fields)
    if len(given) != len(pairs):
        raise BadInput("A condition stands twice in --where.", fix="Run the transfer once for each value.")
    try:
        return Where.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        reason = "is no condition" if first["type"] == "extra_forbidden" else first["msg"]
        raise BadInput(f"--where {first['loc'][0]}: {reason}.", fix=f"The conditions are: {known}.") from None


def holds(where: Where, account: Candidate) -> bool:
    """Whether an account meets every condition; names and words without regard to capitals."""
    words = all(
        wanted is None or (found or "").casefold() == wanted.casefold()
        for wanted, found in (
            (where.segment, account.segment),
            (where.country, account.country),
            (where.industry, account.industry),
        )
    )
    renewal = account.renewal_date
    soon = where.renewal_before is None or (renewal is not None and renewal < where.renewal_before)
    named = where.name is None or account.name.casefold().startswith(where.name.casefold())
    return words and soon and named
