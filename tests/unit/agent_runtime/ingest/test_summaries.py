"""What a machine's summary of a call says that we do next, told apart from what they do and what is over."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from agent_runtime.ingest.summaries import MOST_STEPS, steps_of

TUESDAY = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
NAMES = ("rosa feld", "u7")


def steps(summary: str) -> list[str]:
    return [x["quote"] for x in steps_of(summary, NAMES, TUESDAY, ZoneInfo("Europe/Berlin"))]


@pytest.mark.parametrize(
    ("summary", "found"),
    [
        ("They discussed the doors. Rosa Feld will send the drawing.", ["Rosa Feld will send the drawing."]),
        ("The agent agreed to check the delivery with the works.",
         ["The agent agreed to check the delivery with the works."]),
        ("We will come back with a price.", ["We will come back with a price."]),
        ("Next steps: send the drawing; customer measures the opening; call the works",
         ["send the drawing", "call the works"]),
        ("Action items:\n- Send the quote\n- The client will confirm the budget\n- Book the fitter",
         ["Send the quote", "Book the fitter"]),
        ("Es ging um die Türen. Unser Mitarbeiter hat zugesagt, die Zeichnung zu schicken.",
         ["Unser Mitarbeiter hat zugesagt, die Zeichnung zu schicken."]),
        ("Nächste Schritte: Angebot senden; Kunde prüft die Maße", ["Angebot senden"]),
        ("The customer will send the drawing.", []),
        ("Kim will think about it.", []),
        ("We discussed the drawing. We were late.", []),
        ("We will not send anything.", []),
        ("Next steps: none", []),
        ("Follow-up: no further action needed", []),
        ("Next steps: send the drawing\nThe customer was friendly", ["send the drawing"]),
        ("", []),
    ],
)  # fmt: skip
def test_steps_of_ours(summary: str, found: list[str]) -> None:
    assert steps(summary) == found


def test_a_step_names_its_day_where_there_is_one() -> None:
    first, second = steps_of(
        "We will send the drawing by Friday. We will call the works.", NAMES, TUESDAY, ZoneInfo("Europe/Berlin")
    )
    assert first.get("due_at") == "2026-03-06T17:00:00+00:00"
    assert "due_at" not in second


def test_a_summary_has_few_steps() -> None:
    assert len(steps("Next steps: " + "; ".join(f"do thing {x}" for x in "abcdefgh"))) == MOST_STEPS
