"""Any mailbox that speaks IMAP: mails are read and drafts are kept there; SMTP sends."""
