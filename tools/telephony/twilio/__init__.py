"""Twilio: calls with their legs are read, messages are sent where the number is registered."""
