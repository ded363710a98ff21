"""Calls: missed or not, what they were about, one need or two, and what resolved them."""
