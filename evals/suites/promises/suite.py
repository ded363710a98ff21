"""Promises on constructed accounts, from the sentence to the due time."""

from pathlib import Path

from evals.suites.accounts import account_suite

SUITE = account_suite(Path(__file__).parent)
