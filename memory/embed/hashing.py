"""The fallback where no model is there: words and pieces of words hashed into a vector. It knows no meaning."""

from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np

from memory.embed.port import Vectors, normalised, well_formed
from memory.words import words

MODEL = "hashing-384"
DIMENSION = 384
MAX_WORDS = 1_000
PIECE = 4


class HashingEmbedder:
    """Near is what shares words or pieces of words; needs nothing but numpy."""

    model = MODEL
    dimension = DIMENSION

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text; see the port."""
        found = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            for piece in _pieces(well_formed(text)):
                code = crc32(piece.encode())
                found[row, code % DIMENSION] += 1 if code & (1 << 31) else -1
        return normalised(found)


def _pieces(text: str) -> Iterator[str]:
    for word in words(text)[:MAX_WORDS]:
        yield word
        edged = f"^{word}$"
        yield from (edged[at : at + PIECE] for at in range(len(edged) - PIECE + 1))
