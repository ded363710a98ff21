"""Recall finds what one account said, as it was known, with its source, and says so when there is nothing."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from memory import timeline, vectors
from memory.embed import EmbedderFault, HashingEmbedder
from memory.embed.port import Vectors
from memory.facts import Statement, record
from memory.recall import Recalled, read, recall, recall_from
from tests.unit.memory.recall.house import OTHER, SCOPE, START, account, empty, later, one, said

MANY = HashingEmbedder()


@pytest.fixture
def connection() -> Iterator[Connection]:
    with account() as opened:
        yield opened


def sources(found: Recalled) -> list[str]:
    return [result.source_id for result in found.results]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What broke on line four?", "a1-1"),
        ("Which competitor made an offer to Elias?", "a1-3"),
        ("Who signs on the side of Elias?", "a1-5"),
        ("Who stands in for Nora in March?", "a1-6"),
    ],
)
@pytest.mark.parametrize("embedder", [None, MANY])
def test_the_answer_is_among_the_first(question: str, answer: str, embedder: HashingEmbedder | None) -> None:
    with account(embedder) as connection:
        assert answer in sources(recall(connection, SCOPE, question, embedder=embedder))[:3]


def test_a_result_is_verbatim_and_names_its_source_and_reasons(connection: Connection) -> None:
    first = recall(connection, SCOPE, "What did Elias say about Bluepeak?").results[0]
    assert (first.source, first.source_id, first.speaker) == ("chat", "a1-3", "Elias")
    assert first.at == START + timedelta(days=30)
    assert first.quote == "Bluepeak offered us 40k for the same package."
    assert {"words: bluepeak", "said by Elias"} <= set(first.why)


def test_nothing_is_claimed_where_nothing_was_said(connection: Connection) -> None:
    assert recall(connection, SCOPE, "Which aeroplane does the astronaut fly?") == Recalled((), True)
    assert recall(connection, SCOPE, "") == Recalled((), True)
    assert recall(connection, SCOPE, " \n") == Recalled((), True)


def test_an_empty_account_abstains() -> None:
    with empty().begin() as connection:
        for embedder in (None, MANY):
            assert recall(connection, SCOPE, "What broke?", embedder=embedder).abstained


def test_k_and_budget_bound_the_pack(connection: Connection) -> None:
    assert len(recall(connection, SCOPE, "What did Elias say?", k=2).results) == 2
    tight = recall(connection, SCOPE, "What did Elias say?", budget=50)
    assert sum(len(result.quote) for result in tight.results) == 50


def test_as_of_reads_what_was_known_then(connection: Connection) -> None:
    timeline.add(connection, [later(said()[3], 5, "Ostara offered us 30k, I mixed them up.")])
    now = recall(connection, SCOPE, "Who offered us a package or 30k?").results[0]
    then = recall(connection, SCOPE, "Who offered us a package?", as_of=START + timedelta(days=31)).results[0]
    before = recall(connection, SCOPE, "Who offered us a package?", as_of=START + timedelta(days=29))
    assert now.quote.startswith("Ostara")
    assert then.quote.startswith("Bluepeak")
    assert "a1-3" not in sources(before)


def test_what_was_deleted_is_gone_now_and_there_before(connection: Connection) -> None:
    at = START + timedelta(days=40)
    gone = timeline.NewActivity("chat", "chat", "a1-3", "deleted", at, at, "a1", deleted=True)
    timeline.add(connection, [gone])
    assert "a1-3" not in sources(recall(connection, SCOPE, "What did Bluepeak offer?"))
    assert "a1-3" in sources(recall(connection, SCOPE, "What did Bluepeak offer?", as_of=START + timedelta(days=31)))


def test_as_of_without_an_offset_is_refused(connection: Connection) -> None:
    with pytest.raises(ValueError, match="offset"):
        recall(connection, SCOPE, "What broke?", as_of=START.replace(tzinfo=None))


def test_a_fact_points_to_the_episode_that_it_was_read_in(connection: Connection) -> None:
    activity = next(event for event in timeline.read(connection, SCOPE) if event.source_id == "a1-5")
    stated = Statement(
        "a1", "economic_buyer", "Celia", "external", activity.occurred_at, activity.known_at, activity.id, "a1-5"
    )
    record(connection, [stated])
    found = recall(connection, SCOPE, "Economic buyer?")
    assert sources(found)[0] == "a1-5"
    assert "a recorded fact was read here" in found.results[0].why


def test_a_long_text_is_found_by_its_passage(connection: Connection) -> None:
    padding = "We spoke of this and that for a long time, and nothing came of it.\n\n" * 400
    long = f"{padding}The spare key lies under the blue flowerpot.\n\n{padding}"
    timeline.add(connection, [one(99, 90 * 1440, "Elias", long)])
    first = recall(connection, SCOPE, "Where is the spare key?").results[0]
    assert "blue flowerpot" in first.quote
    assert len(first.quote) < 1_000
    assert long[first.start :].startswith(first.quote)


class Unreachable:
    """An embedder that is gone when the question comes."""

    model, dimension = MANY.model, MANY.dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise EmbedderFault("The embedding service was not reached.", fix="Check the address.")


def test_without_its_embedder_recall_goes_on_by_words_and_says_so() -> None:
    with account(MANY) as connection:
        found = recall(connection, SCOPE, "What did Bluepeak offer?", embedder=Unreachable())
    assert sources(found)[0] == "a1-3"
    assert "not reached" in found.warning


def test_vectors_of_another_model_are_not_compared() -> None:
    with account(MANY) as connection:
        stored = vectors.of_account(connection, SCOPE, MANY.model)
        assert len(stored) == 8
        assert vectors.of_account(connection, SCOPE, "another") == {}


TEXTS = st.one_of(
    st.text(max_size=200),
    st.sampled_from(["日本語のテキストです", "Привет мир", "مرحبا", "\ud800", "a" * 5000, "?", "Elias Elias", "\x00"]),
)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(1, 12))
def test_any_question_gives_only_the_accounts_own_in_falling_order(question: str, k: int) -> None:
    with account(MANY) as connection:
        found = recall(connection, SCOPE, question, k=k, embedder=MANY)
    assert found.abstained == (not found.results)
    assert len(found.results) <= k
    assert all(source.startswith("a1-") for source in sources(found))
    assert len(set(sources(found))) == len(found.results)
    scores = [result.score for result in found.results]
    assert scores == sorted(scores, reverse=True)


STORED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=3_000)


@settings(max_examples=40, deadline=None)
@given(st.lists(STORED, min_size=1, max_size=6), STORED)
def test_any_texts_can_be_read_and_asked(texts: list[str], question: str) -> None:
    with empty().begin() as connection:
        timeline.add(connection, [one(number, number, "Nora", text) for number, text in enumerate(texts)])
        while vectors.embed_pending(connection, MANY, 2):
            pass
        corpus = read(connection, SCOPE, embedder=MANY)
        found = recall_from(corpus, question, embedder=MANY)
    assert all(result.quote in texts[int(result.source_id[3:])] for result in found.results)


def test_postgres_gives_the_same(postgres_engine: Engine, sqlite_engine: Engine) -> None:
    given = []
    for engine in (postgres_engine, sqlite_engine):
        with engine.begin() as connection:
            timeline.add(connection, [*said(), *said("a2"), later(said()[3], 5, "Ostara offered us 30k.")])
            assert vectors.embed_pending(connection, MANY, 100) == 17
            assert vectors.embed_pending(connection, MANY, 100) == 0
            given.append(
                [
                    recall(connection, scope, "What did they offer?", as_of=as_of, embedder=MANY)
                    for scope in (SCOPE, OTHER)
                    for as_of in (None, START + timedelta(days=31))
                ]
            )
    assert given[0] == given[1]
    assert all(found.results for found in given[0])
