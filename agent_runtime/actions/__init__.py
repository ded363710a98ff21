"""Decided changes, outward or inward: each is executed at most once and comes back as an activity."""
