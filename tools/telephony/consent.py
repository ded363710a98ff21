"""Whose words may be kept: only where those who talk are told that it is recorded."""

from collections.abc import Mapping

from tools.base import BadAnswer

# What people are told: all who talk, one side of them, nobody, or nobody here knows.
KNOWN = ("all_party", "one_party", "none", "unknown")
CONSENTING = frozenset({"all_party", "one_party"})


def consent_in(told: Mapping[str, str], vendor: str) -> str:
    """What a connection says of consent, "unknown" where it says nothing; BadAnswer for a word that nobody knows."""
    consent = told.get("consent") or "unknown"
    if consent not in KNOWN:
        fix = "Nothing that was said is asked for until it is clear."
        raise BadAnswer(vendor, f"consent is one of {', '.join(KNOWN)}", fix=fix)
    return consent


def words_read(consent: str) -> str:
    """How a stream says whether words are read."""
    return " and what was said" if consent in CONSENTING else "; not what was said"
