"""Looks once through an export of one's own, through the same engine, and writes one page of what it found."""
