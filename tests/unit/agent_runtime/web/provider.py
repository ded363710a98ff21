"""An OpenID provider on a real socket of loopback: it signs, checks PKCE as RFC 7636 says, and can be told to lie."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "tenure", "a secret of a test, long enough for HS256"


@dataclass
class FakeProvider:
    """What it says and how it lies: `claims` go over the true ones, `described` over its description of itself."""

    now: datetime
    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    signed_by: Any = None
    algorithm: str = "RS256"
    broken: bool = False
    asked: list[str] = field(default_factory=list)
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def description(self) -> dict[str, Any]:
        """The document at /.well-known/openid-configuration."""
        here = self.address
        return {
            "issuer": here, "authorization_endpoint": f"{here}/authorize?tenant=1", "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/keys", "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        } | self.described  # fmt: skip

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes on to after the person signed in there."""
        assert (query["client_id"], query["code_challenge_method"]) == (CLIENT, "S256")
        code = f"code{len(self._codes)}"
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The answer to a code that comes with the verifier of its challenge, once; None refuses."""
        asked = self._codes.pop(form.get("code", ""), None)
        wanted = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or authorization != wanted or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if challenge.rstrip("=") != asked["code_challenge"]:
            return None
        return {"access_token": "x", "token_type": "Bearer", "id_token": self._signed(asked["nonce"])}

    def _signed(self, nonce: str) -> str:
        moment = int(self.now.timestamp())
        true = {"iss": self.address, "aud": CLIENT, "sub": "s1", "iat": moment, "exp": moment + 300, "nonce": nonce}
        key = self.signed_by or self.key
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, true | self.claims, key, algorithms=[self.algorithm])


def shared_key() -> OctKey:
    """The client's secret as a key, with which nobody but the two should sign; here nobody at all."""
    return OctKey.import_key(SECRET)


@contextmanager
def provided(now: datetime) -> Iterator[FakeProvider]:
    """The provider on a free port."""
    fake = FakeProvider(now)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    fake.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield fake
    server.shutdown()
    server.server_close()
    thread.join()


def _handler(fake: FakeProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            fake.asked.append(parts.path)
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", fake.authorize(dict(parse_qsl(parts.query))))
                self.end_headers()
                return
            keys = {"keys": [fake.key.as_dict(private=False)]}
            self._answer({"/.well-known/openid-configuration": fake.description(), "/keys": keys}.get(parts.path))

        def do_POST(self) -> None:
            fake.asked.append(self.path)
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self._answer(fake.token(form, self.headers.get("Authorization", "")))

        def _answer(self, body: Any) -> None:
            self.send_response(200 if body is not None and not fake.broken else 400)
            self.end_headers()
            self.wfile.write(orjson.dumps(body))

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    return Handler
