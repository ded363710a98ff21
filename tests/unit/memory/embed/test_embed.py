"""Embedders: one port; a file that is not what was published is refused with what to do, and something still serves."""

from pathlib import Path

import httpx
import numpy as np
import pytest

from memory.embed import EmbedderFault, HashingEmbedder, MiniLmEmbedder, RemoteEmbedder, choose
from memory.embed.port import Embedder

ODD = ["", "  \n", "half a \ud800 character", "日本語 и русский عربى", "x" * 1_000_000, "\x00"]


@pytest.fixture(scope="session")
def minilm() -> MiniLmEmbedder:
    return MiniLmEmbedder()


@pytest.fixture(params=["hashing", "minilm"])
def embedder(request: pytest.FixtureRequest, minilm: MiniLmEmbedder) -> Embedder:
    return minilm if request.param == "minilm" else HashingEmbedder()


def test_any_text_gives_one_row_of_length_one_or_zero(embedder: Embedder) -> None:
    vectors = embedder.embed(ODD)
    assert vectors.shape == (len(ODD), embedder.dimension)
    assert vectors.dtype == np.float32
    assert not vectors[:2].any()
    assert np.allclose(np.linalg.norm(vectors[2:5], axis=1), 1, atol=1e-5)
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_a_text_is_the_same_alone_and_among_others(embedder: Embedder) -> None:
    texts = ["The contract ends in June.", "Hello!", "The press broke a bearing and the whole line stood still."]
    together = embedder.embed(texts)
    for row, text in zip(together, texts, strict=True):
        assert float(row @ embedder.embed([text])[0]) > 0.99


def test_the_model_knows_meaning(minilm: MiniLmEmbedder) -> None:
    question, near, far = minilm.embed(["Who adopted a pet?", "We took in a beagle.", "The invoice is overdue."])
    assert question @ near > question @ far


def test_a_corrupt_model_is_refused_and_the_fallback_serves_with_a_warning(tmp_path: Path) -> None:
    broken = tmp_path / "model.onnx"
    broken.write_bytes(b"not a model")
    with pytest.raises(EmbedderFault, match="sha256 differs"):
        MiniLmEmbedder(broken)
    with pytest.raises(EmbedderFault, match=r"cannot be read.*make setup"):
        MiniLmEmbedder(tmp_path / "missing.onnx")
    chosen = choose(broken)
    assert chosen.embedder.model == HashingEmbedder.model
    assert "sha256 differs" in chosen.warning
    assert choose().warning == ""


def remote(answer: httpx.Response | Exception) -> RemoteEmbedder:
    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        assert request.url.path == "/v1/embeddings"
        assert request.headers["authorization"] == "Bearer key"
        return answer

    client = httpx.Client(transport=httpx.MockTransport(handle))
    return RemoteEmbedder(client, "http://models.test/v1/", "small", 2, "key")


def test_a_service_is_asked_and_its_rows_put_in_order() -> None:
    rows = [{"index": 1, "embedding": [0, 2]}, {"index": 0, "embedding": [3, 0]}]
    vectors = remote(httpx.Response(200, json={"data": rows})).embed(["a", "", "b"])
    assert vectors.tolist() == [[1, 0], [0, 0], [0, 1]]


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (httpx.Response(401), "answered 401"),
        (httpx.ConnectTimeout("slow"), r"not reached \(ConnectTimeout\)"),
        (httpx.Response(200, text="<html>"), "no vectors"),
        (httpx.Response(200, json={"data": []}), "no vectors"),
        (httpx.Response(200, json={"data": [{"index": 0, "embedding": [1, 2, 3]}]}), "no vectors"),
        (httpx.Response(200, json=[1]), "no vectors"),
    ],
)
def test_a_service_that_fails_says_what_to_do(answer: httpx.Response | Exception, what: str) -> None:
    with pytest.raises(EmbedderFault, match=f"{what}.*Check the address"):
        remote(answer).embed(["a"])
