"""A stand-in for HubSpot: objects with dated properties, associations, a search that shows changes late, a bin."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.fakes.hubspot_objects import HubSpotObjects, Stored
from tools.fakes.hubspot_shapes import LINKS_MOST, batch, dated, inline, iso, kinds_of_link, number, refusal
from tools.fakes.wire import Answered, Asked

_CHANGED = {"contacts": "lastmodifieddate"}
_CREATED = {"contacts": "createdate", "deals": "createdate", "companies": "createdate"}
# The vendor's search ends here, however many there are.
SEARCH_END = 10_000


@dataclass(slots=True)
class HubSpotFake(HubSpotObjects):
    """A portal. `lag`: seconds until the search shows a change. `tokens`: what each token may do: read, write.

    `most`: how many objects an answer brings at most, however many were asked for.
    """

    tokens: Mapping[str, frozenset[str]]
    lag: float = 0.0
    most: int = 200
    owners: list[dict[str, Any]] = field(default_factory=list)
    pipelines: list[dict[str, Any]] = field(default_factory=list)
    unique: dict[str, set[str]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    writes: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answered:
        """Does what the vendor would do."""
        refused = self._refused(asked)
        if refused:
            return refused
        match [asked.method, *asked.path.strip("/").split("/")]:
            case ["GET", "account-info", "v3", "details"]:
                return Answered(200, {"portalId": 4242, "timeZone": "UTC", "companyCurrency": "EUR"})
            case ["GET", "crm", "v3", "owners"]:
                return self._owners(asked)
            case ["GET", "crm", "v3", "pipelines", _]:
                return Answered(200, {"results": self.pipelines})
            case ["POST", "crm", "v3", "properties", kind]:
                return self._make_property(kind, asked.json())
            case ["POST", "crm", "v4", "associations", kind, to, "batch", "read"]:
                return self._associations(kind, to, asked.json())
            case ["PUT", "crm", "v4", "objects", kind, object_id, "associations", "default", to, to_id]:
                return self._associate(kind, object_id, to, to_id)
            case [method, "crm", "v3", "objects", kind, *rest]:
                return self._object(method, kind, rest, asked)
        return refusal(404, "NOT_FOUND")

    def _refused(self, asked: Asked) -> Answered | None:
        may = self.tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "))
        if may is None:
            return refusal(401, "INVALID_AUTHENTICATION")
        reads = asked.method == "GET" or asked.path.endswith(("/search", "/batch/read"))
        return None if reads or "write" in may else refusal(403, "MISSING_SCOPES")

    def _object(self, method: str, kind: str, rest: Sequence[str], asked: Asked) -> Answered:
        match [method, *rest]:
            case ["GET"]:
                return self._list(kind, asked)
            case ["POST", "search"]:
                return self._search(kind, asked.json())
            case ["POST", "batch", "read"]:
                return self._read(kind, asked.json())
            case ["POST", "batch", "upsert"]:
                return self._upsert(kind, asked.json())
            case [_, object_id]:
                return self._single(method, kind, object_id, asked)
        return refusal(404, "NOT_FOUND")

    def _single(self, method: str, kind: str, object_id: str, asked: Asked) -> Answered:
        object_id = self.aliases.get((kind, object_id), object_id)
        stored = self.objects.get(kind, {}).get(object_id)
        if method == "DELETE":
            if stored and stored.removed is None:
                self.remove(kind, object_id)
                self.writes.append(("removed", f"{kind}/{object_id}"))
            return Answered(204)
        if stored is None or stored.removed:
            return refusal(404, "OBJECT_NOT_FOUND")
        if method == "PATCH":
            self.change(kind, object_id, asked.json()["properties"])
            self.writes.append(("changed", f"{kind}/{object_id}"))
        return Answered(200, self._shown(kind, stored, asked.values("properties")))

    def _list(self, kind: str, asked: Asked) -> Answered:
        history = asked.values("propertiesWithHistory")
        limit = int(asked.value("limit", "10"))
        if limit > (50 if history else 100):
            return refusal(400, "VALIDATION_ERROR")
        limit = min(limit, self.most)
        wanted = asked.value("archived").lower() == "true"
        ordered = self._ordered(kind)
        start = bisect_right(ordered, number(asked.value("after", "0")), key=lambda one: number(one.id))
        page: list[Stored] = []
        while start < len(ordered) and len(page) < limit:
            if bool(ordered[start].removed) == wanted:
                page.append(ordered[start])
            start += 1
        to = asked.values("associations")
        shown = [self._shown(kind, one, asked.values("properties"), history, to) for one in page]
        paging = {"paging": {"next": {"after": page[-1].id, "link": "?"}}} if page and start < len(ordered) else {}
        return Answered(200, {"results": shown, **paging})

    def _ordered(self, kind: str) -> list[Stored]:
        if kind not in self._order:
            self._order[kind] = sorted(self.objects.get(kind, {}).values(), key=lambda one: number(one.id))
        return self._order[kind]

    def _search(self, kind: str, body: Mapping[str, Any]) -> Answered:
        limit, offset = int(body.get("limit", 10)), int(body.get("after") or 0)
        if limit > 200 or offset + limit > SEARCH_END:
            return refusal(400, "VALIDATION_ERROR")
        limit = min(limit, self.most)
        groups = [group["filters"] for group in body.get("filterGroups") or []]
        visible = self._visible(kind, groups)
        found = [one for one in visible if any(all(self._meets(kind, one, f) for f in group) for group in groups)]
        for sort in body.get("sorts") or []:
            down = sort.get("direction") == "DESCENDING"
            found.sort(key=lambda one: self._figure(kind, one, sort["propertyName"]), reverse=down)
        page = found[offset : offset + limit]
        more = offset + limit < len(found)
        paging = {"paging": {"next": {"after": str(offset + limit), "link": "?"}}} if more else {}
        shown = [self._shown(kind, one, body.get("properties") or ()) for one in page]
        return Answered(200, {"total": len(found), "results": shown, **paging})

    def _visible(self, kind: str, groups: Sequence[Sequence[Mapping[str, Any]]]) -> list[Stored]:
        """What the search shows already, by its change; only what changed late enough, where every group asks so."""
        if kind not in self._changed:
            there = (one for one in self.objects.get(kind, {}).values() if one.removed is None)
            self._changed[kind] = sorted(there, key=lambda one: (one.updated, number(one.id)))
        name = _CHANGED.get(kind, "hs_lastmodifieddate")
        since = [
            next((int(f["value"]) for f in group if f["propertyName"] == name and f["operator"] in ("GTE", "EQ")), 0)
            for group in groups
        ]
        ordered, seen_until = self._changed[kind], self.now().timestamp() - self.lag
        start = bisect_left(ordered, min(since, default=0), key=lambda one: int(one.updated.timestamp() * 1000))
        return ordered[start : bisect_right(ordered, seen_until, key=lambda one: one.updated.timestamp())]

    def _meets(self, kind: str, stored: Stored, told: Mapping[str, Any]) -> bool:
        present, wanted = self._figure(kind, stored, told["propertyName"]), float(told.get("value") or 0)
        match told["operator"]:
            case "GTE":
                return present >= wanted
            case "GT":
                return present > wanted
            case "EQ":
                return present == wanted
            case "LTE":
                return present <= wanted
        return present < wanted

    def _figure(self, kind: str, stored: Stored, name: str) -> float:
        if name == "hs_object_id":
            return number(stored.id)
        if name == _CHANGED.get(kind, "hs_lastmodifieddate"):
            return int(stored.updated.timestamp() * 1000)
        if name in ("hs_createdate", "createdate"):
            return int(stored.created.timestamp() * 1000)
        return float(stored.now(name) or 0)

    def _read(self, kind: str, body: Mapping[str, Any]) -> Answered:
        history = body.get("propertiesWithHistory") or []
        if len(body["inputs"]) > (50 if history else 100):
            return refusal(400, "VALIDATION_ERROR")
        found = [self._by(kind, body.get("idProperty"), str(one["id"])) for one in body["inputs"]]
        there = {one.id: one for one in found if one is not None and one.removed is None}
        shown = [self._shown(kind, one, body.get("properties") or (), history) for one in there.values()]
        pairs = zip(body["inputs"], found, strict=True)
        return batch(shown, [str(asked["id"]) for asked, one in pairs if one is None or one.id not in there])

    def _by(self, kind: str, name: str | None, value: str) -> Stored | None:
        if not name:
            return self.objects.get(kind, {}).get(self.aliases.get((kind, value), value))
        return next((one for one in self.objects.get(kind, {}).values() if one.now(name) == value), None)

    def _upsert(self, kind: str, body: Mapping[str, Any]) -> Answered:
        shown = []
        for one in body["inputs"]:
            if one["idProperty"] not in self.unique.get(kind, ()):
                return refusal(400, "PROPERTY_DOESNT_EXIST")
            stored = self._by(kind, one["idProperty"], one["id"])
            new = stored is None
            told = {one["idProperty"]: one["id"], **one["properties"]}
            object_id = self.add(kind, told) if stored is None else stored.id
            if not new:
                self.change(kind, object_id, one["properties"])
            self.writes.append(("made" if new else "changed", f"{kind}/{one['id']}"))
            shown.append(self._shown(kind, self.objects[kind][object_id], ()) | {"new": new})
        return batch(shown)

    def _make_property(self, kind: str, body: Mapping[str, Any]) -> Answered:
        if body["name"] in self.unique.setdefault(kind, set()):
            return refusal(409, "OBJECT_ALREADY_EXISTS")
        self.unique[kind].add(body["name"])
        return Answered(201, body)

    def _associations(self, kind: str, to: str, body: Mapping[str, Any]) -> Answered:
        results, without = [], []
        for one in body["inputs"]:
            key, start = str(one["id"]), int(one.get("after") or 0)
            others = self.links.get((kind, key, to), [])
            told = [{"toObjectId": number(x), "associationTypes": kinds_of_link(place)}
                    for place, x in enumerate(others)]  # fmt: skip
            # The primary one is not the first of an answer.
            page, end = told[::-1][start : start + LINKS_MOST], start + LINKS_MOST
            paging = {"paging": {"next": {"after": str(end), "link": "?"}}} if end < len(told) else {}
            results += [{"from": {"id": key}, "to": page, **paging}] if page else []
            without += [] if page else [key]
        return batch(results, without, "crm.associations.NO_ASSOCIATIONS_FOUND")

    def _associate(self, kind: str, object_id: str, to: str, to_id: str) -> Answered:
        if object_id not in self.objects.get(kind, {}) or to_id not in self.objects.get(to, {}):
            return refusal(404, "OBJECT_NOT_FOUND")
        self.link(kind, object_id, to, to_id)
        return batch([])

    def _owners(self, asked: Asked) -> Answered:
        archived = asked.value("archived").lower() == "true"
        told = [one for one in self.owners if one["archived"] == archived]
        start, limit = int(asked.value("after") or 0), min(int(asked.value("limit", "100")), self.most)
        paging = {"paging": {"next": {"after": str(start + limit), "link": "?"}}} if start + limit < len(told) else {}
        return Answered(200, {"results": told[start : start + limit], **paging})

    def _shown(
        self, kind: str, stored: Stored, names: Sequence[str], history: Sequence[str] = (), to: Sequence[str] = ()
    ) -> dict[str, Any]:
        changed = _CHANGED.get(kind, "hs_lastmodifieddate")
        own = {changed: iso(stored.updated), "hs_object_id": stored.id}
        own |= {_CREATED.get(kind, "hs_createdate"): iso(stored.created), "hs_createdate": iso(stored.created)}
        told: dict[str, Any] = {name: stored.now(name) for name in names if name} | own
        shown: dict[str, Any] = {
            "id": stored.id, "properties": told, "createdAt": iso(stored.created), "updatedAt": iso(stored.updated),
            "archived": stored.removed is not None,
        }  # fmt: skip
        if stored.removed:
            shown["archivedAt"] = iso(stored.removed)
        if history:
            shown["propertiesWithHistory"] = {name: dated(stored.values.get(name, [])) for name in history}
        linked = {name: self.links.get((kind, stored.id, name), []) for name in to}
        if any(linked.values()):
            shown["associations"] = {name: {"results": inline(kind, name, x)} for name, x in linked.items() if x}
        return shown
