"""Webhooks in: takes signed messages of any system, keeps them, and reads records out of them."""
