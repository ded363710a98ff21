"""Access tokens of OAuth 2: asked for with a secret or a signed statement, kept until they end, anew after a 401."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from tools.base import BadAnswer, NotAllowed
from tools.http.buckets import Buckets, Kept
from tools.http.client import Call, Manners, Refused, VendorClient
from tools.http.signals import LimitOf, limit_of

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# A token is not used in its last minute: the request that carries it may take so long.
_BEFORE_END = timedelta(minutes=1)
# How long a signed statement is good; the vendors allow five minutes to an hour.
_GOOD_FOR = timedelta(minutes=3)
_RATES = {"": (5.0, 1.0)}


class Proof(Protocol):
    """What a token is given for. `mark` stands for the credential, so that two never share a token."""

    @property
    def auth(self) -> httpx.Auth | None:
        """What goes into the header of the token request."""
        ...

    @property
    def mark(self) -> str:
        """No secret: a digest."""
        ...

    def form(self, now: datetime) -> dict[str, str]:
        """The body of the token request; NotAllowed where the key cannot be read."""
        ...


class Rotated(Protocol):
    """Where the newest of a refresh token is kept that its provider replaces as it is used (RFC 6749, 6)."""

    def turn(self) -> AbstractContextManager[SecretStr]:
        """The newest one, while nobody else asks with it; raises a VendorError where it cannot be had."""
        ...

    def keep(self, used: SecretStr, newest: SecretStr) -> None:
        """Keeps the one that replaced `used`."""
        ...


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """The client-credentials grant (RFC 6749, 4.4). `in_form`: the vendor reads the secret there, not in the header."""

    client_id: str
    secret: SecretStr
    scope: str = ""
    in_form: bool = False

    @property
    def auth(self) -> httpx.Auth | None:
        """Basic, as the standard prefers it."""
        return None if self.in_form else httpx.BasicAuth(self.client_id, self.secret.get_secret_value())

    @property
    def mark(self) -> str:
        """A digest of all of it."""
        return _digest(self.client_id, self.secret, self.scope)

    def form(self, now: datetime) -> dict[str, str]:
        """The grant, with the scope where there is one."""
        told = {"grant_type": "client_credentials"}
        if self.in_form:
            told |= {"client_id": self.client_id, "client_secret": self.secret.get_secret_value()}
        return told | ({"scope": self.scope} if self.scope else {})


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """The refresh grant (RFC 6749, 6) of an app that a person let act for them. An app on a device has no secret.

    `token`: as it was given, by which it is marked. `rotated`: where the one is that replaced it, None where nothing
    can be kept.
    """

    client_id: str
    secret: SecretStr
    token: SecretStr
    scope: str = ""
    rotated: Rotated | None = field(default=None, compare=False, repr=False)

    @property
    def auth(self) -> httpx.Auth | None:
        """None: what proves it is in the form."""
        return None

    @property
    def mark(self) -> str:
        """A digest of all of it."""
        return _digest(self.client_id, self.secret, self.token, self.scope)

    def form(self, now: datetime) -> dict[str, str]:
        """The grant, with the secret and the scope where there are some."""
        told = {"grant_type": "refresh_token", "client_id": self.client_id}
        told["refresh_token"] = self.token.get_secret_value()
        more = {"client_secret": self.secret.get_secret_value(), "scope": self.scope}
        return told | {name: value for name, value in more.items() if value}


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """The JWT bearer grant (RFC 7523), signed with RS256. `claims`: iss, sub, aud and what the vendor wants beside.

    `key`: a private key as PEM, also with its line ends written as \\n.
    """

    vendor: str
    claims: Mapping[str, str]
    key: SecretStr
    key_id: str = ""

    @property
    def auth(self) -> httpx.Auth | None:
        """None: the statement is the proof."""
        return None

    @property
    def mark(self) -> str:
        """A digest of claims and key."""
        return _digest(*(f"{name}={value}" for name, value in sorted(self.claims.items())), self.key)

    def form(self, now: datetime) -> dict[str, str]:
        """The grant with a statement that is good for three minutes."""
        times = {"iat": int(now.timestamp()), "exp": int((now + _GOOD_FOR).timestamp())}
        header = {"alg": "RS256", "typ": "JWT"} | ({"kid": self.key_id} if self.key_id else {})
        try:
            key = RSAKey.import_key(self.key.get_secret_value().replace("\\n", "\n"))
            return {"grant_type": JWT_BEARER, "assertion": jwt.encode(header, {**self.claims, **times}, key)}
        except (JoseError, ValueError):
            # The error's own text may hold a piece of the key.
            fix = "Give the private key as a PEM file: file:/path/to/key.pem."
            raise NotAllowed(self.vendor, "the private key cannot be read", fix=fix) from None


def _digest(*parts: str | SecretStr) -> str:
    told = [one.get_secret_value() if isinstance(one, SecretStr) else one for one in parts]
    return sha256("\x00".join(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one credential, shared by all of the process. `path`: of the token endpoint at `client`'s host."""

    client: VendorClient
    path: str
    proof: Proof
    buckets: Buckets
    now: Callable[[], datetime]

    def present(self) -> str:
        """A token that is good now; raises a VendorError where none is given."""
        return self._known("") or self._asked("")

    def renewed(self, refused: str) -> str:
        """Another token than one that was refused; one that somebody else has renewed meanwhile is taken."""
        return self._known(refused) or self._asked(refused)

    def _owner(self) -> tuple[str, str]:
        return self.client.vendor, f"{self.path} {self.proof.mark}"

    def _known(self, refused: str) -> str:
        """What is kept and good still, and was not refused; else empty."""
        kept = self.buckets.kept(self._owner())
        if kept is None or (kept.until is not None and self.now() >= kept.until - _BEFORE_END):
            return ""
        known = kept.value.get_secret_value()
        return "" if known == refused else known

    def _asked(self, refused: str) -> str:
        with self.buckets.turns(" ".join(self._owner()), 1), _turn(self.proof) as proof:
            # Another may have asked while this one waited for its turn.
            return self._known(refused) or self._given(proof)

    def _given(self, proof: Proof) -> str:
        now = self.now()
        answer = self._answer(proof, now)
        token, seconds = answer.get("access_token"), str(answer.get("expires_in"))
        if not isinstance(token, str) or not token:
            raise BadAnswer(self.client.vendor, "the answer to the credential holds no token")
        # First of all: were it lost, nobody could ask again.
        _keep_rotated(proof, answer.get("refresh_token"))
        until = now + timedelta(seconds=int(seconds)) if seconds.isdigit() else None
        self.buckets.keep(self._owner(), Kept(SecretStr(token), until))
        return token

    def _answer(self, proof: Proof, now: datetime) -> dict[str, object]:
        try:
            answer = self.client.json(Call("POST", self.path, form=proof.form(now)))
        except Refused as error:
            # 400 invalid_grant or invalid_client: the credential is wrong, not the request.
            fix = "Check the credential, whether it is switched on, and the clock of this machine."
            raise NotAllowed(self.client.vendor, f"the credential is not accepted: {error.what}", fix=fix) from None
        return answer if isinstance(answer, dict) else {}


