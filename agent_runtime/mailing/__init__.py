"""Mails of the house to its own people: the morning of each, and the weekly page of missed calls, once each."""
