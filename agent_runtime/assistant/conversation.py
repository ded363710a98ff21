"""The conversation of an account: kept with it, seen by whoever may see the account, gone when it is erased."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

import orjson
from pydantic import SecretStr
from sqlalchemy import Connection, Table, insert, select, tuple_

from agent_runtime.assistant.models import Answer, ConversationTurn, Proposal, Question, Source, Statement
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from memory.scope import AccountScope

SAME_CONVERSATION = timedelta(minutes=30)
_turn: Table = ConversationTurn.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its answer, as it was given."""

    id: str
    asked_by: str
    asked_at: datetime
    question: str
    answer: Answer


def keep(connection: Connection, scope: AccountScope, question: Question, answer: Answer, key: SecretStr) -> str:
    """Keeps a turn with the account and tells the audit that it was; gives its id."""
    turn_id = f"turn_{token_hex(8)}"
    row = {
        "id": turn_id, "account_id": scope.account_id, "asked_by": question.user_id, "asked_at": question.at,
        "question": question.text, "answer": orjson.dumps(asdict(answer)).decode(),
    }  # fmt: skip
    connection.execute(insert(_turn).values(**row))
    told = {"refused": answer.refused, "statements": len(answer.statements), "model": answer.model}
    entry = Entry(question.at, ActorKind.USER, question.user_id, "assistant.asked", turn_id, told)
    audit.append(connection, scope.account_id, [entry], install_key=key)
    return turn_id


def turns(
    connection: Connection, scope: AccountScope, limit: int = 50, before: tuple[datetime, str] | None = None
) -> list[Turn]:
    """The turns of an account, the latest first; `before`: time and id of the one where the last page ended."""
    query = select(_turn).where(_turn.c.account_id == scope.account_id)
    if before is not None:
        query = query.where(tuple_(_turn.c.asked_at, _turn.c.id) < before)
    rows = connection.execute(query.order_by(_turn.c.asked_at.desc(), _turn.c.id.desc()).limit(limit))
    return [_read(row) for row in rows]


def asked_before(
    connection: Connection, scope: AccountScope, user_id: str, now: datetime, most: int
) -> tuple[str, ...]:
    """What this person asked of the account last, as far as it is the same conversation; the latest last."""
    mine = (_turn.c.account_id == scope.account_id, _turn.c.asked_by == user_id, _turn.c.asked_at <= now)
    query = select(_turn.c.question).where(*mine, _turn.c.asked_at > now - SAME_CONVERSATION)
    found = connection.scalars(query.order_by(_turn.c.asked_at.desc(), _turn.c.id.desc()).limit(most)).all()
    return tuple(reversed(found))


def turn(connection: Connection, scope: AccountScope, turn_id: str) -> Turn | None:
    """One turn of this account."""
    mine = (_turn.c.account_id == scope.account_id, _turn.c.id == turn_id)
    row = connection.execute(select(_turn).where(*mine)).one_or_none()
    return _read(row) if row else None


def _read(row: Any) -> Turn:
    return Turn(row.id, row.asked_by, row.asked_at, row.question, answer_of(orjson.loads(row.answer)))


def answer_of(plain: dict[str, Any]) -> Answer:
    """An answer out of its plain form."""
    parts = {
        "statements": tuple(
            Statement(x["text"], tuple(x["citations"]), x.get("worded", False)) for x in plain["statements"]
        ),
        "proposals": tuple(Proposal(**x) for x in plain["proposals"]),
        "sources": tuple(Source(**x) for x in plain["sources"]),
        "cannot_see": tuple(plain["cannot_see"]),
        "notes": tuple(plain["notes"]),
    }
    return Answer(**{**plain, **parts})
