"""How fast a vendor is asked: buckets of tokens that all threads share, with a reserve for people who wait."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock, Semaphore

from pydantic import SecretStr

Wait = Callable[[float], None]
# What the background leaves in the bucket for somebody who waits in front of a page.
RESERVE = 0.2
# After the vendor has refused: half as fast, and back to full speed in as many answers.
_SLOWER, _FASTER, _SLOWEST = 0.5, 1.05, 1 / 16


class Bucket:
    """Holds up to `size` tokens and gains `rate` a second; each request takes one.

    It learns: a refusal of the vendor halves the rate for a while and may close the bucket for the time it names.
    """

    def __init__(
        self, size: float, rate: float, *, monotonic: Callable[[], float] = time.monotonic, wait: Wait = time.sleep
    ) -> None:
        self._size, self._rate = size, rate
        # A bucket of one token has none to spare.
        self._kept = min(size * RESERVE, size - 1)
        self._monotonic, self._wait = monotonic, wait
        self._tokens, self._pace = size, 1.0
        self._at = monotonic()
        self._closed_until = self._at
        self._lock = Lock()

    def take(self, *, for_person: bool = False) -> float:
        """Waits until a token is there and takes it; gives how many seconds it waited."""
        waited = 0.0
        while (pause := self._try(0.0 if for_person else self._kept)) > 0:
            self._wait(pause)
            waited += pause
        return waited

    def refused(self, seconds: float) -> None:
        """The vendor refused: nothing for `seconds`, and slower after that."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._monotonic() + seconds)
            self._pace = max(self._pace * _SLOWER, _SLOWEST)
            self._tokens = min(self._tokens, self._kept)

    def closed_for(self) -> float:
        """For how many seconds more the vendor wants nothing."""
        with self._lock:
            return max(0.0, self._closed_until - self._monotonic())

    def answered(self) -> None:
        """The vendor answered as usual."""
        with self._lock:
            self._pace = min(1.0, self._pace * _FASTER)

    def _try(self, kept: float) -> float:
        """Takes a token, or says in how many seconds to ask again."""
        with self._lock:
            now = self._monotonic()
            gained = (now - self._at) * self._rate * self._pace
            self._tokens, self._at = min(self._size, self._tokens + gained), now
            if now < self._closed_until:
                return self._closed_until - now
            missing = kept + 1 - self._tokens
            if missing <= 1e-9:
                self._tokens -= 1
                return 0.0
            return max(missing / (self._rate * self._pace), 0.001)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a vendor gave for a while: an access token, or its public keys. `until`: None where it does not say."""

    value: SecretStr
    until: datetime | None


class Buckets:
    """The buckets of one process, by vendor, credential and name, so that all who ask a vendor share its limit.

    Beside them the access tokens and public keys, for the same reason: each is asked for once, not at every read.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic, wait: Wait = time.sleep) -> None:
        self.monotonic, self.wait = monotonic, wait
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._kept: dict[tuple[str, str], Kept] = {}
        self._turns: dict[str, Semaphore] = {}
        self._lock = Lock()

    def turns(self, owner: str, most: int) -> Semaphore:
        """What lets `most` requests of an owner run at a time, made at the first call."""
        with self._lock:
            return self._turns.setdefault(owner, Semaphore(most))

    def kept(self, owner: tuple[str, str]) -> Kept | None:
        """What a vendor gave for a credential, if it did."""
        with self._lock:
            return self._kept.get(owner)

    def keep(self, owner: tuple[str, str], given: Kept) -> None:
        """Keeps it, in memory alone."""
        with self._lock:
            self._kept[owner] = given

    def of(self, owner: str, name: str, size: float, rate: float) -> Bucket:
        """The bucket `name` of `owner`, made at the first call."""
        with self._lock:
            found = self._buckets.get((owner, name))
            if found is None:
                made = Bucket(size, rate, monotonic=self.monotonic, wait=self.wait)
                found = self._buckets[owner, name] = made
            return found
