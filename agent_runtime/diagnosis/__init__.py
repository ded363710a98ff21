"""What became of signals, and why what was lost was lost: measured on lapses and systems, never on persons."""
