"""The ways of asking: patterns in order, nearest examples, and words that are never the matter."""

import pytest

from agent_runtime.assistant.catalogue import SAID, catalogue, nearest, portfolio_catalogue
from agent_runtime.assistant.composing import ANSWERS
from agent_runtime.assistant.understanding import language_of, matter, sorted_out
from memory.embed import HashingEmbedder


def test_every_intent_has_an_answer() -> None:
    known = {x.name for x in catalogue().intents}
    assert known - {"propose"} <= set(ANSWERS)


@pytest.mark.parametrize("intent", catalogue().intents + portfolio_catalogue().intents, ids=lambda x: x.name)
def test_an_example_is_no_matter(intent: object) -> None:
    examples = intent.examples  # type: ignore[attr-defined]
    both = (catalogue(), portfolio_catalogue())
    assert all(any(matter(x, known) == () for known in both) for x in examples)


@pytest.mark.parametrize(
    ("text", "intent", "topic"),
    [
        ("Who owns this account?", "owner", ()),
        ("What did we tell them about the renewal of the roof?", "told", ("roof",)),
        ("Lead time for pumps: what did we say?", "told", ("lead", "pump")),
        ("What do they think of penguins?", SAID, ("penguin",)),
        ("Remind me to call her tomorrow", "propose", ()),
        ("Remind me what we said regarding valves", "told", ("valv",)),
        ("Wer kümmert sich um den Kunden?", "owner", ()),
    ],
)
def test_kind_and_matter_are_told_apart(text: str, intent: str, topic: tuple[str, ...]) -> None:
    found, about = sorted_out(text, catalogue(), None)
    assert found == intent
    assert set(topic) <= set(about)
    assert bool(topic) == bool(about)


def test_what_is_near_no_example_is_nothing() -> None:
    assert nearest("zebra crossing xylophone", catalogue(), HashingEmbedder()) is None
    assert nearest("Who owns this account?", catalogue(), None) is None
    assert nearest("Who owns this account?", catalogue(), HashingEmbedder()) == "owner"


def test_the_language_is_that_of_the_small_words() -> None:
    assert language_of("Was schulden wir ihnen noch?") == "de"
    assert language_of("What did we say about Montage bei laufendem Betrieb?") == "en"
