"""Chats: people are told there what waits, decide there, and shared channels with customers are read."""
