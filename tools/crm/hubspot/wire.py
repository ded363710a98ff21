"""HubSpot's requests, as its own clients make them: each function is one call and its answer."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

import httpx
from pydantic import SecretStr

from tools.base import BadAnswer
from tools.http import Buckets, Call, Manners, VendorClient
from tools.http.client import Refused, code_of
from tools.http.signals import hubspot_limit

VENDOR = "hubspot"
ADDRESS = "https://api.hubapi.com"
# How much one request may bring; with the history of a property the vendor allows half.
LIST_MOST, SEARCH_MOST, HISTORY_MOST, BATCH_MOST = 100, 200, 50, 100
# Bursts of a private app and of its search; pages of the vendor disagree, so the client slows down where they are less.
RATES: Mapping[str, tuple[float, float]] = {"": (50.0, 9.0), "search": (4.0, 4.0)}
MANNERS = Manners(limit_of=hubspot_limit)
_SEARCHES = "search"
# In an answer about many (207) this says that one of them is not there; everything else, that the answer lacks it.
_NOT_THERE = "OBJECT_NOT_FOUND"

Object = dict[str, Any]


class Bearer(httpx.Auth):
    """A token in the header; it is read for each request, so that a renewed one is used at once."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Puts the token on."""
        request.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        yield request


def open_client(
    token: SecretStr,
    buckets: Buckets,
    *,
    base_url: str = ADDRESS,
    rates: Mapping[str, tuple[float, float]] = RATES,
    manners: Manners = MANNERS,
    transport: httpx.BaseTransport | None = None,
) -> VendorClient:
    """A client of one portal. `rates` as the portal's tier has them."""
    return VendorClient(
        VENDOR, base_url, auth=Bearer(token), buckets=buckets, rates=rates, manners=manners, transport=transport
    )


