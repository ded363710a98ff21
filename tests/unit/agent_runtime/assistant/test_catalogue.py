"""The ways of asking: patterns in order, what the classifier reads, and words that are never the matter."""

import pytest

from agent_runtime.assistant import kinds
from agent_runtime.assistant.catalogue import SAID, catalogue, matter, portfolio_catalogue
from agent_runtime.assistant.composing import ANSWERS
from agent_runtime.assistant.kinds import kind_of
from agent_runtime.assistant.understanding import language_of, sorted_out
from agent_runtime.errors import BadInput
from memory.embed import HashingEmbedder


def test_every_intent_has_an_answer() -> None:
    known = {x.name for x in catalogue().intents}
    assert known - {"propose"} <= set(ANSWERS)
    assert set(kinds.heads()["account_both"].names) - {SAID} <= known
    assert set(kinds.heads()["portfolio_both"].names) - {SAID} <= {x.name for x in portfolio_catalogue().intents}


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
        ("Does this opportunity have legs, or has it run into the sand?", "stage", ()),
        ("What is that person's shoe polish?", SAID, ("polish",)),
    ],
)
def test_kind_and_matter_are_told_apart(text: str, intent: str, topic: tuple[str, ...]) -> None:
    found, about = sorted_out(text, catalogue(), None)
    assert found == intent
    assert set(topic) <= set(about)
    assert bool(topic) == bool(about)


def test_an_embedder_that_the_weights_were_not_made_with_is_not_asked() -> None:
    text = "Who owns this account?"
    assert kind_of(text, "account", HashingEmbedder()) == kind_of(text, "account", None)
    assert kind_of(text, "account", None).name == "owner"


def test_weights_that_were_changed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_SHA256", "0" * 64)
    with pytest.raises(BadInput, match="sha256"):
        kinds.heads.__wrapped__()


def test_the_language_is_that_of_the_small_words() -> None:
    assert language_of("Was schulden wir ihnen noch?") == "de"
    assert language_of("What did we say about Montage bei laufendem Betrieb?") == "en"
