"""Webhooks out: tells other systems what happened, signed, each event at least once with the same id."""
