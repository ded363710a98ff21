"""How a phone system stands, as a look at it shows."""

from collections.abc import Callable

from tools.base import Health, LimitReached, NotAllowed, State, VendorError


def standing(title: str, look: Callable[[], str]) -> Health:
    """Whether the credential works. `look`: asks the vendor for something small, gives whose credential it is."""
    try:
        who = look()
    except NotAllowed as error:
        return Health(State.NOT_ALLOWED, f"{title} does not accept the credential.", fix=error.fix)
    except LimitReached:
        return Health(State.LIMITED, f"{title}'s limit is used up; reading goes on when it is free again.")
    except VendorError as error:
        return Health(State.UNREACHABLE, f"{title} could not be reached: {error.what}.")
    return Health(State.WELL, f"{title} answers, and the credential may read.", who=who)
