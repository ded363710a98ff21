"""Interactions from their begin to their end."""

from pathlib import Path

from evals.suites.accounts import account_suite

SUITE = account_suite(Path(__file__).parent)