@contextmanager
def _turn(proof: Proof) -> Iterator[Proof]:
    """What is asked with: of a refresh token the newest one, with which nobody else asks meanwhile."""
    if not isinstance(proof, RefreshToken) or proof.rotated is None:
        yield proof
        return
    with proof.rotated.turn() as newest:
        yield replace(proof, token=newest)


def _keep_rotated(proof: Proof, told: object) -> None:
    """Keeps the refresh token of an answer, where it has another than it was asked with."""
    if isinstance(proof, RefreshToken) and proof.rotated and isinstance(told, str) and told:
        newest = SecretStr(told)
        if newest != proof.token:
            proof.rotated.keep(proof.token, newest)


class TokenAuth(httpx.Auth):
    """Puts the token on each request; a 401 brings a new one and a second try, because nothing was done."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """At most two requests."""
        token = self._tokens.present()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == 401:
            request.headers["Authorization"] = f"Bearer {self._tokens.renewed(token)}"
            yield request


def token_client(
    vendor: str,
    address: str,
    proof: Proof,
    buckets: Buckets,
    transport: httpx.BaseTransport | None,
    limited: LimitOf = limit_of,
) -> VendorClient:
    """The client of a token endpoint's host. `limited`: how the vendor says that its limit is used up."""
    # Few attempts: the request that needs the token tries again by itself.
    manners = Manners(attempts=2, timeout=15.0, deadline=30.0, limit_of=limited)
    return VendorClient(
        vendor, address, auth=proof.auth, buckets=buckets, rates=_RATES, manners=manners, owner="token",
        transport=transport,
    )  # fmt: skip
