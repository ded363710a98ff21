"""The assistant for any client that speaks OpenAI's chat completions: an account is a model."""
