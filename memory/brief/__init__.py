"""The brief: the living record of an account, composed of what is known, each line with its sources."""

from memory.brief.compose import compose, digest
from memory.brief.known import Deal, Debt, Knowledge, Line, Question, Sighting

__all__ = ["Deal", "Debt", "Knowledge", "Line", "Question", "Sighting", "compose", "digest"]
