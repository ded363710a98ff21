"""Prepared work: what a person needs for a meeting, a renewal or a follow-up, composed with its sources."""
