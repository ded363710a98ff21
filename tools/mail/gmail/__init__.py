"""Gmail and its calendar: mails and meetings are read, drafts are kept there and mails are sent."""
