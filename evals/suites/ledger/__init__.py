"""The ledger: what was begun ends once, with its outcome, or is open with an owner and a next step."""
