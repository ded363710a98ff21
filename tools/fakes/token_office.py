"""A stand-in for a provider's token address: gives tokens for what it knows, and says which is good now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tools.fakes.wire import Answered, Asked


@dataclass(slots=True)
class TokenOffice:
    """`wanted`: what the form must hold beside the grant; `given`: hears of each new token.

    `grace`: None keeps a refresh token for good; else each answer brings another one, and of the older ones so many
    are still good (0: the one that was asked with is not, as soon as the answer is made).
    """

    grant: str
    wanted: Mapping[str, str]
    given: Callable[[str], None]
    seconds: int = 3600
    tokens: int = 0
    grace: int | None = None
    asked: list[Asked] = field(default_factory=list)
    good: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.good = [self.wanted.get("refresh_token", "")]

    def answer(self, asked: Asked) -> Answered:
        """A token, or invalid_grant."""
        form = asked.form()
        wanted = {name: value for name, value in self.wanted.items() if name != "refresh_token"}
        known = all(form.get(name) == value for name, value in wanted.items()) and self._is_good(form)
        if asked.method != "POST" or form.get("grant_type") != self.grant or not known:
            return Answered(400, {"error": "invalid_grant", "error_description": "it was refused"})
        self.tokens += 1
        token = f"canary-token-{self.tokens}"
        self.given(token)
        answer: dict[str, object] = {"access_token": token, "expires_in": self.seconds, "token_type": "Bearer"}
        return Answered(200, answer | self._rotated())

    def _is_good(self, form: Mapping[str, str]) -> bool:
        return "refresh_token" not in self.wanted or form.get("refresh_token") in self.good

    def _rotated(self) -> dict[str, str]:
        if self.grace is None:
            return {}
        newest = f"canary-refresh-{self.tokens}"
        self.good = [newest, *self.good[: self.grace]]
        return {"refresh_token": newest}
