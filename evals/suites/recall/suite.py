"""Recall on conversations of our own, made from a seed: each committed question and the turns that answer it."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from evals.frame import CaseRow, Played, Suite, Verdicts
from evals.ranker.conversations import Conversation, generate, load
from evals.ranker.scratch import scratch_corpus
from evals.world import read_lines
from memory.embed import choose
from memory.recall.ranker import shipped
from memory.recall.ranking import rank

FOLDER = Path(__file__).parent
FIRST = 10
SESSIONS = 8


def conversation(seed: int) -> Conversation:
    """The conversation of a seed, about every fourth theme from it on."""
    texts = load()
    themes = [theme["name"] for theme in texts["themes"]]
    return generate(texts, themes[seed % 4 :: 4], seed, SESSIONS)


def run(cases: Sequence[CaseRow]) -> Played:
    """Ranks the turns for every question; words and meaning, as an installation does."""
    embedder = choose().embedder
    found: dict[str, Any] = {}
    seconds = []
    for seed in sorted({x["conversation"] for x in cases}):
        corpus = scratch_corpus(conversation(seed), embedder)
        for case in (x for x in cases if x["conversation"] == seed):
            begun = perf_counter()
            ranked = rank(corpus, case["question"], embedder, shipped())
            seconds.append(perf_counter() - begun)
            texts = [corpus.text(place) for place in ranked.places.tolist()[:FIRST]]
            found[case["id"]] = {"first": texts, "abstained": ranked.abstained}
    return Played(found, seconds=seconds, notes={"embedder": embedder.model})


def grade(case: CaseRow, output: Any) -> Verdicts:
    """A question that was answered finds one of the answers; one that nobody spoke of is left unanswered."""
    if not case["answers"]:
        return {"abstained": None if output["abstained"] else "gave an answer where there is none"}
    hit = any(text in case["answers"] for text in output["first"])
    return {"first ten": None if hit else f"first came: {output['first'][0][:80] if output['first'] else 'nothing'}"}


SUITE = Suite("recall", FOLDER, read_lines(FOLDER / "cases.jsonl"), run, grade)
