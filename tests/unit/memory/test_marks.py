"""A person is found by name, address and number, however they are written, and nobody else is."""

from memory.marks import ERASED, Marks

MARKS = Marks("c1", "Dr. Dana Cole", frozenset({"dana@acme.example", "+4930901822"}))


def test_names_addresses_and_numbers_are_taken_out() -> None:
    text = "Dana Cole (DANA@acme.example, +49 30 90 18 22) met Dana and Ms Cole."
    assert MARKS.cleaned(text) == f"{ERASED} ({ERASED}, {ERASED}) met {ERASED} and Ms {ERASED}."


def test_parts_of_other_words_stay() -> None:
    text = "Danara Colebrook wrote to jordana@acme.example on 4930."
    assert "Danara Colebrook" in MARKS.cleaned(text)
    assert not MARKS.named_in("Danara Colebrook on 4930")


def test_plain_json_is_cleaned_in_its_texts_only() -> None:
    data = {"to": ["dana@acme.example", "max@acme.example"], "who": "c1", "n": 3, "deep": {"what": "for Dana"}}
    assert MARKS.cleaned_in(data) == {
        "to": [ERASED, "max@acme.example"],
        "who": ERASED,
        "n": 3,
        "deep": {"what": f"for {ERASED}"},
    }


def test_somebody_without_marks_is_found_nowhere() -> None:
    assert Marks("c1", "", frozenset()).cleaned("anything") == "anything"
