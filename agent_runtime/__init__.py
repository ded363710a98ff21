"""The application: one persistent agent for each customer account."""
