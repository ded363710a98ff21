"""The brief: what a new owner has to read stands in it, with its source, and nothing that nobody said."""
