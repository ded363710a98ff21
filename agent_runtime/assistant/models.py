"""What is asked of the assistant and what it answers: plain values that cite their sources, and the table of turns."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class ConversationTurn(SQLModel, table=True):
    """One question that somebody asked of an account, with its answer as JSON; it stays with the account."""

    __tablename__ = "tenure_conversation_turn"
    __table_args__ = (Index("tenure_conversation_turn_account", "account_id", "asked_at"),)

    id: str = Field(primary_key=True)
    account_id: str
    asked_by: str
    asked_at: datetime
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """What `user_id` asks; the answer knows nothing that became known after `at` (aware).

    `earlier`: what they asked before in the same conversation, the latest last.
    """

    text: str
    at: datetime
    user_id: str
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer; each of `citations` is the id of one of the answer's sources.

    `worded`: a model put it into these words, and its sources bear them out; else code composed it.
    """

    text: str
    citations: tuple[str, ...]
    worded: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A row that a statement stands on. `kind`: mail, call, crm, fact, promise, matter, item and so on.

    `at`: when it happened, "" where a row has no one moment; `quote`: its words, at most 400 characters;
    `link`: where the pages show it; `account_id`: whose row it is.
    """

    id: str
    kind: str
    title: str
    at: str
    quote: str
    link: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that the person asked for; once they confirm it, it is an item of their inbox. Nothing is sent.

    `kind`: task, call or mail; `due`: an aware time as ISO text, `shown_at`: from when it is before them, "" for at
    once; `to`: the name of the contact `contact_id`, both "" for none; `wish`: in their words; `body`: what the card
    says.
    """

    id: str
    kind: str
    title: str
    body: str
    due: str
    to: str
    contact_id: str
    account_id: str
    shown_at: str = ""
    wish: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, whole: `answer` are the statements one after the other, each followed by its marks "[1]".

    `refused`: the records do not answer it, `reason` says why; `cannot_see`: channels in which more may stand;
    `model`: who worded it, None when code did; `notes`: what the reader should know of how it was made; `kind`: of
    what kind the question was.
    """

    answer: str
    statements: tuple[Statement, ...] = ()
    refused: bool = False
    reason: str = ""
    cannot_see: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    sources: tuple[Source, ...] = ()
    model: str | None = None
    notes: tuple[str, ...] = field(default=())
    kind: str = ""
