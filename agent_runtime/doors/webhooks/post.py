"""One attempt at a receiver: its address is looked up and judged first, and exactly that address is spoken to."""

import asyncio
import socket
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from ssl import SSLContext
from urllib.parse import SplitResult

import httpx

from agent_runtime.doors.webhooks.policy import Result, checked_url, is_public
from agent_runtime.errors import BadInput

# For the whole attempt, however slowly the other side speaks; the specification asks for 15 to 30 seconds.
SECONDS = 15.0


class Poster:
    """Posts to receivers. `private`: hosts inside the house are let. `seconds`: the most that one attempt takes."""

    def __init__(self, *, private: bool, seconds: float = SECONDS) -> None:
        self._private, self._seconds = private, seconds

    @cached_property
    def _tls(self) -> SSLContext:
        # Reading the certificates of all authorities takes longer than a whole attempt, so it is done once.
        return httpx.create_ssl_context(trust_env=False)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Result:
        """How one attempt ended; never raises for what the other side or the network does."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._post(checked_url(url, private=self._private), headers, body)
        except TimeoutError:
            return Result(None, f"no answer within {self._seconds:g} seconds")
        except BadInput as error:
            return Result(None, error.what)
        except (httpx.HTTPError, OSError, UnicodeError) as error:
            return Result(None, f"not reached: {type(error).__name__}")

    async def _post(self, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> Result:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = await self._address(host, port)
        shown = f"[{address}]" if ":" in address else address
        place = parts._replace(netloc=f"{shown}:{port}").geturl()
        own = {"host": parts.netloc, "content-type": "application/json", "user-agent": "Tenure-Webhooks"}
        # The certificate is that of the name, while the connection goes to the address that was judged.
        extensions = {"sni_hostname": host}
        async with (
            httpx.AsyncClient(
                timeout=self._seconds, verify=self._tls, follow_redirects=False, trust_env=False
            ) as client,
            client.stream("POST", place, headers=own | dict(headers), content=body, extensions=extensions) as answer,
        ):
            return _result(answer)

    async def _address(self, host: str, port: int) -> str:
        """An address of the host; raises BadInput where any of them lies inside the house and may not."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        if not self._private and not all(is_public(one) for one in addresses):
            raise BadInput("the host is in a private network; allow that with webhooks_private = true")
        return addresses[0]


def _result(answer: httpx.Response) -> Result:
    if answer.is_success:
        return Result(answer.status_code)
    error = "it redirects, which is not followed" if answer.is_redirect else f"it answered {answer.status_code}"
    after = answer.headers.get("retry-after", "")
    wait = timedelta(seconds=int(after)) if after.isascii() and after.isdigit() and len(after) < 9 else None
    return Result(answer.status_code, error, wait)
