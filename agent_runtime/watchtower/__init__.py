"""Finds what happened and, above all, what should have happened and did not."""
