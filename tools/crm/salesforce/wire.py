"""Salesforce's requests, as its clients make them: each function is one call and its answer."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tools.base import BadAnswer, LimitReached
from tools.http import Buckets, Call, Manners, VendorClient
from tools.http.client import Refused
from tools.http.oauth import Proof, TokenAuth, Tokens, token_client
from tools.http.signals import salesforce_limit

VENDOR = "salesforce"
VERSION = "v66.0"
TOKEN_PATH = "/services/oauth2/token"
# At most so many records in one answer; so many ids in one question, whose address may not be longer than 16 KB.
MOST, IDS_MOST = 2000, 200
# What one connection may ask in a moment; the vendor counts by the day (Sforce-Limit-Info), not by the second.
RATES: Mapping[str, tuple[float, float]] = {"": (20.0, 10.0)}
MANNERS = Manners(limit_of=salesforce_limit)
# Of the day's requests so much is used up before the background stops; the rest is for people and other programs.
USED_MOST = 0.8
_USAGE = re.compile(r"api-usage=(\d+)/(\d+)")
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")

Record = dict[str, Any]


def open_client(
    address: str,
    proof: Proof,
    buckets: Buckets,
    now: Callable[[], datetime],
    *,
    transport: httpx.BaseTransport | None = None,
    rates: Mapping[str, tuple[float, float]] = RATES,
) -> tuple[VendorClient, VendorClient]:
    """The client of one org and that of its token endpoint, both at the org's own address (My Domain)."""
    tokens = token_client(VENDOR, address, proof, buckets, transport, salesforce_limit)
    auth = TokenAuth(Tokens(tokens, TOKEN_PATH, proof, buckets, now))
    client = VendorClient(
        VENDOR, address, auth=auth, buckets=buckets, rates=rates, manners=MANNERS, owner=proof.mark[:16],
        transport=transport,
    )  # fmt: skip
    return client, tokens


def quoted(text: str) -> str:
    """A text as a literal of a query; nothing in it can end it."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def dated(moment: datetime) -> str:
    """A moment as a literal of a query: never in quotes, to the millisecond, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def is_id(text: str) -> bool:
    """Whether a text is an id of a record."""
    return _ID.fullmatch(text) is not None


