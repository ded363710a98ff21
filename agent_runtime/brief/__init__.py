"""The brief of an account, gathered from its records as they were known at any moment."""
