"""How the classifier of call topics is trained and measured; the product ships only its weights."""
