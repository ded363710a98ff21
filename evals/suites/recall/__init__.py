"""Recall: the turn that answers a question is among the first ten of its conversation."""
