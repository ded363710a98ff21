"""Drafts that people can send as they are, on accounts of our own; and texts that no check may let through."""
