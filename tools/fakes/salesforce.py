"""A stand-in for Salesforce: records with their histories, queries, a bin, upserts by key, a limit of the day."""

import re
from base64 import b64decode
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from tools.fakes.salesforce_fields import FIELDS
from tools.fakes.salesforce_records import SalesforceRecords, Stored
from tools.fakes.soql import Malformed, Query, read_query
from tools.fakes.wire import Answered, Asked

_SINCE = re.compile(r"SystemModstamp >=? ([\d:.TZ-]+)")
_AMONG = re.compile(r"WHERE (\w+Id) IN \(([^)]*)\)")
_TOKEN_LASTS = timedelta(hours=2)
_DELETIONS_TOLD = timedelta(days=30)


@dataclass(slots=True)
class SalesforceFake(SalesforceRecords):
    """An org. `apps`: the secret of each app, or the public key (PEM) where it signs; `writers`: those that may write.

    `batch`: how many records one answer brings. `missing`: kinds and fields ("Task.Agent_Key__c") that are not there.
    `allowed`: requests a day; beyond it everything is refused with 403. `ids_most`: how many deletions one answer
    holds; `open_since`: since when a transaction lasts whose deletions are not told yet. `untold`: kinds whose
    deletions are not told at all.
    """

    apps: Mapping[str, str]
    writers: frozenset[str] = frozenset()
    batch: int = 2000
    missing: set[str] = field(default_factory=set)
    allowed: int = 100_000
    used: int = 0
    ids_most: int = 600_000
    open_since: datetime | None = None
    untold: set[str] = field(default_factory=set)
    tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    writes: list[tuple[str, str]] = field(default_factory=list)
    _locators: dict[str, list[Stored]] = field(default_factory=dict)

    def end_sessions(self) -> None:
        """Every token that was given is worth nothing any more."""
        self.tokens.clear()

    def answer(self, asked: Asked) -> Answered:
        """Does what the vendor would do."""
        if asked.path == "/services/oauth2/token":
            return self._token(asked)
        app = self._app(asked)
        if app is None:
            return _error(401, "INVALID_SESSION_ID")
        self.used += 1
        if self.used > self.allowed:
            return _error(403, "REQUEST_LIMIT_EXCEEDED")
        if asked.method != "GET" and app not in self.writers:
            return _error(403, "INSUFFICIENT_ACCESS")
        try:
            found = self._answer(asked)
        except Malformed as error:
            found = _error(400, error.code)
        usage = {"sforce-limit-info": f"api-usage={self.used}/{self.allowed}"}
        return Answered(found.status, found.body, {**found.headers, **usage})

    def _answer(self, asked: Asked) -> Answered:
        match [asked.method, *asked.path.strip("/").split("/")[3:]]:
            case ["GET", "query" | "queryAll" as how]:
                return self._query(asked.value("q"), deleted=how == "queryAll")
            case ["GET", "query" | "queryAll", locator]:
                return self._rest(locator)
            case ["GET", "sobjects", kind, "deleted"]:
                return self._deleted(kind, asked)
            case ["GET", "sobjects", kind, "describe"]:
                return self._describe(kind)
            case ["POST", "sobjects", kind]:
                key = self.add(kind, self._values(kind, asked.json()))
                self.writes.append(("made", f"{kind}/{key}"))
                return Answered(201, {"id": key, "success": True, "errors": []})
            case ["PATCH", "sobjects", kind, name, key]:
                return self._upsert(kind, name, key, asked.json())
            case [method, "sobjects", kind, record_id]:
                return self._single(method, kind, record_id, asked)
        return _error(404, "NOT_FOUND")

    def _token(self, asked: Asked) -> Answered:
        form = asked.form()
        app = self._signed(form["assertion"]) if "assertion" in form else self._by_secret(asked)
        if app is None:
            return Answered(400, {"error": "invalid_grant", "error_description": "it was refused"})
        token = f"token-{app}-{next(self._ids)}"
        self.tokens[token] = (app, self.now() + _TOKEN_LASTS)
        return Answered(200, {"access_token": token, "token_type": "Bearer", "instance_url": "https://org.example"})

    def _by_secret(self, asked: Asked) -> str | None:
        pair = b64decode(asked.headers.get("authorization", "").removeprefix("Basic ")).decode()
        app, _, secret = pair.partition(":")
        return app if secret and self.apps.get(app) == secret else None

    def _signed(self, assertion: str) -> str | None:
        for app, key in self.apps.items():
            if not key.startswith("-----BEGIN"):
                continue
            try:
                claims = jwt.decode(assertion, RSAKey.import_key(key), algorithms=["RS256"]).claims
            except (JoseError, ValueError):
                continue
            if claims.get("iss") == app and claims.get("sub") and float(claims["exp"]) > self.now().timestamp():
                return app
        return None

    def _app(self, asked: Asked) -> str | None:
        app, until = self.tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "), ("", None))
        return app if until and self.now() < until else None

    def _query(self, text: str, *, deleted: bool) -> Answered:
        query = read_query(text)
        known = set(self._known(query.kind))
        if not query.counts and not {*query.fields, *query.order} <= known:
            raise Malformed("INVALID_FIELD")
        found = query.of(self._among(query.kind, text, query, deleted))
        if query.counts:
            return Answered(200, {"totalSize": len(found), "done": True, "records": []})
        shown = [_shown(query.kind, one, query.fields) for one in found]
        return self._answered("", shown, len(shown))

    def _among(self, kind: str, text: str, query: Query, deleted: bool) -> Iterable[Stored]:
        """Those that can meet it, without going through all of them for every page."""
        if among := _AMONG.search(text):
            index = self._parents(kind, among[1])
            told = [one for each in among[2].split(",") for one in index.get(each.strip().strip("'"), ())]
            return [one for one in told if deleted or not one["IsDeleted"]]
        ordered: Sequence[Stored] = list(self.records.get(kind, {}).values())
        if "SystemModstamp" in FIELDS[kind]:
            ordered = self._in_order(kind)
        start = 0
        if since := _SINCE.search(text):
            start = bisect_left(ordered, datetime.fromisoformat(since[1]), key=lambda one: one["SystemModstamp"])
        seen = (one for one in islice(ordered, start, None) if deleted or not one.get("IsDeleted"))
        by_change = query.order == ("SystemModstamp", "Id") and query.limit is not None
        return islice((one for one in seen if query.test(one)), query.limit) if by_change else seen

    def _in_order(self, kind: str) -> list[Stored]:
        if kind not in self._sorted:
            told = self.records.get(kind, {}).values()
            self._sorted[kind] = sorted(told, key=lambda one: (one["SystemModstamp"], one["Id"]))
        return self._sorted[kind]

    def _parents(self, kind: str, name: str) -> dict[str, list[Stored]]:
        index = self._by_parent.setdefault(f"{kind}.{name}", {})
        if sum(map(len, index.values())) != len(self.records.get(kind, {})):
            index.clear()
            for one in self.records.get(kind, {}).values():
                index.setdefault(one[name], []).append(one)
        return index

    def _answered(self, locator: str, shown: list[Stored], total: int) -> Answered:
        page, rest = shown[: self.batch], shown[self.batch :]
        answer: dict[str, Any] = {"totalSize": total or len(shown), "done": not rest, "records": page}
        if rest:
            name = f"01g{next(self._ids):012d}-{self.batch}"
            self._locators[name] = rest
            answer["nextRecordsUrl"] = f"/services/data/v66.0/query/{name}"
        return Answered(200, answer)

    def _rest(self, locator: str) -> Answered:
        """The next records behind an answer: the same again, however often it is asked."""
        if locator not in self._locators:
            raise Malformed("INVALID_QUERY_LOCATOR")
        return self._answered(locator, self._locators[locator], 0)

    def _deleted(self, kind: str, asked: Asked) -> Answered:
        if kind not in FIELDS or kind in self.untold:
            raise Malformed("INVALID_TYPE_FOR_OPERATION")
        start, end = (datetime.fromisoformat(asked.value(one)).replace(second=0) for one in ("start", "end"))
        if not self.now() - _DELETIONS_TOLD <= start < end:
            raise Malformed("INVALID_REPLICATION_DATE")
        covered = min(end, self.open_since or end)
        told = [(one, at) for one, at in self.deletions.get(kind, ()) if start <= at < covered]
        if len(told) > self.ids_most:
            raise Malformed("EXCEEDED_ID_LIMIT")
        rows = [{"id": one, "deletedDate": _written(at)} for one, at in told]
        earliest = _written(self.now() - _DELETIONS_TOLD)
        answer = {"deletedRecords": rows, "earliestDateAvailable": earliest, "latestDateCovered": _written(covered)}
        return Answered(200, answer)

    def _describe(self, kind: str) -> Answered:
        if kind not in FIELDS or kind in self.missing:
            return _error(404, "NOT_FOUND")
        names = self._known(kind)
        told = [{"name": one, "externalId": one == "Agent_Key__c", "createable": True, "updateable": True}
                for one in names]  # fmt: skip
        return Answered(200, {"name": kind, "fields": told})

    def _known(self, kind: str) -> list[str]:
        if kind not in FIELDS or kind in self.missing:
            raise Malformed("INVALID_TYPE")
        return [one for one in FIELDS[kind] if f"{kind}.{one}" not in self.missing]

    def _values(self, kind: str, told: Mapping[str, Any]) -> Mapping[str, Any]:
        if not set(told) <= set(self._known(kind)):
            raise Malformed("INVALID_FIELD")
        return told

    def _upsert(self, kind: str, name: str, key: str, told: Mapping[str, Any]) -> Answered:
        values = self._values(kind, told)
        self._values(kind, {name: key})
        stored = next((one for one in self.records.get(kind, {}).values() if one[name] == key), None)
        if stored is None:
            record_id = self.add(kind, {**values, name: key})
            self.writes.append(("made", f"{kind}/{key}"))
            return Answered(201, {"id": record_id, "success": True, "errors": [], "created": True})
        self.change(kind, stored["Id"], values)
        self.writes.append(("changed", f"{kind}/{key}"))
        return Answered(200, {"id": stored["Id"], "success": True, "errors": [], "created": False})

    def _single(self, method: str, kind: str, record_id: str, asked: Asked) -> Answered:
        stored = self.records.get(kind, {}).get(record_id)
        if stored is None or stored["IsDeleted"]:
            return _error(404, "ENTITY_IS_DELETED" if stored else "NOT_FOUND")
        if method == "DELETE":
            self.remove(kind, record_id)
            self.writes.append(("removed", f"{kind}/{record_id}"))
            return Answered(204)
        if method == "PATCH":
            self.change(kind, record_id, self._values(kind, asked.json()))
            self.writes.append(("changed", f"{kind}/{record_id}"))
            return Answered(204)
        return Answered(200, _shown(kind, stored, FIELDS[kind]))


def _shown(kind: str, stored: Mapping[str, Any], names: Sequence[str]) -> Stored:
    url = f"/services/data/v66.0/sobjects/{kind}/{stored['Id']}"
    told = {name: _written(stored.get(name)) for name in names}
    return {"attributes": {"type": kind, "url": url}, **told}


def _written(value: Any) -> Any:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000") if isinstance(value, datetime) else value


def _error(status: int, code: str) -> Answered:
    return Answered(status, [{"message": "It was refused.", "errorCode": code, "fields": []}])


# What it says when the limit is used up: no 429, and nothing that says how long.
LIMITED = _error(403, "REQUEST_LIMIT_EXCEEDED")