class SalesforceWire:
    """The calls. `person`: somebody waits for them, or has approved them, so the reserve is theirs too."""

    def __init__(self, client: VendorClient, version: str = VERSION, *, person: bool = False) -> None:
        self.client, self._person = client, person
        self._data = f"/services/data/{version}"
        self.used, self.allowed = 0, 0
        self._fields: dict[str, dict[str, Record]] = {}

    def query(self, soql: str, *, deleted: bool = False) -> tuple[list[Record], str | None]:
        """One answer to a query and the link to its next one; with `deleted` also what is in the bin."""
        path = f"{self._data}/{'queryAll' if deleted else 'query'}/"
        return _records(self._ask(Call("GET", path, {"q": soql}, for_person=self._person)))

    def more(self, link: str) -> tuple[list[Record], str | None]:
        """The next answer to a query, by the link (nextRecordsUrl) of the one before."""
        return _records(self._ask(Call("GET", link, for_person=self._person)))

    def every(self, soql: str) -> Iterator[Record]:
        """All records of a query, answer by answer."""
        found, link = self.query(soql)
        yield from found
        while link:
            found, link = self.more(link)
            yield from found

    def deleted(self, kind: str, start: datetime, end: datetime) -> tuple[list[str], datetime]:
        """The ids of what was deleted in that time, also of what is in the bin no more, and until when that is all.

        The vendor looks back thirty days, and gives at most 600,000 ids (Refused: EXCEEDED_ID_LIMIT).
        """
        query = {
            name: at.astimezone(UTC).isoformat(timespec="seconds") for name, at in (("start", start), ("end", end))
        }
        answer = self._ask(Call("GET", f"{self._data}/sobjects/{kind}/deleted/", query, for_person=self._person))
        found = answer.get("deletedRecords") if isinstance(answer, dict) else None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise BadAnswer(VENDOR, "the answer has no list of deleted records")
        try:
            covered = datetime.fromisoformat(str(answer.get("latestDateCovered")))
        except ValueError:
            raise BadAnswer(VENDOR, "the answer does not say until when it tells what was deleted") from None
        return [str(one["id"]) for one in found if one.get("id")], covered.astimezone(UTC)

    def count(self, kind: str, where: str) -> int:
        """How many records of a kind meet a condition."""
        answer = self._ask(Call("GET", f"{self._data}/query/", {"q": f"SELECT COUNT() FROM {kind} WHERE {where}"}))
        total = answer.get("totalSize") if isinstance(answer, dict) else None
        return total if isinstance(total, int) else 0

    def fields(self, kind: str) -> dict[str, Record]:
        """The fields of a kind that this credential may see, by name; asked once. Refused (404) where it sees none."""
        if kind not in self._fields:
            answer = self._ask(Call("GET", f"{self._data}/sobjects/{kind}/describe", for_person=self._person))
            told = answer.get("fields") if isinstance(answer, dict) else None
            if not isinstance(told, list):
                raise BadAnswer(VENDOR, "the answer has no list of fields")
            self._fields[kind] = {str(one["name"]): one for one in told}
        return self._fields[kind]

    def organization(self) -> Record:
        """Which org the credential belongs to."""
        found, _ = self.query("SELECT Id, Name, IsSandbox FROM Organization LIMIT 1")
        return found[0] if found else {}

    def upsert(self, kind: str, key_field: str, key: str, values: Mapping[str, Any]) -> Record:
        """Makes the record of this key, or brings the one that is there to these values: the same at every try."""
        path = f"{self._data}/sobjects/{kind}/{key_field}/{key}"
        return self._answered(self._ask(self._write("PATCH", path, values)))

    def create(self, kind: str, values: Mapping[str, Any]) -> Record:
        """Makes a record; the vendor makes a second one at a second try."""
        return self._answered(self._ask(self._write("POST", f"{self._data}/sobjects/{kind}/", values)))

    def update(self, kind: str, record_id: str, values: Mapping[str, Any]) -> None:
        """Sets fields of one record."""
        self.client.ask(self._write("PATCH", f"{self._data}/sobjects/{kind}/{record_id}", values))

    def delete(self, kind: str, record_id: str) -> None:
        """Puts a record into the vendor's bin; one that is gone already stays gone."""
        try:
            self.client.ask(self._write("DELETE", f"{self._data}/sobjects/{kind}/{record_id}", None, repeatable=True))
        except Refused as error:
            if error.status != 404:
                raise

    def _write(self, method: str, path: str, values: Any, *, repeatable: bool = False) -> Call:
        return Call(method, path, json=values, writes=True, repeatable=repeatable, for_person=True)

    def _answered(self, answer: Any) -> Record:
        if not isinstance(answer, dict) or not answer.get("id"):
            raise BadAnswer(VENDOR, "the answer to a write names no record")
        return answer

    def _ask(self, call: Call) -> Any:
        if not call.for_person and self.allowed and self.used >= self.allowed * USED_MOST:
            what = f"{self.used:,} of the day's {self.allowed:,} requests are used; the rest is kept for people"
            raise LimitReached(VENDOR, what, wait=timedelta(hours=1))
        answer, headers = self.client.told(call)
        usage = _USAGE.search(headers.get("sforce-limit-info", ""))
        if usage:
            self.used, self.allowed = int(usage[1]), int(usage[2])
        return answer


def _records(answer: Any) -> tuple[list[Record], str | None]:
    found = answer.get("records") if isinstance(answer, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadAnswer(VENDOR, "the answer has no list of records")
    link = answer.get("nextRecordsUrl")
    return found, str(link) if link and not answer.get("done", True) else None
