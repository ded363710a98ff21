"""What the watchtower's rules see, what they leave alone, and where they claim nothing because nobody could see."""
