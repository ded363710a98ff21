"""What every stand-in for a vendor shares: a request, an answer, faults on request, and two ways to be reached."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import Any, Protocol
from urllib.parse import parse_qsl

import httpx
import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "REPORT"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in; header names are lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, None where there is none."""
        return orjson.loads(self.body) if self.body else None

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def values(self, name: str) -> list[str]:
        """Every value of that name in the query, also where several stand in one with commas."""
        return [one for key, value in self.query if key == name for one in value.split(",") if one]

    def value(self, name: str, default: str = "") -> str:
        """One value of the query."""
        return next((value for key, value in self.query if key == name), default)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: its status, its body as JSON (None: empty; bytes: as they are), and headers of its own."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def packed(self) -> bytes:
        """The body as it goes out."""
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else orjson.dumps(self.body)


class Fake(Protocol):
    """A stand-in: state, and an answer to each request."""

    asked: list[Asked]

    def answer(self, asked: Asked) -> Answered:
        """Does what the vendor would do."""
        ...


# limit: 429. error: 503. dropped: no connection. Of these nothing was done. late: done, and no answer comes.
# broken: done, and the answer breaks off.
KINDS = ("limit", "error", "dropped", "late", "broken")


@dataclass(slots=True)
class Faults:
    """How often of a hundred requests goes wrong in each way; never more than `in_a_row`, so that patience helps.

    `only`: which requests may go wrong. The same seed gives the same faults.
    """

    percent: Mapping[str, int]
    seed: int = 7
    in_a_row: int = 2
    only: Callable[[Asked], bool] = lambda _: True
    counts: dict[str, int] = field(default_factory=dict)
    _random: Random = field(init=False)
    _row: int = 0

    def __post_init__(self) -> None:
        self._random = Random(self.seed)

    def next(self, asked: Asked) -> str | None:
        """The fault of this request, None where it is answered."""
        drawn = self._random.randrange(100)
        if not self.only(asked) or self._row >= self.in_a_row:
            self._row = 0
            return None
        for kind in KINDS:
            drawn -= self.percent.get(kind, 0)
            if drawn < 0:
                self._row += 1
                self.counts[kind] = self.counts.get(kind, 0) + 1
                return kind
        self._row = 0
        return None


LIMITED = Answered(429, {"status": "error", "category": "RATE_LIMITS"}, {"retry-after": "1"})
FAILED = Answered(503, {"status": "error", "category": "UNAVAILABLE"})


class FakeTransport(httpx.BaseTransport):
    """Reaches a stand-in without a network, as a transport of httpx."""

    def __init__(self, fake: Fake, faults: Faults | None = None, limited: Answered = LIMITED) -> None:
        """`limited`: how this vendor says that its limit is used up."""
        self._fake, self._faults, self._limited, self._lock = fake, faults, limited, Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answers, or fails as it was asked to."""
        asked = Asked(
            request.method, request.url.path, tuple(request.url.params.multi_items()),
            {name.lower(): value for name, value in request.headers.items()}, request.read(),
        )  # fmt: skip
        with self._lock:
            return self._answered(asked, request)

    def _answered(self, asked: Asked, request: httpx.Request) -> httpx.Response:
        fault = self._faults.next(asked) if self._faults else None
        if fault == "dropped":
            raise httpx.ConnectError("the connection was refused", request=request)
        if fault in ("limit", "error"):
            return _response(self._limited if fault == "limit" else FAILED)
        self._fake.asked.append(asked)
        answer = self._fake.answer(asked)
        if fault == "late":
            raise httpx.ReadTimeout("no answer in time", request=request)
        if fault == "broken":
            return httpx.Response(200, content=answer.packed()[:-2] or b"{")
        return _response(answer)


def _response(answer: Answered) -> httpx.Response:
    headers = {"content-type": "application/json", **answer.headers}
    return httpx.Response(answer.status, content=answer.packed(), headers=headers)


def app_of(fake: Fake, faults: Faults | None = None) -> Starlette:
    """The stand-in as an application, to be served on a loopback port; what `faults` drops is answered with 503."""
    lock = Lock()

    def answered(asked: Asked) -> Answered:
        with lock:
            fault = faults.next(asked) if faults else None
            if fault in ("limit", "error", "dropped"):
                return LIMITED if fault == "limit" else FAILED
            fake.asked.append(asked)
            answer = fake.answer(asked)
            return FAILED if fault else answer

    async def answer(request: Request) -> Response:
        asked = Asked(
            request.method, request.url.path, tuple(request.query_params.multi_items()),
            {name.lower(): value for name, value in request.headers.items()}, await request.body(),
        )  # fmt: skip
        found = await run_in_threadpool(answered, asked)
        return Response(found.packed(), found.status, dict(found.headers), "application/json")

    return Starlette(routes=[Route("/{path:path}", answer, methods=_METHODS)])
