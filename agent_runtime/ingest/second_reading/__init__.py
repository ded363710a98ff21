"""A model reads once more what the program read: it asks about what it finds, and a person says whether it is so."""
