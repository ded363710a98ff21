"""The packaged model reads every sentence, always the same way, and is the file that was packaged."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.ingest.extract import Says, says
from agent_runtime.ingest.saying import FILE, load, read, tokens


@given(st.text(max_size=200))
def test_any_text_is_read_and_its_three_chances_are_one(text: str) -> None:
    found = read(text)
    assert found.tells + found.holds + found.empty == pytest.approx(1)
    assert 0 <= found.promises <= 1


def test_days_months_and_figures_are_read_as_one_word_each() -> None:
    assert tokens("By Monday, 12 March") == tokens("by tomorrow, 3 May".replace("May", "June"))
    assert tokens("Für Übermorgen") == tokens("fuer Freitag")


def test_another_file_than_the_packaged_one_is_refused(tmp_path: Path) -> None:
    for suffix in (".npz", ".sha256"):
        shutil.copy(FILE.with_suffix(suffix), tmp_path / f"sayings{suffix}")
    assert load(tmp_path / "sayings.npz").read("Yes.") == load().read("Yes.")
    (tmp_path / "sayings.npz").write_bytes(FILE.read_bytes() + b" ")
    with pytest.raises(ValueError, match="packaged"):
        load(tmp_path / "sayings.npz")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello Kim,\n\nthe price is 400 EUR.\n\nBest regards\nAnna", Says.ANSWER),
        ("Hello Kim,\n\nplease find the plan attached.\n\nAnna", Says.ANSWER),
        ("I will ask our engineer and come back to you.", Says.LATER),
        ("Our engineer is on holiday. I will ask him when he is back.", Says.LATER),
        ("I asked our engineer: the door can be moved. I will send the drawing on Friday.", Says.PERHAPS),
        ("If it can wait, let me check with our engineer and come back to you.", Says.LATER),
        ("Wenn es geht, geben Sie mir bis Freitag Zeit.", Says.LATER),
        ("Besten Dank!", Says.NOTHING),
        ("", Says.NOTHING),
    ],
)
def test_what_a_reply_gives_one_who_waits(text: str, said: Says) -> None:
    assert says(text) is said
