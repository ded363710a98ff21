"""tenure connect, sync and disconnect against a stand-in on a real port; no secret is left anywhere."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from agent_runtime.commands.connecting import connect_command, disconnect_command, sync_command
from agent_runtime.commands.scaffolding import adapter_command
from agent_runtime.errors import BadInput, BadSetting
from tests.unit.tools.crm.hubspot.portal import READ, WRITE, portal
from tests.unit.tools.hands import Hands
from tests.unit.tools.loopback import served
from tools.fakes.hubspot import HubSpotFake


@pytest.fixture
def vendor() -> Iterator[tuple[HubSpotFake, str]]:
    fake = portal(Hands())
    with served(fake) as address:
        yield fake, address


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TENURE_EMBEDDER", "none")
    monkeypatch.setenv("WRITES", WRITE)


def _connect(address: str, *, dry_run: bool = False, sure: bool = True, token: str = READ) -> None:
    given = [f"token={token}", "write_token=env:WRITES", f"address={address}"]
    connect_command("hubspot", given, "2026-01-01", dry_run=dry_run, sure=sure)


def test_connect_sync_disconnect_leave_no_secret(
    vendor: tuple[HubSpotFake, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fake, address = vendor
    _connect(address)
    sync_command(None, full=False, as_json=True)
    said = capfd.readouterr()
    shown = orjson.loads(said.out[said.out.index("{") :])
    (line,) = shown["connectors"]
    assert (line["name"], line["health"]) == ("hubspot", "well")
    assert {one["stream"]: one["records"] for one in line["streams"]}["deals"] >= 7
    assert "private-apps" in said.out
    assert "agent_action_key" in fake.unique["tasks"]
    disconnect_command("hubspot", remove_written=True)
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    texts = said.out + said.err + "".join(capfd.readouterr())
    for secret in (READ, WRITE):
        assert secret.encode() not in files
        assert secret not in texts


@pytest.mark.parametrize(("dry_run", "sure"), [(True, True), (False, False)])
def test_looking_keeps_nothing(
    vendor: tuple[HubSpotFake, str], dry_run: bool, sure: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    _connect(vendor[1], dry_run=dry_run, sure=sure)
    sync_command(None, full=False, as_json=True)
    said = capfd.readouterr().out
    assert "Nothing was kept." in said
    assert "So it would be taken" in said
    assert orjson.loads(said[said.rindex('{\n  "connectors"') :]) == {"connectors": []}


def test_wrong_token_and_strange_answers_are_one_clear_line(vendor: tuple[HubSpotFake, str]) -> None:
    with pytest.raises(BadInput, match="does not accept the credential"):
        _connect(vendor[1], token="wrong")
    with pytest.raises(BadInput, match="no adapter"):
        connect_command("nothing", [], None, dry_run=True, sure=True)
    with pytest.raises(BadInput, match="no date"):
        connect_command("hubspot", ["token=x"], "soon", dry_run=True, sure=True)
    with pytest.raises(BadInput, match="no value"):
        connect_command("hubspot", ["token"], None, dry_run=True, sure=True)
    with pytest.raises(BadSetting):
        connect_command("hubspot", ["token=env:NOT_SET"], None, dry_run=True, sure=True)
    with pytest.raises(BadInput, match="not connected"):
        sync_command("hubspot", full=False, as_json=True)


def test_new_adapter_is_written_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    adapter_command("acme", tmp_path / "own")
    assert {path.name for path in (tmp_path / "own").iterdir()} == {"acme_adapter.py", "test_acme_adapter.py"}
    compile((tmp_path / "own" / "acme_adapter.py").read_text(encoding="utf-8"), "acme_adapter.py", "exec")
    assert "tenure connect acme" in capfd.readouterr().out
    with pytest.raises(BadInput, match="there already"):
        adapter_command("acme", tmp_path / "own")
    with pytest.raises(BadInput, match="no name"):
        adapter_command("../x", tmp_path)
