"""Twilio's signature of its calls to us: over the address and the sorted form, or the hash of a JSON body."""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit, urlunsplit

from pydantic import SecretStr

from tools.base import Forged, Hint, Verified


@dataclass(frozen=True, slots=True)
class TwilioSignature:
    """Verifies with any of the live tokens. There is no time in it, so what was said once is told by its event id."""

    tokens: Sequence[SecretStr]

    def verify(self, headers: Mapping[str, str], raw_body: bytes, url: str, now: datetime) -> Verified | Forged:
        """Verified with the call or message that changed, or Forged. `now` does not matter: nothing is dated."""
        told = {name.lower(): value for name, value in headers.items()}
        given = told.get("x-twilio-signature", "")
        if not given:
            return Forged("no signature")
        form = _form(raw_body) if "json" not in told.get("content-type", "") else None
        hashes = parse_qs(urlsplit(url).query).get("bodySHA256")
        if form is None and hashes != [sha256(raw_body).hexdigest()]:
            return Forged("the body is not the one that was signed")
        signed = [
            hmac.compare_digest(signature(token, address, form or {}).encode(), given.encode())
            for token in self.tokens
            for address in _addresses(url)
        ]
        return _verified(form or {}, raw_body, told) if any(signed) else Forged("the signature is not ours")


def signature(token: SecretStr, url: str, form: Mapping[str, Sequence[str]]) -> str:
    """The signature that Twilio puts on a request."""
    parts = [name + value for name in sorted(form) for value in sorted(set(form[name]))]
    message = (url + "".join(parts)).encode()
    return b64encode(hmac.digest(token.get_secret_value().encode(), message, "sha1")).decode()


def _form(raw_body: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(raw_body.decode(), keep_blank_values=True)
    except UnicodeDecodeError:
        return {}


def _addresses(url: str) -> list[str]:
    """With and without the port: the vendor signs one or the other."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return [url, *(urlunsplit(parts._replace(netloc=netloc)) for netloc in (host, f"{host}:{port}"))]


def _verified(form: Mapping[str, Sequence[str]], raw_body: bytes, headers: Mapping[str, str]) -> Verified:
    event = headers.get("i-twilio-idempotency-token") or sha256(raw_body).hexdigest()
    hints = [Hint("calls", sid) for sid in form.get("CallSid", ())]
    hints += [Hint("messages", sid) for sid in form.get("MessageSid", ())]
    return Verified(event, tuple(hints))
