"""Interactions and expectations: what was begun, and the rule that none of it may be lost."""
