"""Questions about one account or about all that somebody sees, answered from the records with their sources."""
