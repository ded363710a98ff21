"""Accounts as people look at them and hand them over: lists, one account, who owns it from when on."""
