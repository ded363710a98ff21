"""A conversation as the corpus that recall searches, made in a scratch database through the product's own doors."""

from collections.abc import Iterable

from sqlalchemy import Engine

from agent_runtime import db
from agent_runtime.permissions import agent_scope
from evals.ranker.conversations import Conversation
from memory import timeline
from memory.embed import Embedder
from memory.recall import Corpus, read
from memory.timeline import NewActivity
from memory.vectors import embed_pending

ACCOUNT = "scratch"
BATCH = 200


def scratch_corpus(conversation: Conversation, embedder: Embedder) -> Corpus:
    """The conversation in a database in memory, embedded and read; passages stand in the order of the turns."""
    engine = db.make_engine("sqlite://")
    db.create_schema(engine)
    turns = (
        NewActivity(
            "generated", "chat", f"{number:06}", "message", turn.at, turn.at, ACCOUNT, text=turn.text,
            speaker=turn.speaker,
        )
        for number, turn in enumerate(conversation.turns)
    )  # fmt: skip
    corpus = filled(engine, turns, embedder)
    engine.dispose()
    return corpus


def filled(engine: Engine, activities: Iterable[NewActivity], embedder: Embedder | None) -> Corpus:
    """Adds one account's activities, embeds them and reads the account."""
    with engine.begin() as connection:
        timeline.add(connection, activities)
        while embedder and embed_pending(connection, embedder, BATCH):
            pass
        return read(connection, agent_scope(ACCOUNT), embedder=embedder)
