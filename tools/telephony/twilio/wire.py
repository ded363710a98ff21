"""Twilio's requests, as its own client makes them: each function is one call and its answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
from pydantic import SecretStr

from tools.base import BadAnswer
from tools.http import Buckets, Call, Manners, VendorClient

VENDOR = "twilio"
ADDRESS = "https://api.twilio.com"
WORDS_ADDRESS = "https://intelligence.twilio.com"
PAGE = 1000
RATES: Mapping[str, tuple[float, float]] = {"": (50.0, 20.0), "send": (1.0, 1.0)}

Object = dict[str, Any]


def open_client(
    username: str, secret: SecretStr, buckets: Buckets, base_url: str, transport: httpx.BaseTransport | None = None
) -> VendorClient:
    """A client of one host of Twilio. `username`: the account's id, or that of an API key."""
    auth = httpx.BasicAuth(username, secret.get_secret_value())
    return VendorClient(
        VENDOR, base_url, auth=auth, buckets=buckets, rates=RATES, manners=Manners(), transport=transport
    )


class TwilioWire:
    """The calls of one account. `words`: the client of the host with transcripts, None where they are not read."""

    def __init__(self, client: VendorClient, account: str, words: VendorClient | None = None) -> None:
        self._client, self._words = client, words
        self.account = account
        self._base = f"/2010-04-01/Accounts/{account}"

    @property
    def reads_words(self) -> bool:
        """Whether transcripts are read at all."""
        return self._words is not None

    def me(self) -> Object:
        """The account itself."""
        return _object(self._client.json(Call("GET", f"{self._base}.json")))

    def lines(self, link: str | None = None) -> tuple[list[Object], str | None]:
        """One page of our numbers, and the link to the next."""
        return self._page("IncomingPhoneNumbers", "incoming_phone_numbers", {}, link)

    def calls(self, since: datetime, link: str | None) -> tuple[list[Object], str | None]:
        """One page of the calls that began since, the newest first, and the link to the next."""
        return self._page("Calls", "calls", {"StartTime>": stamp(since)}, link)

    def call(self, sid: str) -> Object:
        """One call."""
        return _object(self._client.json(Call("GET", f"{self._base}/Calls/{sid}.json")))

    def messages(self, since: datetime, link: str | None) -> tuple[list[Object], str | None]:
        """One page of the messages that were sent since, and the link to the next."""
        return self._page("Messages", "messages", {"DateSent>": stamp(since)}, link)

    def messages_between(self, sender: str, to: str, since: datetime) -> list[Object]:
        """The messages from one number to another since then, the newest first."""
        query = {"To": to, "From": sender, "DateSent>": stamp(since)}
        return self._page("Messages", "messages", query, None)[0]

    def recordings(self, call: str) -> list[Object]:
        """The recordings of one call, without their sound."""
        answer = self._client.json(Call("GET", f"{self._base}/Calls/{call}/Recordings.json", {"PageSize": PAGE}))
        return _listed(answer, "recordings")

    def voicemail(self, recording: str) -> str:
        """What a caller left as a message, in words, as far as the vendor wrote it down."""
        path = f"{self._base}/Recordings/{recording}/Transcriptions.json"
        found = _listed(self._client.json(Call("GET", path, {"PageSize": PAGE})), "transcriptions")
        return "\n".join(text for one in found if (text := str(one.get("transcription_text") or "").strip()))

    def sentences(self, recording: str) -> list[Object]:
        """What was said in a recorded call; nothing where transcripts are not read."""
        if self._words is None:
            return []
        asked = {"SourceSid": recording, "PageSize": PAGE}
        transcripts = _listed(self._words.json(Call("GET", "/v2/Transcripts", asked)), "transcripts")
        found: list[Object] = []
        for one in transcripts:
            path = f"/v2/Transcripts/{one['sid']}/Sentences"
            found += _listed(self._words.json(Call("GET", path, {"PageSize": PAGE})), "sentences")
        return found

    def send(self, sender: str, to: str, text: str) -> Object:
        """Sends a message; the vendor knows no key, so a second one would be a second message."""
        form = {"To": to, "From": sender, "Body": text}
        call = Call("POST", f"{self._base}/Messages.json", form=form, writes=True, bucket="send")
        return _object(self._client.json(call))

    def _page(self, name: str, key: str, query: Mapping[str, Any], link: str | None) -> tuple[list[Object], str | None]:
        call = Call("GET", link) if link else Call("GET", f"{self._base}/{name}.json", {**query, "PageSize": PAGE})
        answer = self._client.json(call)
        following = answer.get("next_page_uri") if isinstance(answer, dict) else None
        return _listed(answer, key), str(following) if following else None


def stamp(moment: datetime) -> str:
    """A moment as the vendor reads it, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _object(answer: Any) -> Object:
    if not isinstance(answer, dict):
        raise BadAnswer(VENDOR, "the answer is no object")
    return answer


def _listed(answer: Any, key: str) -> list[Object]:
    found: Sequence[Any] | None = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadAnswer(VENDOR, f"the answer has no list of {key}")
    return found
