"""A constructed phone history with its truth: generated, replayed as any world is, and scored."""
