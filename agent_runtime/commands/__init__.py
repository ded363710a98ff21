"""What commands do that belong to no other room: they open an installation, do one thing and print it."""
