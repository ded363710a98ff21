"""The inbox: few, prioritised, prepared next actions, and what people decide about them."""
