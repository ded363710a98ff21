"""Inbound calls, from their legs to what resolved them."""

from pathlib import Path

from evals.suites.accounts import account_suite

SUITE = account_suite(Path(__file__).parent)
