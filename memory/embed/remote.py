"""An embedding service with OpenAI's interface, only where somebody asked for it: texts leave the house."""

from collections.abc import Sequence
from typing import Any

import httpx
import numpy as np

from memory.embed.port import EmbedderFault, Vectors, normalised, well_formed

BATCH = 64
MAX_CHARACTERS = 8_000
_FIX = "Check the address, the key and the model's name, or leave the setting out to embed on this machine."


class RemoteEmbedder:
    """POST {base_url}/embeddings (OpenAI API reference, "Create embeddings"). The caller owns `client`."""

    def __init__(self, client: httpx.Client, base_url: str, model: str, dimension: int, key: str = "") -> None:
        self.model = model
        self.dimension = dimension
        self._client = client
        self._url = f"{base_url.rstrip('/')}/embeddings"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text; see the port. An empty text is not sent."""
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        places = [place for place, text in enumerate(texts) if text.strip()]
        for start in range(0, len(places), BATCH):
            some = places[start : start + BATCH]
            found[some] = self._ask([well_formed(texts[place][:MAX_CHARACTERS]) for place in some])
        return normalised(found)

    def _ask(self, texts: list[str]) -> Vectors:
        try:
            answer = self._client.post(self._url, json={"model": self.model, "input": texts}, headers=self._headers)
            answer.raise_for_status()
            return self._read(answer.json(), len(texts))
        except httpx.HTTPStatusError as error:
            what = f"The embedding service answered {error.response.status_code}."
            raise EmbedderFault(what, fix=_FIX) from None
        except httpx.HTTPError as error:
            what = f"The embedding service was not reached ({type(error).__name__})."
            raise EmbedderFault(what, fix=_FIX) from None
        except (ValueError, KeyError, TypeError):
            raise EmbedderFault("The embedding service gave no vectors that can be read.", fix=_FIX) from None

    def _read(self, body: Any, expected: int) -> Vectors:
        rows = sorted(body["data"], key=lambda row: row["index"])
        vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        if vectors.shape != (expected, self.dimension):
            raise ValueError(f"vectors of shape {vectors.shape}, expected {(expected, self.dimension)}")
        return vectors
