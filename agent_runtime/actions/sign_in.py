"""How a sender signs in at their mail server: with a password, or with access tokens that are asked for (XOAUTH2)."""

from pydantic import SecretStr

from agent_runtime.clock import SystemClock
from agent_runtime.errors import BadSetting
from agent_runtime.references import secret_in
from agent_runtime.settings import MailServer
from tools.base import NotAllowed
from tools.http import Buckets
from tools.mail.bearer import Grant, TokenOf, token_of

# The tokens of this process: each is asked for once, not for every mail.
_BUCKETS = Buckets()


def tokens_at(server: MailServer, username: str, secret: SecretStr) -> TokenOf | None:
    """What gives a sender's access tokens; None where the server takes passwords. Raises BadSetting.

    `secret`: what the sender's password reference leads to.
    """
    told = server.tokens
    if told is None:
        return None
    client_secret = secret_in(told.client_secret, f"client_secret of {server.host}") if told.client_secret else None
    grant = Grant(told.way, told.token_address, told.client_id, client_secret or SecretStr(""), told.scope)
    try:
        return token_of(grant, username, secret, _BUCKETS, SystemClock().now)
    except NotAllowed as error:
        raise BadSetting(f"{error.what}.", fix=error.fix) from None
