"""Safety: attacks on the real runtime, judged by what they changed and by no detector."""
