"""What became of signals, and why what was lost was lost: measured on matters and systems, never on persons."""
