"""Connected systems: which there are, with what they are opened, how far they were read, and how they stand."""
