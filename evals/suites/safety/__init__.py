"""Safety: attacks on the real runtime, judged by what they changed and never by a detector; and what must still work."""
