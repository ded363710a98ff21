"""The rows of the port: calls with their replies, and what endpoints can do. In the caller's transaction."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, delete, insert, select, update

from agent_runtime.llm.models import ModelCall, ModelEndpoint, Rung

REPLIED = "replied"
_KNOWN_FOR = timedelta(days=7)
_call: Table = ModelCall.__table__  # type: ignore[attr-defined]
_endpoint: Table = ModelEndpoint.__table__  # type: ignore[attr-defined]


def keep(connection: Connection, call: ModelCall) -> None:
    """Writes down one call."""
    connection.execute(insert(_call).values(call.model_dump()))


def replied(connection: Connection, request_hash: str) -> str | None:
    """The reply that was given to the same request before and is still held, as JSON."""
    query = select(_call.c.reply).where(_call.c.request_hash == request_hash, _call.c.outcome == REPLIED)
    return connection.scalar(query.where(_call.c.reply.is_not(None)).order_by(_call.c.at.desc()).limit(1))


def forget_replies(connection: Connection, account_ids: set[str]) -> int:
    """Empties the replies of these accounts, and those over many accounts, in which anybody may stand."""
    held = _call.c.account_id.in_({*account_ids, ""}) & _call.c.reply.is_not(None)
    return connection.execute(update(_call).where(held).values(reply=None)).rowcount


def forget_replies_before(connection: Connection, moment: datetime) -> int:
    """Empties the replies of calls before `moment`; what was asked and spent stays."""
    old = (_call.c.at < moment) & _call.c.reply.is_not(None)
    return connection.execute(update(_call).where(old).values(reply=None)).rowcount


def rung_of(connection: Connection, endpoint: str, now: datetime) -> Rung | None:
    """The rung that was found to serve; None where it was not tried of late: servers learn."""
    query = select(_endpoint.c.rung).where(_endpoint.c.endpoint == endpoint, _endpoint.c.learned_at > now - _KNOWN_FOR)
    found = connection.scalar(query)
    return Rung(found) if found else None


def learn_rung(connection: Connection, endpoint: str, model: str, rung: Rung, now: datetime) -> None:
    """Remembers the rung that serves."""
    connection.execute(delete(_endpoint).where(_endpoint.c.endpoint == endpoint))
    row = {"endpoint": endpoint, "model": model, "rung": rung.value, "learned_at": now}
    connection.execute(insert(_endpoint).values(row))
