"""Adapters: what other systems hold, read as source records and written only with an approval."""
