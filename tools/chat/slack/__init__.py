"""Slack: items are told and decided there, channels shared with customers are read."""
