"""Training the ranker of recall on conversations that are generated from our own texts."""
