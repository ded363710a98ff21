"""Recall: what one account's memory holds on a question, with its sources and why each was found."""

from memory.recall.corpus import Corpus, embedded, read
from memory.recall.recalling import Recalled, Result, recall, recall_from

__all__ = ["Corpus", "Recalled", "Result", "embedded", "read", "recall", "recall_from"]
