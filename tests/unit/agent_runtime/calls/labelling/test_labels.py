"""A labelling session: which calls are asked about, what is kept, and what it changes."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from agent_runtime.calls.intent import classify
from agent_runtime.calls.labelling.policy import Heard, correction, to_ask
from agent_runtime.calls.labelling.service import (
    add_label,
    agreement,
    classifier,
    corrected_reader,
    read_labels,
    session,
)
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.topics import TopicReader, TopicReading
from agent_runtime.clock import VirtualClock
from agent_runtime.commands.labelling import label_command
from agent_runtime.errors import BadInput, NotThere
from memory import timeline
from memory.timeline import NewActivity
from tests.unit.agent_runtime.calls.phone import MONDAY, miss
from tests.unit.agent_runtime.ingest.company import Company

NOW = MONDAY + timedelta(days=3)
SAYINGS = ("We need forty more crates.", "More crates, please, forty of them.", "The crates are cracked.")


def heard(name: str, text: str, probability: float) -> Heard:
    return Heard(name, text, TopicReading("other", probability))


def call(place: int, text: str) -> NewActivity:
    at = MONDAY + timedelta(minutes=place)
    facts = {"status": "completed", "from": "+4930100009", "voicemail": True, "words": text, "answered_by": "voicemail"}
    return NewActivity(
        source="phone", stream="calls", source_id=f"k{place}", kind="call", direction="inbound", occurred_at=at,
        known_at=at, data=facts,
    )  # fmt: skip


@pytest.fixture
def house(sqlite_engine: Engine) -> Engine:
    with sqlite_engine.begin() as connection:
        Company(connection)  # for the directory: u1 is one of ours
        timeline.add(connection, [call(place, text) for place, text in enumerate(SAYINGS)])
    return sqlite_engine


def test_the_drift_sample_comes_first_then_the_least_sure_and_any_by_turns() -> None:
    rows = [heard(f"k{place}", f"text {place}", place / 100) for place in range(20)]
    chosen = to_ask(rows, ["k17"], most=8)
    assert chosen[0].call_id == "k17"
    assert len({one.call_id for one in chosen}) == 8
    assert {"k0", "k1", "k2"} <= {one.call_id for one in chosen}
    assert chosen == to_ask(list(reversed(rows)), ["k17"], most=8)


def test_the_same_text_is_asked_about_once() -> None:
    assert len(to_ask([heard("a", "same", 0.5), heard("b", "same", 0.5)], [])) == 1


def test_labels_pull_texts_like_them_and_leave_others_alone() -> None:
    nearness, logits = np.eye(3, dtype=np.float32), np.zeros((3, 7), dtype=np.float32)
    learnt = correction(nearness[:1], logits[:1], ["billing"])
    assert learnt is not None
    moved = learnt.applied(nearness, logits)
    assert moved[0].argmax() == 2
    assert moved[0, 2] > moved[1, 2] + 1
    assert abs(moved[1]).max() < 0.4


def test_without_labels_nothing_is_corrected() -> None:
    assert correction(np.zeros((0, 4), dtype=np.float32), np.zeros((0, 7), dtype=np.float32), []) is None


def test_a_label_changes_what_is_said_of_calls_like_it(house: Engine) -> None:
    with house.begin() as connection:
        plain = TopicReader().read([SAYINGS[0].lower()])[0].topic
        asked = session(connection, TopicReader(), NOW)
        assert sorted(one.text for one in asked) == sorted(text.lower() for text in SAYINGS)
        by_text = {one.text: one.call_id for one in asked}
        wanted = "security" if plain != "security" else "technical"
        for text in SAYINGS[:2]:
            add_label(connection, by_text[text.lower()], wanted, "other", "u1", NOW)
        corrected = corrected_reader(connection, None)
        assert corrected.read(["we want forty more crates"])[0].topic == wanted
        assert [one.text for one in session(connection, TopicReader(), NOW)] == [SAYINGS[2].lower()]
        assert agreement(connection) == (2, 0)


def test_figures_are_told_with_what_was_learned_and_new_calls_by_their_words(house: Engine) -> None:
    with house.begin() as connection:
        (asked, *_) = session(connection, TopicReader(), NOW, most=1)
        add_label(connection, asked.call_id, "security", "other", "u1", NOW)
        about = classifier(connection, None)
    known = next(one for one in join_legs([miss("new", 0, voicemail_text=asked.text)]))
    assert about(replace(known, call_id=asked.call_id)).topic == "security"
    assert about(known) == classify(known)


def test_the_latest_word_counts_and_only_topics_are_words(house: Engine) -> None:
    with house.begin() as connection:
        for topic in ("billing", "technical"):
            add_label(connection, "x", topic, "technical", "u1", NOW)
        assert read_labels(connection) == {"x": "technical"}
        assert agreement(connection) == (1, 1)
        with pytest.raises(BadInput, match="no topic"):
            add_label(connection, "x", "weather", "other", "u1", NOW)


def test_the_command_keeps_each_answer_and_stops_when_told(house: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    keys = iter(["t", "", "q"])
    label_command("u1", _url(house), most=50, as_json=False, ask=lambda one: next(keys), clock=VirtualClock(NOW))
    with house.connect() as connection:
        assert list(read_labels(connection).values()) == ["technical"]
    assert "1 calls labelled now" in capsys.readouterr().out


def test_the_command_wants_one_of_ours_and_a_key_that_there_is(house: Engine) -> None:
    with pytest.raises(NotThere):
        label_command("nobody", _url(house), most=5, as_json=False, ask=lambda one: "t", clock=VirtualClock(NOW))
    with pytest.raises(BadInput):
        label_command("u1", _url(house), most=5, as_json=False, ask=lambda one: "x", clock=VirtualClock(NOW))


def _url(engine: Engine) -> str:
    return str(Path(str(engine.url.database)))
