"""Backup and restore: what is known, as lines of JSON in one file, out of and into either database."""
