"""Gmail's requests, as Google's own client makes them: each function is one call and its answer."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
import orjson
from pydantic import SecretStr

from tools.base import BadAnswer, NotAllowed
from tools.http import Buckets, Call, Manners, VendorClient
from tools.http.client import Refused
from tools.http.oauth import Proof, SignedStatement, TokenAuth, Tokens, token_client
from tools.http.signals import google_limit

VENDOR = "gmail"
ADDRESS = "https://gmail.googleapis.com"
TOKEN_ADDRESS, TOKEN_PATH = "https://oauth2.googleapis.com", "/token"
READ_SCOPE = "https://www.googleapis.com/auth/gmail.readonly"
WRITE_SCOPE = "https://www.googleapis.com/auth/gmail.compose"
LIST_MOST, HISTORY_MOST = 50, 100
# The pages of the vendor disagree on its quota; the client slows down where it is less.
RATES: Mapping[str, tuple[float, float]] = {"": (40.0, 20.0)}
MANNERS = Manners(limit_of=google_limit)
_KINDS = ("messageAdded", "labelAdded", "labelRemoved")

Object = dict[str, Any]


def service_account(key: SecretStr, address: str, scope: str) -> Proof:
    """A service account's key (the JSON as Google gives it) that acts for one mailbox; NotAllowed for anything else."""
    try:
        told = orjson.loads(key.get_secret_value())
        issuer, private = str(told["client_email"]), SecretStr(str(told["private_key"]))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        fix = "Give the file that Google made: file:/path/to/key.json."
        raise NotAllowed(VENDOR, "the key of the service account cannot be read", fix=fix) from None
    claims = {"iss": issuer, "sub": address, "scope": scope, "aud": TOKEN_ADDRESS + TOKEN_PATH}
    return SignedStatement(VENDOR, claims, private, str(told.get("private_key_id") or ""))


def open_client(
    proof: Proof,
    buckets: Buckets,
    now: Callable[[], datetime],
    *,
    base_url: str = ADDRESS,
    token_url: str = TOKEN_ADDRESS,
    rates: Mapping[str, tuple[float, float]] = RATES,
    transport: httpx.BaseTransport | None = None,
) -> tuple[VendorClient, VendorClient]:
    """The client of one mailbox, or of another of the vendor's services, and that of the token endpoint."""
    tokens = token_client(VENDOR, token_url, proof, buckets, transport)
    auth = TokenAuth(Tokens(tokens, TOKEN_PATH, proof, buckets, now))
    client = VendorClient(
        VENDOR, base_url, auth=auth, buckets=buckets, rates=rates, manners=MANNERS, owner=proof.mark[:16],
        transport=transport,
    )  # fmt: skip
    return client, tokens


