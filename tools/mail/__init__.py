"""Mailboxes: what a mail says, and where mails are read and kept."""
