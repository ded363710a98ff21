"""Dated statements about single slots, each with its source; a later one supersedes, nothing is deleted."""

from memory.facts.history import RANK, Statement
from memory.facts.reading import KnownFact, Source, StoredFact, all_facts, known
from memory.facts.recording import record

__all__ = ["RANK", "KnownFact", "Source", "Statement", "StoredFact", "all_facts", "known", "record"]
