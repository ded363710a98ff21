"""A stand-in for HubSpot: objects with dated properties, associations, a search that shows changes late, a bin."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from tools.fakes.wire import Answered, Asked

Clock = Callable[[], datetime]
_CHANGED = {"contacts": "lastmodifieddate"}
_CREATED = {"contacts": "createdate", "deals": "createdate", "companies": "createdate"}
# The vendor's search ends here, however many there are.
SEARCH_END = 10_000


@dataclass(slots=True)
class Stored:
    """One object: `values` by property, each with its changes (moment, value), the oldest first."""

    id: str
    created: datetime
    updated: datetime
    values: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    removed: datetime | None = None

    def now(self, name: str) -> str | None:
        """The present value of a property."""
        told = self.values.get(name)
        return told[-1][1] if told else None


@dataclass(slots=True)
class HubSpotFake:
    """A portal. `lag`: seconds until the search shows a change. `tokens`: what each token may do: read, write."""

    now: Clock
    tokens: Mapping[str, frozenset[str]]
    lag: float = 0.0
    owners: list[dict[str, Any]] = field(default_factory=list)
    pipelines: list[dict[str, Any]] = field(default_factory=list)
    objects: dict[str, dict[str, Stored]] = field(default_factory=dict)
    links: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    unique: dict[str, set[str]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    writes: list[tuple[str, str]] = field(default_factory=list)
    _ids: Any = field(default_factory=lambda: count(1001))
    _order: dict[str, list[Stored]] = field(default_factory=dict)

    def add(self, kind: str, values: Mapping[str, str], at: datetime | None = None, object_id: str = "") -> str:
        """Makes an object; gives its id."""
        at = at or self.now()
        stored = Stored(object_id or str(next(self._ids)), at, at)
        self.objects.setdefault(kind, {})[stored.id] = stored
        self._order.pop(kind, None)
        self.change(kind, stored.id, values, at)
        return stored.id

    def change(self, kind: str, object_id: str, values: Mapping[str, str], at: datetime | None = None) -> None:
        """Sets properties at a moment."""
        at, stored = at or self.now(), self.objects[kind][object_id]
        stored.updated = max(stored.updated, at)
        for name, value in values.items():
            stored.values.setdefault(name, []).append((at, value))
            stored.values[name].sort(key=lambda told: told[0])

    def remove(self, kind: str, object_id: str, at: datetime | None = None) -> None:
        """Puts an object into the bin."""
        stored = self.objects[kind][object_id]
        stored.removed = stored.removed or at or self.now()

    def link(self, kind: str, object_id: str, to: str, to_id: str) -> None:
        """Puts two objects together, both ways; the first of a kind is the primary one."""
        for key, other in (((kind, object_id, to), to_id), ((to, to_id, kind), object_id)):
            others = self.links.setdefault(key, [])
            if other not in others:
                others.append(other)

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
        return _error(404, "NOT_FOUND")

    def _refused(self, asked: Asked) -> Answered | None:
        may = self.tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "))
        if may is None:
            return _error(401, "INVALID_AUTHENTICATION")
        reads = asked.method == "GET" or asked.path.endswith(("/search", "/batch/read"))
        return None if reads or "write" in may else _error(403, "MISSING_SCOPES")

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
        return _error(404, "NOT_FOUND")

    def _single(self, method: str, kind: str, object_id: str, asked: Asked) -> Answered:
        stored = self.objects.get(kind, {}).get(object_id)
        if method == "DELETE":
            if stored and stored.removed is None:
                self.remove(kind, object_id)
                self.writes.append(("removed", f"{kind}/{object_id}"))
            return Answered(204)
        if stored is None or stored.removed:
            return _error(404, "OBJECT_NOT_FOUND")
        if method == "PATCH":
            self.change(kind, object_id, asked.json()["properties"])
            self.writes.append(("changed", f"{kind}/{object_id}"))
        return Answered(200, self._shown(kind, stored, asked.values("properties")))

    def _list(self, kind: str, asked: Asked) -> Answered:
        history = asked.values("propertiesWithHistory")
        limit = int(asked.value("limit", "10"))
        if limit > (50 if history else 100):
            return _error(400, "VALIDATION_ERROR")
        wanted = asked.value("archived").lower() == "true"
        ordered = self._ordered(kind)
        start = bisect_right(ordered, _number(asked.value("after", "0")), key=lambda one: _number(one.id))
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
            self._order[kind] = sorted(self.objects.get(kind, {}).values(), key=lambda one: _number(one.id))
        return self._order[kind]

    def _search(self, kind: str, body: Mapping[str, Any]) -> Answered:
        limit, offset = int(body.get("limit", 10)), int(body.get("after") or 0)
        if limit > 200 or offset + limit > SEARCH_END:
            return _error(400, "VALIDATION_ERROR")
        seen_until = self.now().timestamp() - self.lag
        visible = [
            one for one in self.objects.get(kind, {}).values()
            if one.removed is None and one.updated.timestamp() <= seen_until
        ]  # fmt: skip
        groups = [group["filters"] for group in body.get("filterGroups") or []]
        found = [one for one in visible if any(all(self._meets(kind, one, f) for f in group) for group in groups)]
        for sort in body.get("sorts") or []:
            down = sort.get("direction") == "DESCENDING"
            found.sort(key=lambda one: self._figure(kind, one, sort["propertyName"]), reverse=down)
        page = found[offset : offset + limit]
        more = offset + limit < len(found)
        paging = {"paging": {"next": {"after": str(offset + limit), "link": "?"}}} if more else {}
        shown = [self._shown(kind, one, body.get("properties") or ()) for one in page]
        return Answered(200, {"total": len(found), "results": shown, **paging})

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
            return _number(stored.id)
        if name == _CHANGED.get(kind, "hs_lastmodifieddate"):
            return int(stored.updated.timestamp() * 1000)
        if name in ("hs_createdate", "createdate"):
            return int(stored.created.timestamp() * 1000)
        return float(stored.now(name) or 0)

    def _read(self, kind: str, body: Mapping[str, Any]) -> Answered:
        history = body.get("propertiesWithHistory") or []
        if len(body["inputs"]) > (50 if history else 100):
            return _error(400, "VALIDATION_ERROR")
        found = [self._by(kind, body.get("idProperty"), str(one["id"])) for one in body["inputs"]]
        there = [one for one in found if one is not None and one.removed is None]
        shown = [self._shown(kind, one, body.get("properties") or (), history) for one in there]
        return Answered(200 if len(there) == len(found) else 207, _batch(shown))

    def _by(self, kind: str, name: str | None, value: str) -> Stored | None:
        if not name:
            return self.objects.get(kind, {}).get(value)
        return next((one for one in self.objects.get(kind, {}).values() if one.now(name) == value), None)

    def _upsert(self, kind: str, body: Mapping[str, Any]) -> Answered:
        shown = []
        for one in body["inputs"]:
            if one["idProperty"] not in self.unique.get(kind, ()):
                return _error(400, "PROPERTY_DOESNT_EXIST")
            stored = self._by(kind, one["idProperty"], one["id"])
            new = stored is None
            told = {one["idProperty"]: one["id"], **one["properties"]}
            object_id = self.add(kind, told) if stored is None else stored.id
            if not new:
                self.change(kind, object_id, one["properties"])
            self.writes.append(("made" if new else "changed", f"{kind}/{one['id']}"))
            shown.append(self._shown(kind, self.objects[kind][object_id], ()) | {"new": new})
        return Answered(200, _batch(shown))

    def _make_property(self, kind: str, body: Mapping[str, Any]) -> Answered:
        if body["name"] in self.unique.setdefault(kind, set()):
            return _error(409, "OBJECT_ALREADY_EXISTS")
        self.unique[kind].add(body["name"])
        return Answered(201, body)

    def _associations(self, kind: str, to: str, body: Mapping[str, Any]) -> Answered:
        results = []
        for one in body["inputs"]:
            others = self.links.get((kind, str(one["id"]), to), [])
            told = [{"toObjectId": _number(x), "associationTypes": _types(place)} for place, x in enumerate(others)]
            # The primary one is not the first of an answer.
            results += [{"from": {"id": str(one["id"])}, "to": told[::-1]}] if told else []
        return Answered(200, _batch(results))

    def _associate(self, kind: str, object_id: str, to: str, to_id: str) -> Answered:
        if object_id not in self.objects.get(kind, {}) or to_id not in self.objects.get(to, {}):
            return _error(404, "OBJECT_NOT_FOUND")
        self.link(kind, object_id, to, to_id)
        return Answered(200, _batch([]))

    def _owners(self, asked: Asked) -> Answered:
        archived = asked.value("archived").lower() == "true"
        return Answered(200, {"results": [one for one in self.owners if one["archived"] == archived]})

    def _shown(
        self, kind: str, stored: Stored, names: Sequence[str], history: Sequence[str] = (), to: Sequence[str] = ()
    ) -> dict[str, Any]:
        changed = _CHANGED.get(kind, "hs_lastmodifieddate")
        own = {changed: _iso(stored.updated), "hs_object_id": stored.id}
        own |= {_CREATED.get(kind, "hs_createdate"): _iso(stored.created), "hs_createdate": _iso(stored.created)}
        told: dict[str, Any] = {name: stored.now(name) for name in names if name} | own
        shown: dict[str, Any] = {
            "id": stored.id, "properties": told, "createdAt": _iso(stored.created), "updatedAt": _iso(stored.updated),
            "archived": stored.removed is not None,
        }  # fmt: skip
        if stored.removed:
            shown["archivedAt"] = _iso(stored.removed)
        if history:
            shown["propertiesWithHistory"] = {name: _dated(stored.values.get(name, [])) for name in history}
        linked = {name: self.links.get((kind, stored.id, name), []) for name in to}
        if any(linked.values()):
            shown["associations"] = {name: {"results": _inline(kind, name, x)} for name, x in linked.items() if x}
        return shown


def owner(owner_id: str, email: str, name: str, *, team: str = "", archived: bool = False, at: str = "") -> Any:
    """A person whose name stands on objects."""
    first, _, last = name.partition(" ")
    made: dict[str, Any] = {
        "id": owner_id, "email": email, "type": "PERSON", "firstName": first, "lastName": last, "userId": 1,
        "createdAt": at or "2020-01-01T00:00:00.000Z", "updatedAt": at or "2020-01-01T00:00:00.000Z",
        "archived": archived,
    }  # fmt: skip
    return made | ({"teams": [{"id": team, "name": team, "primary": True}]} if team else {})


def pipeline(pipeline_id: str, label: str, stages: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """A pipeline; `stages`: (id, label, probability), of which 0.0 is lost and 1.0 is won."""
    stamp = {"createdAt": "2020-01-01T00:00:00.000Z", "updatedAt": "2020-01-01T00:00:00.000Z", "archived": False}
    told = [
        {"id": one, "label": name, "displayOrder": place, **stamp,
         "metadata": {"probability": chance, "isClosed": "true" if chance in ("0.0", "1.0") else "false"}}
        for place, (one, name, chance) in enumerate(stages)
    ]  # fmt: skip
    return {"id": pipeline_id, "label": label, "displayOrder": 0, "stages": told, **stamp}


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _dated(told: Sequence[tuple[datetime, str]]) -> list[dict[str, str]]:
    return [{"value": value, "timestamp": _iso(at), "sourceType": "CRM_UI"} for at, value in reversed(told)]


def _types(place: int) -> list[dict[str, Any]]:
    plain = {"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None}
    return [plain, {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"}] if place == 0 else [plain]


def _inline(kind: str, to: str, others: Sequence[str]) -> list[dict[str, str]]:
    name = f"{kind.removesuffix('s')}_to_{to.removesuffix('s')}"
    told = [{"id": one, "type": f"{name}_unlabeled"} for one in reversed(others)]
    return [*told, {"id": others[0], "type": name}]


def _batch(results: Sequence[Any]) -> dict[str, Any]:
    stamp = "2026-01-01T00:00:00.000Z"
    return {"status": "COMPLETE", "results": list(results), "startedAt": stamp, "completedAt": stamp}


def _error(status: int, category: str) -> Answered:
    body = {"status": "error", "message": "It was refused.", "correlationId": "0" * 8, "category": category}
    return Answered(status, body)
