"""CRMs: one vendor in a few files, each read by time of change and written by a unique key."""
