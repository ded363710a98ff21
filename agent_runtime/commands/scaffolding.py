"""`tenure new adapter NAME`: the beginning of an adapter with its stand-in and tests that pass, to be filled in."""

import re
from pathlib import Path

import typer

from agent_runtime.errors import BadInput

_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")

_ADAPTER = '''"""The adapter of {name}: reads its records, and says what it asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tools.adapter import Adapter, Ask, Opening
from tools.base import Health, Page, Sight, SourceRecord, State, StreamSpec, VendorError
from tools.http import Call, VendorClient

ADDRESS = "https://api.{name}.example"


@dataclass(slots=True)
class Source:
    """Reads {name}. Each page carries the cursor from which to go on; reading again gives the same records again."""

    client: VendorClient
    opening: Opening
    name: str = "{name}"
    capabilities: frozenset = frozenset()

    def check(self) -> Health:
        try:
            self.client.json(Call("GET", "/me"))
        except VendorError as error:
            return Health(State.UNREACHABLE, f"It could not be reached: {{error.what}}.", fix=error.fix)
        return Health(State.WELL, "It answers.")

    def streams(self) -> list[StreamSpec]:
        return [StreamSpec("notes", "crm", "notes: their text")]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        while True:
            read_at = self.opening.now()
            answer = self.client.json(Call("GET", f"/{{stream}}", {{"after": cursor or ""}}))
            records = tuple(_record(one, read_at) for one in answer["items"])
            cursor = str(answer["items"][-1]["id"]) if answer["items"] else cursor or ""
            yield Page(records, cursor, not answer["more"], read_at)
            if not answer["more"]:
                return

    def get(self, stream: str, source_id: str) -> Page | None:
        return None

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        return [Sight("crm", "", since, until)]


def _record(one: dict, read_at: datetime) -> SourceRecord:
    """As docs/operations.md (world folders) names the fields of each kind."""
    at = datetime.fromisoformat(one["at"])
    fields = {{"kind": "note", "text": one["text"]}}
    return SourceRecord("crm", "crm", f"{name}-{{one['id']}}", read_at, at, one["account"], fields=fields)


def _source(opening: Opening) -> Source:
    address = opening.told.get("address") or ADDRESS
    # Give `auth` what the vendor asks for, made of opening.secrets["token"].
    client = VendorClient(
        "{name}", address, auth=None, buckets=opening.buckets, rates={{"": (10.0, 5.0)}}, transport=opening.transport
    )
    opening.closing.callback(client.close)
    return Source(client, opening)


ADAPTER = Adapter(
    name="{name}",
    title="{title}",
    page="where the credential is made",
    asks=(Ask("token", "the access token", secret=True), Ask("address", "another address", needed=False)),
    reads="notes",
    writes="nothing",
    undo="tenure disconnect {name} stops reading at once",
    source=_source,
)
'''

_TEST = '''"""What every adapter must show: it resumes behind every page, and faults change nothing of what was read."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from {module} import ADAPTER
from tools.adapter import Opening
from tools.base import State
from tools.fakes.wire import Answered, Asked, Faults, FakeTransport
from tools.http import Buckets

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Stand:
    """The stand-in: answers as the vendor would; keep it as strict as the vendor is."""

    asked: list[Asked] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answered:
        if asked.path == "/me":
            return Answered(200, {{}})
        after = int(asked.value("after") or 0)
        items = [
            {{"id": one, "at": NOW.isoformat(), "text": f"note {{one}}", "account": "a1"}}
            for one in range(after + 1, min(after + 3, 8))
        ]
        return Answered(200, {{"items": items, "more": after + 2 < 7}})


def _source(faults: Faults | None = None):
    moments = [0.0]
    buckets = Buckets(monotonic=lambda: moments[0], wait=lambda s: moments.__setitem__(0, moments[0] + s))
    secrets = {{"token": SecretStr("canary")}}
    return ADAPTER.source(Opening({{}}, secrets, NOW, lambda: NOW, buckets, FakeTransport(Stand(), faults)))


def _all(source, cursor=None):
    found = {{}}
    for page in source.read("notes", cursor):
        found |= {{one.source_id: one.fields for one in page.records}}
    return found


def test_it_answers():
    assert _source().check().state is State.WELL


def test_it_resumes_behind_every_page():
    found, cursor, complete = {{}}, None, False
    while not complete:
        page = next(iter(_source().read("notes", cursor)))
        found |= {{one.source_id: one.fields for one in page.records}}
        cursor, complete = page.cursor, page.complete
    assert found == _all(_source())


@pytest.mark.parametrize("seed", range(5))
def test_faults_change_nothing(seed):
    faults = Faults({{"limit": 20, "error": 20, "dropped": 20, "late": 10}}, seed=seed)
    assert _all(_source(faults)) == _all(_source())
'''


def adapter_command(name: str, folder: Path) -> None:
    """Writes `<name>_adapter.py` and `test_<name>_adapter.py` into `folder`; refuses to write over what is there."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name!r:.40} is no name for an adapter.", fix="Write a small word: letters, digits and _.")
    module = f"{name}_adapter"
    told = {"name": name, "title": name.replace("_", " ").capitalize(), "module": module}
    files = {folder / f"{module}.py": _ADAPTER, folder / f"test_{module}.py": _TEST}
    there = next((path for path in files if path.exists()), None)
    if there:
        raise BadInput(f"{there} is there already.", fix="Name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        path.write_text(text.format(**told), encoding="utf-8")
        typer.echo(path)
    typer.echo(f'Switch it on with adapters = ["{module}:ADAPTER"] in tenure.toml, then: tenure connect {name}')
