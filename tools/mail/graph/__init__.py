"""Microsoft 365: mails and meetings are read, drafts are kept there and mails are sent."""
