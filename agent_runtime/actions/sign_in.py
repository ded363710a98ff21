"""How a sender signs in at their mail server: with a password, or with access tokens that are asked for (XOAUTH2)."""

from collections.abc import Callable

from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from agent_runtime.clock import SystemClock
from agent_runtime.errors import BadSetting
from agent_runtime.references import secret_in
from agent_runtime.rotation import Rotation, forget
from agent_runtime.settings import MailServer
from tools.base import NotAllowed
from tools.http import Buckets
from tools.http.oauth import Rotated
from tools.mail.bearer import Grant, TokenOf, token_of

# The tokens of this process: each is asked for once, not for every mail.
_BUCKETS = Buckets()
# Of a user and what their password reference leads to: where the one is kept that the provider replaced it with.
RotatedOf = Callable[[str, SecretStr], Rotated | None]
# By what the newest of a sender is kept.
_KEEPER, _NAME = "sender {}", "password"


def rotated_in(engine: Engine, install_key: SecretStr) -> RotatedOf:
    """What a provider replaces of the senders' refresh tokens is kept in the database."""

    def rotated(user_id: str, secret: SecretStr) -> Rotated:
        return Rotation(engine, install_key, SystemClock(), _KEEPER.format(user_id), _NAME, secret)

    return rotated


def forget_rotated(connection: Connection, user_id: str) -> None:
    """Forgets what replaced the refresh token of a sender."""
    forget(connection, _KEEPER.format(user_id), [_NAME])


def nowhere(_user_id: str, _secret: SecretStr) -> None:
    """Nothing is kept."""


def tokens_at(server: MailServer, username: str, secret: SecretStr, rotated: Rotated | None = None) -> TokenOf | None:
    """What gives a sender's access tokens; None where the server takes passwords. Raises BadSetting.

    `secret`: what the sender's password reference leads to; `rotated`: where the one is that replaced it.
    """
    told = server.tokens
    if told is None:
        return None
    client_secret = secret_in(told.client_secret, f"client_secret of {server.host}") if told.client_secret else None
    grant = Grant(told.way, told.token_address, told.client_id, client_secret or SecretStr(""), told.scope)
    try:
        return token_of(grant, username, secret, _BUCKETS, SystemClock().now, rotated=rotated)
    except NotAllowed as error:
        raise BadSetting(f"{error.what}.", fix=error.fix) from None
