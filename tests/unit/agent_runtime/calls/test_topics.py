"""The classifier of topics: what it reads, where it says nothing, and that it is the one that was published."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score

from agent_runtime.calls import topics
from agent_runtime.calls.topic_words import gist
from agent_runtime.calls.topics import TOPICS, TopicReader
from agent_runtime.errors import BadInput
from evals.topics.data import groups, made, ours
from memory.embed import HashingEmbedder, MiniLmEmbedder


@pytest.fixture(scope="module")
def reader() -> TopicReader:
    return TopicReader(MiniLmEmbedder())


def macro_f1(reader: TopicReader) -> float:
    rows = ours("held_out")
    said = [reading.topic for reading in reader.read([row.text for row in rows])]
    return float(f1_score([row.topic for row in rows], said, labels=list(TOPICS), average="macro", zero_division=0))


def test_it_reads_what_it_never_learned_from(reader: TopicReader) -> None:
    assert macro_f1(reader) >= 0.75


def test_without_the_model_it_goes_by_words_and_reads_most() -> None:
    by_words, hashing = TopicReader(), TopicReader(HashingEmbedder())
    assert macro_f1(by_words) >= 0.75
    text = ["Our router has been blinking since the storm."]
    assert by_words.read(text) == hashing.read(text)


def test_the_same_texts_give_the_same_readings_in_any_company(reader: TopicReader) -> None:
    texts = [row.text for row in ours("held_out")]
    alone = [reader.read([text])[0].topic for text in texts[:8]]
    assert alone == [reading.topic for reading in reader.read(texts)[:8]]


@pytest.mark.parametrize("text", ["", "   ", "It is about the thing we discussed."])
def test_it_says_unknown_instead_of_guessing(text: str) -> None:
    assert TopicReader().read([text])[0].topic == "unknown"


def test_no_text_is_no_work() -> None:
    assert TopicReader().read([]) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Hello, this is Kim Sorel from Norwood. The pump leaks. Thank you, bye!", "The pump leaks."),
        ("Guten Tag, hier ist Lou, es brennt. Bitte rufen Sie mich zurück.", "es brennt."),
        ("Please call me about a demo.", "Please call me about a demo."),
        ("Hi!", "Hi!"),
    ],
)  # fmt: skip
def test_greetings_and_thanks_are_not_what_it_is_about(text: str, left: str) -> None:
    assert gist(text) == left


def test_changed_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "topics.npz"
    changed.write_bytes(topics.WEIGHTS.read_bytes()[:-1])
    monkeypatch.setattr(topics, "WEIGHTS", changed)
    topics.heads.cache_clear()
    with pytest.raises(BadInput, match="sha256"):
        TopicReader()
    monkeypatch.undo()
    topics.heads.cache_clear()


def test_nothing_that_is_measured_on_was_learned_from() -> None:
    learned = {row.text.lower() for row in (*ours("train"), *made())}
    assert learned.isdisjoint(row.text.lower() for row in ours("held_out"))


def test_texts_that_say_nearly_the_same_are_one_group() -> None:
    vectors = np.array([[1, 0], [0.99, 0.14], [0, 1]], dtype=np.float32)
    first, second, third = groups(vectors)
    assert first == second != third
