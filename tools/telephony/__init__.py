"""Phone systems: calls with all their legs, words only where they may be kept, messages where a number may send."""
