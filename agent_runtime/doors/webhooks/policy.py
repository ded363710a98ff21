"""What may be told to whom, when it is tried again, and by which key it is signed: without a database."""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from agent_runtime.errors import BadInput

# The schedule that the specification of Standard Webhooks gives as its example: three days in all.
WAITS = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
OVERLAP = timedelta(hours=24)
GONE = 410
MOST_KINDS = 50
_MOST_RETRY_AFTER = timedelta(days=1)
_KIND = re.compile(r"\*|[a-z_]+(\.[a-z_]+)*(\.\*)?")
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Result:
    """How one attempt ended: the status of the answer, or None and what stood in the way."""

    status: int | None
    error: str = ""
    retry_after: timedelta | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


def wants(kinds: Iterable[str], kind: str) -> bool:
    """Whether a receiver of `kinds` is told of an event of `kind`."""
    return any(x in ("*", kind) or (x.endswith(".*") and kind.startswith(x[:-1])) for x in kinds)


def checked_kinds(kinds: Iterable[str]) -> list[str]:
    """The kinds, each once; raises BadInput."""
    found = list(dict.fromkeys(kinds))
    if not 0 < len(found) <= MOST_KINDS or not all(_KIND.fullmatch(x) for x in found):
        raise BadInput("These are no kinds of events.", fix='Write them as "item.delivered", "item.*" or "*".')
    return found


def checked_url(url: str, *, private: bool) -> SplitResult:
    """The address of a receiver in its parts; raises BadInput. `private`: hosts inside the house, and http, are let."""
    parts = urlsplit(url)
    try:
        usable = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or parts.username or parts.password or parts.fragment or len(url) > 2_000:
        raise BadInput("This is no address of a receiver.", fix="Write it as https://host/path, without a password.")
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise BadInput(
            "A receiver is told over https only.", fix="Write https://…; http needs webhooks_private = true."
        )
    return parts


def is_public(address: str) -> bool:
    """Whether an IP address lies outside of every private, local and reserved network, however it is written."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or _behind_nat64(found) or found
    return found.is_global and not found.is_multicast


def next_try(delivery_id: str, attempts: int, result: Result, now: datetime) -> datetime | None:
    """When it is tried again after so many attempts, or None when that was the last; up to a fifth later than the
    schedule says, so that not all come back at once, and not before the receiver asked for."""
    if result.status == GONE or attempts > len(WAITS):
        return None
    wait = WAITS[attempts - 1] * (1 + int(delivery_id[-4:], 16) / 0xFFFF / 5)
    asked = min(result.retry_after or timedelta(), _MOST_RETRY_AFTER)
    return now + max(wait, asked)


def keys_of(
    install_key: SecretStr, webhook_id: str, generation: int, rotated_at: datetime | None, now: datetime
) -> list[bytes]:
    """The keys that sign now: the present one, and for a day after a change the one before."""
    keys = [_key(install_key, webhook_id, generation)]
    if rotated_at is not None and generation > 1 and now < rotated_at + OVERLAP:
        keys.append(_key(install_key, webhook_id, generation - 1))
    return keys


def _key(install_key: SecretStr, webhook_id: str, generation: int) -> bytes:
    name = f"webhook {webhook_id} {generation}".encode()
    return hmac.digest(install_key.get_secret_value().encode(), name, "sha256")


def _behind_nat64(address: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
