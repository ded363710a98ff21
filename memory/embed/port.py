"""The port behind which every embedder stands."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors; the nearer in meaning, the higher their dot product.

    `model` names it in the database: vectors of different models are never compared. `dimension`: length of a vector.
    """

    model: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in their order: float32 of length 1, all zero for an empty text.

        Texts are cut where the model ends, and may hold anything that a str can. Raises EmbedderFault.
        """
        ...


class EmbedderFault(Exception):
    """An embedder cannot be used; nothing was stored, and recall goes on by words alone. `fix` says what to do."""

    def __init__(self, what: str, *, fix: str) -> None:
        super().__init__(f"{what} {fix}")
        self.what = what
        self.fix = fix


def normalised(vectors: Vectors) -> Vectors:
    """The rows at length 1; a row of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)


def well_formed(text: str) -> str:
    """The text with every lone surrogate (half of a character, out of invalid UTF-8) as a replacement character."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
