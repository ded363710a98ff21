"""Signals on constructed accounts, from the record to the breach."""

from pathlib import Path

from evals.suites.accounts import account_suite

SUITE = account_suite(Path(__file__).parent)
