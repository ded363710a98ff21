"""What we promised: found in our own words with its day, kept by what keeps it, and broken aloud."""
