"""The audit: what was done to an account, by whom, in one chain of hashes for each account."""
