"""How a vendor says that it has been asked too often: each in its own way, some without a 429."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

_FALLBACK = 10.0
# A limit of the day: asking again within minutes only uses up the next one.
_DAILY = 900.0


@dataclass(frozen=True, slots=True)
class Limit:
    """The vendor refused for its limit. `seconds`: how long to wait; `daily`: it will not help to wait a moment."""

    seconds: float
    daily: bool = False


LimitOf = Callable[[httpx.Response], Limit | None]


def limit_of(response: httpx.Response) -> Limit | None:
    """What most vendors do: 429, and how long to wait in Retry-After (seconds or a date)."""
    if response.status_code != 429:
        return None
    return Limit(retry_after(response) or _FALLBACK)


def retry_after(response: httpx.Response) -> float | None:
    """The seconds of Retry-After; a date is counted from the answer's own Date, so that no clock is asked."""
    told = response.headers.get("retry-after", "").strip()
    if told.isdigit():
        return float(told)
    try:
        until, sent = parsedate_to_datetime(told), parsedate_to_datetime(response.headers.get("date", ""))
        return max(0.0, (until - sent).total_seconds())
    except (TypeError, ValueError):
        return None


def hubspot_limit(response: httpx.Response) -> Limit | None:
    """429 with the policy that was hit; the daily one does not come back within minutes."""
    found = limit_of(response)
    if found is None:
        return None
    daily = b'"DAILY"' in response.content or response.headers.get("x-hubspot-ratelimit-daily-remaining") == "0"
    return Limit(max(found.seconds, _DAILY) if daily else found.seconds, daily=daily)


def salesforce_limit(response: httpx.Response) -> Limit | None:
    """403 REQUEST_LIMIT_EXCEEDED without any header: a retry on 429 alone would miss this vendor wholly."""
    if response.status_code == 403 and b"REQUEST_LIMIT_EXCEEDED" in response.content:
        return Limit(3600.0, daily=True)
    return limit_of(response)


def google_limit(response: httpx.Response) -> Limit | None:
    """403 rateLimitExceeded or userRateLimitExceeded, beside 429."""
    if response.status_code == 403 and b"ateLimitExceeded" in response.content:
        return Limit(retry_after(response) or _FALLBACK)
    return limit_of(response)


def aircall_limit(response: httpx.Response) -> Limit | None:
    """429 with the seconds until the next minute in a header of its own."""
    if response.status_code != 429:
        return None
    told = response.headers.get("x-aircallapi-reset", "")
    return Limit(retry_after(response) or (float(told) if told.isdigit() and float(told) < 3600 else 60.0))