class GmailWire:
    """The calls for one mailbox. `person`: somebody has approved them, so the reserve is theirs too."""

    def __init__(self, client: VendorClient, *, person: bool = False) -> None:
        self.client, self._person = client, person

    def profile(self) -> Object:
        """Whose mailbox it is, how many mails it has, and the present point of its history."""
        return self._get("profile")

    def listed(self, query: str, page: str | None = None) -> tuple[list[Object], str | None, int]:
        """One page of the ids of mails that meet a search, the youngest first; the next page; how many about."""
        answer = self._get("messages", {"q": query, "maxResults": LIST_MOST, **({"pageToken": page} if page else {})})
        return _objects(answer, "messages"), _following(answer), int(answer.get("resultSizeEstimate") or 0)

    def message(self, message_id: str, form: str = "raw") -> Object | None:
        """One mail; None where it is gone."""
        try:
            return self._get(f"messages/{message_id}", {"format": form})
        except Refused as error:
            if error.status == 404:
                return None
            raise

    def history(self, since: str, page: str | None = None) -> tuple[list[Object], str | None, str]:
        """One page of what changed since a point; the next page; the present point. Refused (404): it is too old."""
        query = {"startHistoryId": since, "historyTypes": list(_KINDS), "maxResults": HISTORY_MOST}
        answer = self._get("history", query | ({"pageToken": page} if page else {}))
        return _objects(answer, "history"), _following(answer), str(answer.get("historyId") or since)

    def named(self, message_id: str, *, sent: bool = False) -> Object | None:
        """The mail of this Message-ID, as id and thread, or only one that was sent; None where there is none."""
        query = f"rfc822msgid:{message_id.strip('<>')}" + (" in:sent" if sent else "")
        answer = self._get("messages", {"q": query, "maxResults": 1})
        found = _objects(answer, "messages")
        return found[0] if found else None

    def send(self, mail: bytes, thread: str | None) -> Object:
        """Sends a mail, into a thread where one is named."""
        return _made(self._put("POST", "messages/send", _packed(mail, thread)))

    def draft(self, draft_id: str, form: str = "raw") -> Object | None:
        """One draft with its present mail; None where it is gone."""
        try:
            return self._get(f"drafts/{draft_id}", {"format": form})
        except Refused as error:
            if error.status == 404:
                return None
            raise

    def drafts(self, message_id: str) -> list[Object]:
        """The drafts of this Message-ID."""
        return _objects(self._get("drafts", {"q": f"rfc822msgid:{message_id.strip('<>')}"}), "drafts")

    def make_draft(self, mail: bytes, thread: str | None) -> Object:
        """Makes a draft."""
        return _made(self._put("POST", "drafts", {"message": _packed(mail, thread)}))

    def renew_draft(self, draft_id: str, mail: bytes, thread: str | None) -> Object:
        """Puts another text in a draft's place."""
        return _made(self._put("PUT", f"drafts/{draft_id}", {"message": _packed(mail, thread)}))

    def delete_draft(self, draft_id: str) -> None:
        """Removes a draft for good; one that is gone already stays gone."""
        call = Call("DELETE", f"/gmail/v1/users/me/drafts/{draft_id}", writes=True, repeatable=True, for_person=True)
        try:
            self.client.ask(call)
        except Refused as error:
            if error.status != 404:
                raise

    def watch(self, topic: str) -> Object:
        """Lets the vendor tell a topic of what changes, for a week; a second time only makes it longer."""
        body = {"topicName": topic, "labelIds": ["INBOX", "SENT"], "labelFilterBehavior": "INCLUDE"}
        call = Call("POST", "/gmail/v1/users/me/watch", json=body, writes=True, repeatable=True)
        answer = self.client.json(call)
        return answer if isinstance(answer, dict) else {}

    def stop(self) -> None:
        """Ends what `watch` began, for every topic; a second time changes nothing."""
        self.client.ask(Call("POST", "/gmail/v1/users/me/stop", writes=True, repeatable=True))

    def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Object:
        answer = self.client.json(Call("GET", f"/gmail/v1/users/me/{path}", query, for_person=self._person))
        if not isinstance(answer, dict):
            raise BadAnswer(VENDOR, "the answer is no object")
        return answer

    def _put(self, method: str, path: str, body: Any) -> Any:
        return self.client.json(Call(method, f"/gmail/v1/users/me/{path}", json=body, writes=True, for_person=True))


def raw_of(message: Object) -> bytes:
    """The bytes of a mail; BadAnswer where it holds none."""
    told = str(message.get("raw") or "")
    try:
        return urlsafe_b64decode(told + "=" * (-len(told) % 4))
    except ValueError:
        raise BadAnswer(VENDOR, "a mail cannot be decoded") from None


def _packed(mail: bytes, thread: str | None) -> Object:
    return {"raw": urlsafe_b64encode(mail).decode(), **({"threadId": thread} if thread else {})}


def _objects(answer: Object, name: str) -> list[Object]:
    found: Sequence[Any] = answer.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadAnswer(VENDOR, f"the answer has no list of {name}")
    return found


def _following(answer: Object) -> str | None:
    return str(answer["nextPageToken"]) if answer.get("nextPageToken") else None


def _made(answer: Any) -> Object:
    if not isinstance(answer, dict) or not answer.get("id"):
        raise BadAnswer(VENDOR, "the answer to a write names nothing")
    return answer
