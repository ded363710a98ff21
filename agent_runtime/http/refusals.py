"""The errors that only this door knows."""

from agent_runtime.errors import BadInput, Refused, TenureError


class SignInNeeded(Refused):
    """Nobody is signed in, or the key opens nothing any more."""

    code = "sign_in_needed"


class KeyReused(Refused):
    """An idempotency key came again with another request."""

    code = "key_reused"


class TooLarge(BadInput):
    """The body is longer than any that is understood here."""

    code = "too_large"


class Throttled(Refused):
    """Too many tries; later ones are looked at again."""

    code = "throttled"


class Busy(Refused):
    """The database is taken at the moment; the same request may come again."""

    code = "busy"


class Failed(TenureError):
    """A fault of ours; its cause stands in the log under the request's number."""

    code = "internal"
