"""Which kind of question somebody asks: a linear model over words, pieces of words and, where there is one, a vector.

The weights come with the product; evals/questions/train.py made them from texts of ours. They are numbers, out of which
no text can be read. Without the embedding model the same question is judged by its words alone.
"""

from collections import Counter
from functools import cache
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from agent_runtime.errors import BadInput
from memory.embed import Embedder, EmbedderFault
from memory.words import words

EMBEDDER: Final = "all-MiniLM-L6-v2-onnx-int8"
PIECES: Final = 4096
VECTOR_WEIGHT: Final = 2.0
WEIGHTS: Final = Path(__file__).with_name("kinds.npz")
_SHA256: Final = "b5146d2ea909f523c99a4b1048a0bf807aa4497ccff70df8c7b43cfa12c3fbb5"
_SHORTEST, _LONGEST = 3, 5
Numbers = NDArray[np.float32]


class Head(NamedTuple):
    """One linear model; rows are `names`. `vector`: None where it goes by words alone."""

    names: tuple[str, ...]
    vector: Numbers | None
    words: Numbers
    bias: Numbers


class Kind(NamedTuple):
    """The most probable kind of a question, with its probability."""

    name: str
    probability: float


def kind_of(text: str, section: str, embedder: Embedder | None) -> Kind:
    """How a question reads. `section`: account or portfolio; an embedder that fails is done without."""
    vector = _vector(text, embedder)
    head = heads()[f"{section}_{'words' if vector is None else 'both'}"]
    places, values = pieces_of(text)
    logits = head.bias + head.words[:, places] @ values
    if vector is not None and head.vector is not None:
        logits = logits + VECTOR_WEIGHT * (head.vector @ vector)
    shares = np.exp(logits - logits.max())
    best = int(shares.argmax())
    return Kind(head.names[best], float(shares[best] / shares.sum()))


def _vector(text: str, embedder: Embedder | None) -> Numbers | None:
    if embedder is None or embedder.model != EMBEDDER or not text.strip():
        return None
    try:
        found: Numbers = embedder.embed([text])[0]
    except EmbedderFault:
        return None
    return found


def pieces_of(text: str) -> tuple[NDArray[np.int64], Numbers]:
    """Places and values of a text: its stems, its pairs of stems and pieces of words, together of length 1."""
    stems = words(text)
    counted = Counter(_place(f"w {x}") for x in stems)
    counted.update(_place(f"p {one} {two}") for one, two in pairwise(["<", *stems, ">"]))
    for word in text.casefold().split():
        framed = f"<{word}>"
        for size in range(_SHORTEST, _LONGEST + 1):
            counted.update(_place(f"c {framed[at : at + size]}") for at in range(len(framed) - size + 1))
    values: Numbers = np.sqrt(np.fromiter(counted.values(), dtype=np.float32, count=len(counted))).astype(np.float32)
    spread: Numbers = values / max(float(np.linalg.norm(values)), 1e-9)
    return np.fromiter(counted, dtype=np.int64, count=len(counted)), spread


def _place(piece: str) -> int:
    return crc32(piece.encode()) % PIECES


@cache
def heads() -> dict[str, Head]:
    """The models of the package by section, with vectors and without. BadInput where the file was changed."""
    with np.load(BytesIO(_content())) as stored:
        return {
            f"{section}_{form}": _head(stored, section, form)
            for section in ("account", "portfolio")
            for form in ("both", "words")
        }


def _content() -> bytes:
    content = WEIGHTS.read_bytes()
    if sha256(content).hexdigest() != _SHA256:
        raise BadInput(
            f"The weights {WEIGHTS.name} are not what was published: their sha256 differs.",
            fix="Install the packages again: make setup.",
        )
    return content


@cache
def asked_with() -> frozenset[str]:
    """The stems with which questions of a kind are asked, as far as no matter of its own is among them."""
    with np.load(BytesIO(_content())) as stored:
        return frozenset(str(stored["asked_with"]).split())


def _head(stored: Any, section: str, form: str) -> Head:
    name = f"{section}_{form}"
    vector = stored[f"{name}_vector"].astype(np.float32) if form == "both" else None
    names = tuple(str(x) for x in stored[f"{section}_names"])
    return Head(names, vector, stored[f"{name}_words"].astype(np.float32), stored[f"{name}_bias"].astype(np.float32))
