"""Aircall: calls and who answered them are read."""
