"""A playbook against the company's own history: what it would suggest, and what a change would have done."""
