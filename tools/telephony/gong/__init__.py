"""Gong: recorded talks and their words are read."""
