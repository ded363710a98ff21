"""Texts and training of the classifier that tells which kind of question somebody asks."""