class HubSpotWire:
    """The calls. `objects`: the version prefix of the object calls, a setting because the vendor dates them."""

    def __init__(self, client: VendorClient, objects: str = "/crm/v3/objects") -> None:
        self.client, self._objects = client, objects

    def listed(
        self, kind: str, properties: Sequence[str], history: Sequence[str], to: Sequence[str], after: str | None,
        *, archived: bool = False,
    ) -> tuple[list[Object], str | None]:  # fmt: skip
        """One page of all objects of a kind by their ids, and from where to go on (None: that was all)."""
        query: dict[str, Any] = {"limit": HISTORY_MOST if history else LIST_MOST}
        if after:
            query["after"] = after
        query["properties"] = list(properties)
        if history:
            query["propertiesWithHistory"] = list(history)
        if to:
            query["associations"] = list(to)
        query["archived"] = "true" if archived else "false"
        answer = self.client.json(Call("GET", f"{self._objects}/{kind}", query))
        return _results(answer), _after(answer)

    def search(
        self, kind: str, groups: Sequence[Sequence[Mapping[str, str]]], sort: str, properties: Sequence[str]
    ) -> tuple[list[Object], bool]:
        """The first objects that meet one of the groups of filters, ascending by `sort`, and whether there are more."""
        body = {
            "limit": SEARCH_MOST,
            "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
            "properties": list(properties),
            "filterGroups": [{"filters": list(group)} for group in groups],
        }
        answer = self.client.json(Call("POST", f"{self._objects}/{kind}/search", json=body, bucket=_SEARCHES))
        found = _results(answer)
        return found, _after(answer) is not None or len(found) >= SEARCH_MOST

    def count(self, kind: str, groups: Sequence[Sequence[Mapping[str, str]]]) -> int:
        """How many objects meet one of the groups of filters."""
        body = {"limit": 1, "properties": [], "filterGroups": [{"filters": list(group)} for group in groups]}
        answer = self.client.json(Call("POST", f"{self._objects}/{kind}/search", json=body, bucket=_SEARCHES))
        total = answer.get("total") if isinstance(answer, dict) else None
        return total if isinstance(total, int) else 0

    def read(
        self, kind: str, ids: Sequence[str], properties: Sequence[str], history: Sequence[str], id_property: str = ""
    ) -> list[Object]:
        """The objects of these ids, those that are there."""
        most = HISTORY_MOST if history else BATCH_MOST
        found: list[Object] = []
        for start in range(0, len(ids), most):
            body: dict[str, Any] = {"inputs": [{"id": one} for one in ids[start : start + most]]}
            body["properties"] = list(properties)
            body["propertiesWithHistory"] = list(history)
            if id_property:
                body["idProperty"] = id_property
            found += self._batch(f"{self._objects}/{kind}/batch/read", body)
        return found

    def associations(self, kind: str, to: str, ids: Sequence[str]) -> dict[str, list[str]]:
        """By id, the ids of the objects of kind `to` that belong to it, the primary one first."""
        found: dict[str, list[Object]] = {}
        for start in range(0, len(ids), BATCH_MOST):
            inputs = [{"id": one} for one in ids[start : start + BATCH_MOST]]
            while inputs:
                told = self._batch(f"/crm/v4/associations/{kind}/{to}/batch/read", {"inputs": inputs})
                for one in told:
                    found.setdefault(str(one["from"]["id"]), []).extend(one.get("to") or [])
                # Of an object with very many the rest is asked for behind those that came.
                inputs = [{"id": str(one["from"]["id"]), "after": after} for one in told if (after := _after(one))]
        ordered = {one: sorted(others, key=lambda other: not _is_primary(other)) for one, others in found.items()}
        return {one: [str(other["toObjectId"]) for other in others] for one, others in ordered.items()}

    def _batch(self, path: str, body: Object) -> list[Object]:
        """The answer to a question about many; BadAnswer where a part of it is missing that is there."""
        answer = self.client.json(Call("POST", path, json=body))
        found = _results(answer)
        told = [code_of(one) for one in answer.get("errors") or []]
        failed = next((one for one in told if one != _NOT_THERE), None)
        if failed is not None:
            raise BadAnswer(VENDOR, f"a part of the answer is missing ({failed})".replace(" ()", ""))
        return found

    def owners(self, after: str | None, *, archived: bool) -> tuple[list[Object], str | None]:
        """One page of the people whose names stand on objects."""
        query: dict[str, Any] = {"limit": LIST_MOST, "archived": "true" if archived else "false"}
        if after:
            query["after"] = after
        answer = self.client.json(Call("GET", "/crm/v3/owners/", query))
        return _results(answer), _after(answer)

    def pipelines(self, kind: str) -> list[Object]:
        """The pipelines of a kind with their stages."""
        return _results(self.client.json(Call("GET", f"/crm/v3/pipelines/{kind}")))

    def account(self) -> Object:
        """Which portal the token belongs to."""
        answer = self.client.json(Call("GET", "/account-info/v3/details"))
        return answer if isinstance(answer, dict) else {}

    def upsert(self, kind: str, key_property: str, key: str, properties: Mapping[str, str]) -> Object:
        """Makes the object of this key, or brings the one that is there to these properties."""
        inputs = [{"idProperty": key_property, "id": key, "properties": dict(properties)}]
        call = Call("POST", f"{self._objects}/{kind}/batch/upsert", json={"inputs": inputs}, writes=True)
        return _only(self.client.json(call))

    def update(self, kind: str, object_id: str, properties: Mapping[str, str]) -> Object:
        """Sets properties of one object."""
        call = Call("PATCH", f"{self._objects}/{kind}/{object_id}", json={"properties": dict(properties)}, writes=True)
        answer = self.client.json(call)
        return answer if isinstance(answer, dict) else {}

    def associate(self, kind: str, object_id: str, to: str, to_id: str) -> None:
        """Puts two objects together in the vendor's default way; a second time changes nothing."""
        path = f"/crm/v4/objects/{kind}/{object_id}/associations/default/{to}/{to_id}"
        self.client.ask(Call("PUT", path, writes=True, repeatable=True))

    def archive(self, kind: str, object_id: str) -> None:
        """Puts an object into the vendor's bin; one that is there already stays there."""
        self.client.ask(Call("DELETE", f"{self._objects}/{kind}/{object_id}", writes=True, repeatable=True))

    def one(self, kind: str, object_id: str, properties: Sequence[str]) -> Object | None:
        """One object, or None where there is none."""
        query = {"properties": list(properties), "archived": "false"}
        try:
            answer = self.client.json(Call("GET", f"{self._objects}/{kind}/{object_id}", query))
        except Refused as error:
            if error.status == 404:
                return None
            raise
        return answer if isinstance(answer, dict) else None

    def make_key(self, kind: str, name: str) -> None:
        """Makes the unique property by which our own writes are found again; where it is there it stays."""
        body = {
            "name": name, "label": "Tenure action", "type": "string", "fieldType": "text", "hasUniqueValue": True,
            "groupName": _GROUPS[kind], "formField": False, "hidden": True,
            "description": "Set by Tenure: each action is written once.",
        }  # fmt: skip
        try:
            self.client.ask(Call("POST", f"/crm/v3/properties/{kind}", json=body, writes=True))
        except Refused as error:
            if error.status != 409:
                raise


_GROUPS = {"tasks": "task", "notes": "notes"}


def _results(answer: Any) -> list[Object]:
    found = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadAnswer(VENDOR, "the answer has no list of results")
    return found


def _after(answer: Any) -> str | None:
    following = (answer.get("paging") or {}).get("next") or {}
    return str(following["after"]) if following.get("after") else None


def _only(answer: Any) -> Object:
    found = _results(answer)
    if len(found) != 1 or not found[0].get("id"):
        raise BadAnswer(VENDOR, "the answer to a write names no object")
    return found[0]


def _is_primary(other: Object) -> bool:
    return any(str(one.get("label") or "").lower() == "primary" for one in other.get("associationTypes") or [])
