"""A stand-in for a provider's token address: gives tokens for what it knows, and says which is good now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tools.fakes.wire import Answered, Asked


@dataclass(slots=True)
class TokenOffice:
    """`wanted`: what the form must hold beside the grant; `given`: hears of each new token."""

    grant: str
    wanted: Mapping[str, str]
    given: Callable[[str], None]
    seconds: int = 3600
    tokens: int = 0
    asked: list[Asked] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answered:
        """A token, or invalid_grant."""
        form = asked.form()
        known = all(form.get(name) == value for name, value in self.wanted.items())
        if asked.method != "POST" or form.get("grant_type") != self.grant or not known:
            return Answered(400, {"error": "invalid_grant", "error_description": "it was refused"})
        self.tokens += 1
        token = f"canary-token-{self.tokens}"
        self.given(token)
        return Answered(200, {"access_token": token, "expires_in": self.seconds, "token_type": "Bearer"})
