"""The texts from which the topics are learned: ours, and public ones whose licence lets what was learned be shipped."""

import csv
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent_runtime.calls.topic_words import gist

OURS = Path(__file__).with_name("texts.toml")
PATTERNS = Path(__file__).with_name("patterns.toml")
# So many texts are made of a pattern: enough to learn its words, too few to drown the single sentences.
OF_A_PATTERN = 6
_SLOT = re.compile(r"\{(\w+)\}")
# Nearer than this, two sentences say the same: they go to the same side of a split.
TWINS = 0.85


class Labelled(NamedTuple):
    """One text with its topic and where it is from: ours, made (of our patterns), banking77 or clinc150."""

    text: str
    topic: str
    source: str


def public(folder: Path) -> list[Labelled]:
    """The public texts that `topics.csv` gives a topic; each text once."""
    with (folder / "topics.csv").open(newline="", encoding="utf-8") as file:
        topic_of = {(row["set"], row["label"]): row["topic"] for row in csv.DictReader(file)}
    found = {}
    for source, label, text in (*_banking(folder), *_clinc(folder)):
        if topic := topic_of.get((source, label)):
            found[text.strip().lower()] = Labelled(text.strip(), topic, source)
    return list(found.values())


def _banking(folder: Path) -> Iterator[tuple[str, str, str]]:
    with (folder / "banking77_train.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield "banking77", row["category"], row["text"]


def _clinc(folder: Path) -> Iterator[tuple[str, str, str]]:
    parts = json.loads((folder / "clinc150_train.json").read_text(encoding="utf-8"))
    for rows in parts.values():
        for text, label in rows:
            yield "clinc150", label, text


def ours(part: str) -> list[Labelled]:
    """Our own texts: `train`, or `held_out`, which nothing is learned from."""
    texts = tomllib.loads(OURS.read_text(encoding="utf-8"))[part]
    return [Labelled(text, topic, "ours") for topic, lines in texts.items() for text in lines]


def made() -> list[Labelled]:
    """Texts of ours made from patterns; one pattern's texts differ in what is named."""
    read = tomllib.loads(PATTERNS.read_text(encoding="utf-8"))
    words, found = read["words"], []
    for topic, patterns in read["patterns"].items():
        for place, pattern in enumerate(patterns):
            slots = _SLOT.findall(pattern)
            for turn in range(OF_A_PATTERN if slots else 1):
                values = {x: words[x][(place + turn * (step + 1)) % len(words[x])] for step, x in enumerate(slots)}
                found.append(Labelled(pattern.format(**values), topic, "made"))
    return list(dict.fromkeys(found))


def groups(vectors: NDArray[np.float32]) -> list[int]:
    """A group for each row; rows that say nearly the same are in one (chains of neighbours, too)."""
    top = list(range(len(vectors)))

    def find(node: int) -> int:
        while top[node] != node:
            top[node] = top[top[node]]
            node = top[node]
        return node

    for start in range(0, len(vectors), 500):
        near = vectors[start : start + 500] @ vectors.T >= TWINS
        for row, other in zip(*np.nonzero(near), strict=True):
            top[find(start + int(row))] = find(int(other))
    return [find(node) for node in range(len(vectors))]


def texts_of(rows: Sequence[Labelled]) -> list[str]:
    """The texts as the classifier takes them."""
    return [gist(row.text) for row in rows]
