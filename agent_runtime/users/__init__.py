"""The people of ours who may come in: passwords, tokens bound to a person, sessions, and the brake on guessing."""
