"""Ingest: what a tool read becomes an activity of the account that it belongs to."""
