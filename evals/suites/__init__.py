"""The suites, a folder each: its committed cases and suite.py, which says how they are run and judged."""

NAMES = ("signals", "promises", "drafts", "recall", "brief", "assistant", "calls", "ranking", "safety", "ledger")
