"""What missed calls cost: waits, value at risk, whether the figures hold, the weekly page and the live view."""
