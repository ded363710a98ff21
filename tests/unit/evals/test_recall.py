"""The recall suite and what trains the ranker: our own texts, the same for the same seed, and a scorable output."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import orjson
from sklearn.ensemble import HistGradientBoostingClassifier

from evals.__main__ import main
from evals.ranker.conversations import generate, load
from evals.ranker.scratch import scratch_corpus
from evals.ranker.train import DEPTH, exported
from memory.embed import HashingEmbedder

TEXTS = load()
THEMES = [theme["name"] for theme in TEXTS["themes"]]
SAMPLE = {
    "sample_id": "own-1",
    "conversation": {
        "speaker_a": "Nora",
        "speaker_b": "Elias",
        "session_2_date_time": "9:05 am on 3 March, 2024",
        "session_2": [{"speaker": "Elias", "dia_id": "D2:1", "text": "Our depot is in Porto now."}],
        "session_1_date_time": "4:30 pm on 8 January, 2024",
        "session_1": [
            {"speaker": "Nora", "dia_id": "D1:1", "text": "Look!", "blip_caption": "a beagle on a sofa"},
            {"speaker": "Elias", "dia_id": "D1:2", "text": "How sweet."},
        ],
    },
    "qa": [{"question": "Where is the depot of Elias?"}, {"question": "Which beagle does Nora have?"}],
}


def test_each_question_gets_all_turns_in_order(tmp_path: Path) -> None:
    data, ranked = tmp_path / "data.json", tmp_path / "ranked.jsonl"
    data.write_bytes(orjson.dumps([SAMPLE]))
    main(["run", "recall", "--data", str(data), "--ranked", str(ranked), "--no-vectors"])
    lines = [orjson.loads(line) for line in ranked.read_bytes().splitlines()]
    assert [(line["sample_id"], line["qa_index"]) for line in lines] == [("own-1", 0), ("own-1", 1)]
    assert [line["ranked"][0] for line in lines] == ["D2:1", "D1:1"]
    assert all(sorted(line["ranked"]) == ["D1:1", "D1:2", "D2:1"] for line in lines)


def test_a_seed_is_a_conversation() -> None:
    first, again, other = (generate(TEXTS, THEMES, seed, sessions=6) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_turns_are_in_order_and_every_answer_is_one_of_them() -> None:
    for seed in range(20):
        made = generate(TEXTS, THEMES[seed % 4 :: 4], seed, sessions=8)
        assert all(one.at < other.at for one, other in pairwise(made.turns))
        assert not any("{" in turn.text for turn in made.turns)
        assert all(0 <= answer < len(made.turns) for asking in made.askings for answer in asking.answers)
        assert any(asking.answers for asking in made.askings)
        assert any(not asking.answers for asking in made.askings)


def test_a_generated_conversation_is_read_in_the_order_of_its_turns() -> None:
    made = generate(TEXTS, THEMES, 3, sessions=4)
    corpus = scratch_corpus(made, HashingEmbedder())
    assert [corpus.text(place) for place in range(len(corpus.said))] == [turn.text for turn in made.turns]


def test_exported_trees_say_what_the_model_says() -> None:
    random = np.random.default_rng(5)
    rows = random.random((400, 6))
    answers = rows[:, 0] + rows[:, 1] * rows[:, 2] > 0.8
    model = HistGradientBoostingClassifier(max_iter=20, max_depth=DEPTH, max_leaf_nodes=None, min_samples_leaf=5)
    model.fit(rows, answers)
    ours, theirs = exported(model).scores(rows), model.decision_function(rows)
    assert np.allclose(ours - ours.mean(), theirs - theirs.mean())
