"""The client: one vendor, one host, one credential; what it raises names no secret and no customer."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import orjson
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from tools.base import BadAnswer, LimitReached, NotAllowed, Unanswered, Unreachable, VendorError
from tools.http.addresses import ForbiddenAddress, Pinned, refuse_unsafe
from tools.http.buckets import Bucket, Buckets
from tools.http.signals import LimitOf, limit_of

# Their lines at INFO hold whole addresses, with what was searched for.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)
# Nothing of these was sent: the connection was not there.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
# How the answer came over, not what it says.
_TRANSFER = frozenset({"content-encoding", "content-length", "transfer-encoding"})
# An error code as vendors write them; anything else may be a sentence with a name in it.
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,60}")


def code_of(body: Any) -> str:
    """The vendor's own word for an error, where it has one: never its message, which may quote a customer."""
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return ""
    inner = first.get("error") if isinstance(first.get("error"), dict) else first
    for key in ("category", "errorCode", "code", "status", "error"):
        told = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(told, int) and not isinstance(told, bool):
            return str(told)
        if isinstance(told, str) and told != "error" and _CODE.fullmatch(told):
            return told
    return ""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a vendor is asked. `attempts`: tries of a read, and of a write of which surely nothing arrived.

    `patience`: the longest that one pause may be; a vendor that asks for more is left alone until the next round.
    """

    attempts: int = 5
    first_pause: float = 0.5
    patience: float = 30.0
    deadline: float = 60.0
    timeout: float = 20.0
    most_bytes: int = 64 * 1024 * 1024
    limit_of: LimitOf = limit_of


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `path` is below the base address, or a link that the vendor gave.

    `writes`: it changes something, so it is never sent twice unless `repeatable`, which says that the vendor
    makes the second the same as the first.
    """

    method: str
    path: str
    query: Mapping[str, Any] | None = None
    json: Any = None
    form: Mapping[str, str] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] | None = None
    writes: bool = False
    repeatable: bool = False
    bucket: str = ""
    for_person: bool = False


