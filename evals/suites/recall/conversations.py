"""Recall on conversations in LoCoMo's format: writes each question's ranked turns for a scorer to judge."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from agent_runtime import db
from evals.ranker.scratch import ACCOUNT, filled
from memory.embed import Embedder, choose
from memory.recall import Corpus
from memory.recall.ranker import Ranker, shipped
from memory.recall.ranking import rank
from memory.timeline import NewActivity

WRITTEN_AT = "%I:%M %p on %d %B, %Y"
DEEPEST = 200


def run(chosen: Namespace) -> None:
    """Recalls every question of every conversation, each conversation an account of its own."""
    samples = orjson.loads(chosen.data.read_bytes())
    embedder = None if chosen.no_vectors else _embedder()
    ranker = None if chosen.no_ranker else shipped()
    with chosen.ranked.open("wb") as out:
        for sample in samples:
            corpus = read_conversation(sample["conversation"], embedder)
            for line in ranked_lines(sample, corpus, embedder, ranker):
                out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
            print(f"{sample['sample_id']}: {len(corpus.said)} turns, {len(sample['qa'])} questions", flush=True)


def _embedder() -> Embedder:
    chosen = choose()
    if chosen.warning:
        print(chosen.warning, flush=True)
    return chosen.embedder


def read_conversation(conversation: dict[str, Any], embedder: Embedder | None) -> Corpus:
    """The conversation as one account's memory in a scratch database, embedded where there is an embedder."""
    engine = db.make_engine("sqlite://")
    db.create_schema(engine)
    corpus = filled(engine, turns(conversation), embedder)
    engine.dispose()
    return corpus


def turns(conversation: dict[str, Any]) -> Iterator[NewActivity]:
    """Each turn as a message at its session's time, a minute apart; a picture is told by its caption."""
    for key in sorted((key for key in conversation if _is_session(key)), key=lambda key: int(key.split("_")[1])):
        begun = datetime.strptime(conversation[f"{key}_date_time"], WRITTEN_AT).replace(tzinfo=UTC)
        for minute, turn in enumerate(conversation[key]):
            at = begun + timedelta(minutes=minute)
            caption = f" [photo: {turn['blip_caption']}]" if turn.get("blip_caption") else ""
            yield NewActivity(
                "locomo", "chat", turn["dia_id"], "message", at, at, ACCOUNT, text=f"{turn['text']}{caption}".strip(),
                speaker=turn["speaker"],
            )  # fmt: skip


def _is_session(key: str) -> bool:
    return key.startswith("session_") and key.removeprefix("session_").isdigit()


def ranked_lines(
    sample: dict[str, Any], corpus: Corpus, embedder: Embedder | None, ranker: Ranker | None
) -> Iterator[dict[str, Any]]:
    """One line a question: the turns' ids, best first, also where recall would abstain."""
    for number, asked in enumerate(sample["qa"]):
        ranked = rank(corpus, asked["question"], embedder, ranker)
        episodes = dict.fromkeys(corpus.said[place].episode for place in ranked.places.tolist())
        ids = [corpus.episodes[episode].source_id for episode in episodes][:DEEPEST]
        yield {"sample_id": sample["sample_id"], "qa_index": number, "ranked": ids, "abstained": ranked.abstained}
