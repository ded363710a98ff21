"""The Model Context Protocol: what an account's memory and the inbox hold, as tools of somebody else's assistant."""
