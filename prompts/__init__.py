"""Prompts for language models, one file each."""