class VendorClient:
    """Asks one vendor at one host. `rates`: by bucket name, (size, tokens a second); "" for what names none.

    `owner` stands for the credential in the shared buckets; it is no secret. `at_once`: how many requests of an owner
    may run at a time, 0 for any number.
    """

    def __init__(
        self,
        vendor: str,
        base_url: str,
        *,
        auth: httpx.Auth | None,
        buckets: Buckets,
        rates: Mapping[str, tuple[float, float]],
        manners: Manners | None = None,
        owner: str = "",
        at_once: int = 0,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        refuse_unsafe(base_url)
        self.vendor, self._manners = vendor, manners or Manners()
        self._buckets, self._rates, self._owner = buckets, rates, f"{vendor}:{owner}"
        self._turns = buckets.turns(self._owner, at_once) if at_once else None
        self._monotonic = monotonic
        self._base = httpx.URL(base_url)
        self._client = httpx.Client(
            base_url=base_url, auth=auth, headers=dict(headers or {}), timeout=self._manners.timeout,
            follow_redirects=False, trust_env=False, transport=transport or Pinned(httpx.HTTPTransport(retries=0)),
        )  # fmt: skip

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def json(self, call: Call) -> Any:
        """The answer as JSON (None where it is empty); raises a VendorError."""
        return self.told(call)[0]

    def told(self, call: Call) -> tuple[Any, httpx.Headers]:
        """The answer as JSON (None where it is empty) and its headers; raises a VendorError."""
        response = self.ask(call)
        if not response.content:
            return None, response.headers
        try:
            return orjson.loads(response.content), response.headers
        except orjson.JSONDecodeError:
            # It broke off, or something stands between; another time it may be whole.
            raise self._no_answer(call, "it is no JSON") from None

    def ask(self, call: Call) -> httpx.Response:
        """The answer of a call that succeeded; raises a VendorError for every other outcome."""
        begun = self._monotonic()
        trying = Retrying(
            retry=retry_if_exception_type((Unreachable, LimitReached)),
            stop=lambda state: self._stops(state, begun),
            wait=self._pause,
            sleep=self._buckets.wait,
            reraise=True,
        )
        return trying(self._once, call, begun)

    def _stops(self, state: RetryCallState, begun: float) -> bool:
        """After the last attempt, past the deadline, or when the vendor asks for more time than there is."""
        if stop_after_attempt(self._manners.attempts)(state) or self._asked_wait(state) > self._manners.patience:
            return True
        return self._monotonic() - begun + self._pause(state) > self._manners.deadline

    def _pause(self, state: RetryCallState) -> float:
        doubled = self._manners.first_pause * float(2 ** (state.attempt_number - 1))
        return max(self._asked_wait(state), min(doubled, self._manners.patience))

    def _asked_wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return error.wait.total_seconds() if isinstance(error, LimitReached) and error.wait else 0.0

    def _bucket(self, call: Call) -> Bucket:
        size, rate = self._rates.get(call.bucket) or self._rates[""]
        return self._buckets.of(self._owner, call.bucket, size, rate)

    def _once(self, call: Call, begun: float) -> httpx.Response:
        bucket = self._bucket(call)
        closed = bucket.closed_for()
        if closed > self._manners.patience:
            # A limit of the day holds nobody up: the next round asks again.
            raise LimitReached(self.vendor, "the limit is used up", wait=timedelta(seconds=closed))
        bucket.take(for_person=call.for_person)
        with self._turns or nullcontext():
            response = self._send(call, begun)
        limit = self._manners.limit_of(response)
        if limit is not None:
            bucket.refused(limit.seconds)
            what = "the limit for today is used up" if limit.daily else "asked too often"
            raise LimitReached(self.vendor, what, wait=timedelta(seconds=limit.seconds))
        bucket.answered()
        if response.is_success:
            return response
        raise self._refusal(call, response)

    def _send(self, call: Call, begun: float) -> httpx.Response:
        request = self._client.build_request(
            call.method, call.path, params=call.query, json=call.json, data=call.form, content=call.content,
            headers=call.headers,
        )  # fmt: skip
        if not self._is_home(request.url):
            raise BadAnswer(self.vendor, "a link in an answer leads to another host; it was not followed")
        try:
            response = self._client.send(request, stream=True)
            try:
                return self._read(call, response, begun)
            finally:
                response.close()
        except ForbiddenAddress as error:
            raise NotAllowed(self.vendor, str(error), fix="Correct the address in the connection.") from None
        except _NOT_SENT:
            raise Unreachable(self.vendor, "no connection") from None
        except httpx.HTTPError as error:
            # The error's own text may hold the whole address.
            raise self._no_answer(call, type(error).__name__) from None

    def _is_home(self, url: httpx.URL) -> bool:
        return (url.scheme, url.host, url.port) == (self._base.scheme, self._base.host, self._base.port)

    def _read(self, call: Call, response: httpx.Response, begun: float) -> httpx.Response:
        """The whole answer, within the deadline and the most bytes that are taken."""
        pieces, size = [], 0
        for piece in response.iter_bytes():
            pieces.append(piece)
            size += len(piece)
            if size > self._manners.most_bytes:
                raise self._unread(call, f"the answer is longer than {self._manners.most_bytes} bytes")
            if self._monotonic() - begun > self._manners.deadline:
                raise self._no_answer(call, "deadline")
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in _TRANSFER]
        return httpx.Response(response.status_code, headers=headers, content=b"".join(pieces))

    def _unread(self, call: Call, what: str) -> VendorError:
        """A write whose answer cannot be read may have been done."""
        return Unanswered(self.vendor, what) if call.writes and not call.repeatable else BadAnswer(self.vendor, what)

    def _no_answer(self, call: Call, what: str) -> VendorError:
        if call.writes and not call.repeatable:
            return Unanswered(self.vendor, f"no answer to {call.method} ({what})")
        return Unreachable(self.vendor, f"no answer ({what})")

    def _refusal(self, call: Call, response: httpx.Response) -> VendorError:
        status, code = response.status_code, _code_in(response)
        told = f"{status} {code}".strip()
        if status in (401, 403):
            fix = "Check the credential and what it may do, then connect again."
            return NotAllowed(self.vendor, f"{call.method} was not allowed ({told})", fix=fix)
        # 501: the server knows nothing of what is asked, and will not the next time.
        if (status >= 500 and status != 501) or status == 408:
            return self._no_answer(call, told)
        if response.is_redirect:
            return BadAnswer(self.vendor, f"the answer leads elsewhere ({told}); it was not followed")
        return Refused(self.vendor, told, status=status, code=code)


class Refused(BadAnswer):
    """The vendor refused the request as such: `status` and the vendor's own `code` say why."""

    def __init__(self, vendor: str, told: str, *, status: int, code: str) -> None:
        super().__init__(vendor, f"the request was refused ({told})")
        self.status, self.code = status, code


def _code_in(response: httpx.Response) -> str:
    try:
        return code_of(orjson.loads(response.content))
    except orjson.JSONDecodeError:
        return ""
