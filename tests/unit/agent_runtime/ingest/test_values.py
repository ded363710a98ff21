"""However a value is written, it is the same value."""

import pytest

from agent_runtime.ingest.values import amount, clock, count, month


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("€50k", "50000 EUR"), ("50.000 Euro", "50000 EUR"), ("EUR 50,000", "50000 EUR"),
        ("1.5 million USD", "1500000 USD"), ("£1,250.50", "1250.50 GBP"), ("50,000", "50000"), ("none", ""),
        ("50 tausend euros", "50000 EUR"),
    ],
)  # fmt: skip
def test_amounts(text: str, value: str) -> None:
    assert amount(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("noon", "12:00"), ("2 pm", "14:00"), ("14 Uhr", "14:00"), ("9:30", "09:30"), ("12 pm", "12:00")],
)
def test_clocks(text: str, value: str) -> None:
    assert clock(text) == value


def test_counts_and_months() -> None:
    assert (count("1,200"), count("1.200"), count("12")) == ("1200", "1200", "12")
    assert (month("März 2027"), month("March"), month("Q3 2026")) == ("2027-03", "month 03", "2026 Q3")
