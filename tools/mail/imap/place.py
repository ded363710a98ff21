"""How far a mailbox was read: for each folder the last uid, what makes it valid, and the last change of flags."""

from collections import UserDict
from dataclasses import asdict, dataclass, replace

import orjson

from tools.base import CursorTooOld
from tools.mail.imap.wire import VENDOR


@dataclass(frozen=True, slots=True)
class Place:
    """`validity`: while the folder's is the same, `uid` means the mail that it meant. `modseq`: 0 before the end."""

    validity: int
    uid: int = 0
    modseq: int = 0

    def at(self, uid: int) -> "Place":
        """The same one further on."""
        return replace(self, uid=uid)


class Places(UserDict[str, Place]):
    """The places of all folders by their use."""

    def text(self) -> str:
        """As it is kept between two reads."""
        return orjson.dumps({use: asdict(place) for use, place in self.data.items()}).decode()


def read_places(cursor: str | None) -> Places:
    """What was kept; raises CursorTooOld for anything else."""
    if not cursor:
        return Places()
    try:
        return Places({use: Place(**told) for use, told in orjson.loads(cursor).items()})
    except (orjson.JSONDecodeError, TypeError, AttributeError):
        raise CursorTooOld(VENDOR, "the place where reading stopped is not one of ours") from None
