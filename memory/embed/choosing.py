"""Which embedder serves where nothing else was asked for."""

from pathlib import Path
from typing import NamedTuple

from memory.embed.hashing import HashingEmbedder
from memory.embed.minilm import MiniLmEmbedder
from memory.embed.port import Embedder, EmbedderFault


class Chosen(NamedTuple):
    """An embedder, and what a person has to know of the choice (empty where all is as it should be)."""

    embedder: Embedder
    warning: str = ""


def choose(model_file: Path | None = None) -> Chosen:
    """The local model; where it cannot be used, the hashing embedder with a warning that is to be shown."""
    try:
        return Chosen(MiniLmEmbedder(model_file))
    except EmbedderFault as fault:
        return Chosen(
            HashingEmbedder(), f"{fault} Until then recall goes by words and pieces of words, not by meaning."
        )
