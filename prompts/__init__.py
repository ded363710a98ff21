"""Prompts for language models, one file each: loaded by name, hashed, and rendered with foreign text fenced as data."""

from prompts.loading import NAMES, BadPrompt, Prompt, load, parse

__all__ = ["NAMES", "BadPrompt", "Prompt", "load", "parse"]
