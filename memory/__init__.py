"""What is known of an account, each thing with its source; it outlasts the rep."""
