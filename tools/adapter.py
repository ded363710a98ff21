"""How an adapter presents itself: what it asks for, what it reads and writes, and how it is opened."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

import httpx
from pydantic import SecretStr

from tools.base import Source, WebhookVerifier, Writer
from tools.http import Buckets
from tools.http.oauth import Rotated
from tools.mail.drafts import Drafts
from tools.notices import Notifier


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that a connection needs to know. `what`: the question in plain words, `where`: where it is found.

    `secret`: kept by reference or encrypted, shown nowhere. `needed`: without it there is no connection.
    """

    name: str
    what: str
    where: str = ""
    secret: bool = False
    needed: bool = True
    default: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """What an adapter is opened with. `told`: the answers by name; `secrets`: the secret ones.

    `since`: from when the past is read. `transport`: how the vendor is reached, None for the network.
    `closing`: what is closed when the connection is not needed any more; an adapter puts its clients there.
    `rotated`: by the name of a secret, where the one is kept that its vendor replaced it with; None: nowhere.
    """

    told: Mapping[str, str]
    secrets: Mapping[str, SecretStr]
    since: datetime
    now: Callable[[], datetime]
    buckets: Buckets
    transport: httpx.BaseTransport | None = None
    closing: ExitStack = field(default_factory=ExitStack, compare=False, repr=False)
    rotated: Callable[[str], Rotated | None] = field(default=lambda _: None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Adapter:
    """One vendor. `page`: where its credential is made. `reads`, `writes`, `undo`: in plain words.

    `writer`, `verifier`, `drafts` and `notifier` are None where the adapter has none, and give None where their secret
    was not given.
    `proven`: against what it was tried: "contract" (its own clients and published vectors), "stand-in" (ours alone),
    "server" (real servers of its kind) or "vendor" (the system).
    """

    name: str
    title: str
    page: str
    asks: Sequence[Ask]
    reads: str
    writes: str
    undo: str
    source: Callable[[Opening], Source]
    writer: Callable[[Opening], Writer | None] | None = None
    verifier: Callable[[Opening], WebhookVerifier | None] | None = None
    drafts: Callable[[Opening], Drafts | None] | None = None
    proven: str = "contract"
    notifier: Callable[[Opening], Notifier | None] | None = None
