"""The doors for other programs: chat as OpenAI's clients speak it, MCP, webhooks out and webhooks in."""
