"""Microsoft Graph's requests for one mailbox and its calendar, as the vendor's pages name them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from tools.base import BadAnswer
from tools.http import Buckets, Call, Manners, VendorClient
from tools.http.client import Refused
from tools.http.oauth import ClientSecret, Proof, TokenAuth, Tokens, token_client
from tools.http.signals import limit_of

VENDOR = "graph"
ADDRESS, LOGIN_ADDRESS = "https://graph.microsoft.com", "https://login.microsoftonline.com"
SCOPE = "https://graph.microsoft.com/.default"
# Ten thousand requests in ten minutes for an app and a mailbox, of which no more than four at a time.
RATES: Mapping[str, tuple[float, float]] = {"": (40.0, 10.0)}
AT_ONCE = 4
MANNERS = Manners(limit_of=limit_of)
PAGE = 50
# Ids that stay when a mail is moved, plain words instead of marked-up ones, and how much a page brings.
PREFER = f'IdType="ImmutableId", outlook.body-content-type="text", odata.maxpagesize={PAGE}'
FIELDS = (
    "id,internetMessageId,internetMessageHeaders,conversationId,subject,body,from,toRecipients,ccRecipients,"
    "receivedDateTime,sentDateTime,isDraft,hasAttachments,parentFolderId,changeKey"
)
FOLDERS = ("inbox", "sentitems")

Object = dict[str, Any]
Delta = tuple[list[Object], str | None, str | None]


def application(client_id: str, secret: SecretStr) -> Proof:
    """The credential of an app that an admin let read mailboxes."""
    return ClientSecret(client_id, secret, SCOPE, in_form=True)


def open_client(
    tenant: str,
    proof: Proof,
    buckets: Buckets,
    now: Callable[[], datetime],
    *,
    base_url: str = ADDRESS,
    login_url: str = LOGIN_ADDRESS,
    owner: str = "",
    rates: Mapping[str, tuple[float, float]] = RATES,
    transport: httpx.BaseTransport | None = None,
) -> tuple[VendorClient, VendorClient]:
    """The client of one mailbox (`owner`, whose limit it shares) and that of the token endpoint."""
    tokens = token_client(VENDOR, login_url, proof, buckets, transport)
    path = f"/{quote(tenant, safe='')}/oauth2/v2.0/token"
    auth = TokenAuth(Tokens(tokens, path, proof, buckets, now))
    client = VendorClient(
        VENDOR, base_url, auth=auth, buckets=buckets, rates=rates, manners=MANNERS, owner=owner,
        at_once=AT_ONCE, headers={"Prefer": PREFER}, transport=transport,
    )  # fmt: skip
    return client, tokens


class GraphWire:
    """The calls for one mailbox. `person`: somebody has approved them."""

    def __init__(self, client: VendorClient, mailbox: str, *, person: bool = False) -> None:
        self.client, self._person = client, person
        self._user = f"/v1.0/users/{quote(mailbox, safe='@')}"

    def mails(self, folder: str, link: str | None) -> Delta:
        """A page of what changed in a folder; its next page, or from where to ask the next time.

        Not only since a day: with such a filter the vendor tells of five thousand mails and no more.
        """
        if link:
            return self._delta(link, None)
        return self._delta(f"{self._user}/mailFolders/{folder}/messages/delta", {"$select": FIELDS})

    def meetings(self, link: str | None, since: datetime, until: datetime) -> Delta:
        """A page of what changed in the calendar between two days; its next page, or from where to ask next."""
        if link:
            return self._delta(link, None)
        query = {"startDateTime": _stamp(since), "endDateTime": _stamp(until)}
        return self._delta(f"{self._user}/calendarView/delta", query)

    def named(self, message_id: str, folder: str = "") -> Object | None:
        """The mail of this Message-ID, in a folder or in any; None where the mailbox has none."""
        quoted = message_id.replace("'", "''")
        query = {"$filter": f"internetMessageId eq '{quoted}'", "$select": FIELDS, "$top": "1"}
        place = f"/mailFolders/{folder}" if folder else ""
        found = _objects(self._get(f"{self._user}{place}/messages", query))
        return found[0] if found else None

    def message(self, message_id: str, fields: str = FIELDS) -> Object | None:
        """One mail by the vendor's id; None where it is gone."""
        try:
            return self._get(f"{self._user}/messages/{message_id}", {"$select": fields})
        except Refused as error:
            if error.status == 404:
                return None
            raise

    def mime(self, message_id: str) -> bytes:
        """One mail as it came."""
        call = Call("GET", f"{self._user}/messages/{message_id}/$value", for_person=self._person)
        return self.client.ask(call).content

    def folder(self, name: str) -> str:
        """The id of a folder of every mailbox, by its well-known name."""
        return str(self._get(f"{self._user}/mailFolders/{name}", {"$select": "id"}).get("id") or "")

    def event(self, event_id: str) -> Object:
        """One entry of the calendar, as the master of a series."""
        return self._get(f"{self._user}/events/{event_id}")

    def make_draft(self, values: Mapping[str, Any]) -> Object:
        """Makes a draft of a first mail."""
        return _made(self.client.json(self._call("POST", f"{self._user}/messages", values)))

    def make_reply(self, message_id: str, values: Mapping[str, Any]) -> Object:
        """Makes a draft that answers a mail, in its conversation."""
        path = f"{self._user}/messages/{message_id}/createReply"
        return _made(self.client.json(self._call("POST", path, {"message": dict(values)})))

    def change_draft(self, draft_id: str, version: str, values: Mapping[str, Any]) -> Object:
        """Sets fields of a draft that is still at this version. Refused (412): somebody was there."""
        return _made(self.client.json(self._call("PATCH", f"{self._user}/messages/{draft_id}", values, version)))

    def send_draft(self, draft_id: str) -> None:
        """Sends a draft as it is now."""
        self.client.ask(self._call("POST", f"{self._user}/messages/{draft_id}/send", None))

    def delete_draft(self, draft_id: str, version: str) -> None:
        """Removes a draft that is still at this version."""
        self.client.ask(self._call("DELETE", f"{self._user}/messages/{draft_id}", None, version))

    def subscribe(self, resource: str, address: str, secret: str, until: datetime) -> Object:
        """Lets the vendor call an address when something changes."""
        body = {
            "changeType": "created,updated,deleted", "notificationUrl": address, "lifecycleNotificationUrl": address,
            "resource": f"users/{self._user.rpartition('/')[2]}/{resource}", "expirationDateTime": _stamp(until),
            "clientState": secret,
        }  # fmt: skip
        return _made(self.client.json(Call("POST", "/v1.0/subscriptions", json=body, writes=True)))

    def prolong(self, subscription_id: str, until: datetime) -> Object | None:
        """Lets a subscription last longer; None where the vendor has none of this id any more."""
        path = f"/v1.0/subscriptions/{subscription_id}"
        body = {"expirationDateTime": _stamp(until)}
        try:
            return _made(self.client.json(Call("PATCH", path, json=body, writes=True, repeatable=True)))
        except Refused as error:
            if error.status == 404:
                return None
            raise

    def unsubscribe(self, subscription_id: str) -> None:
        """Ends a subscription; one that is gone stays gone."""
        call = Call("DELETE", f"/v1.0/subscriptions/{subscription_id}", writes=True, repeatable=True)
        try:
            self.client.ask(call)
        except Refused as error:
            if error.status != 404:
                raise

    def _delta(self, path: str, query: Mapping[str, Any] | None) -> Delta:
        answer = self._get(path, query)
        links = [answer.get(f"@odata.{name}") for name in ("nextLink", "deltaLink")]
        if not any(links):
            raise BadAnswer(VENDOR, "the answer does not say from where to go on")
        following, later = (str(one) if one else None for one in links)
        return _objects(answer), following, later

    def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Object:
        answer = self.client.json(Call("GET", path, query, for_person=self._person))
        if not isinstance(answer, dict):
            raise BadAnswer(VENDOR, "the answer is no object")
        return answer

    def _call(self, method: str, path: str, body: Any, version: str = "") -> Call:
        headers = {"If-Match": version} if version else None
        return Call(method, path, json=body, headers=headers, writes=True, for_person=True)


def _objects(answer: Object) -> list[Object]:
    found = answer.get("value")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadAnswer(VENDOR, "the answer has no list")
    return found


def _made(answer: Any) -> Object:
    if not isinstance(answer, dict) or not answer.get("id"):
        raise BadAnswer(VENDOR, "the answer to a write names nothing")
    return answer


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
