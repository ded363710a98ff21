"""tenure connect salesforce with a key in a file: looked at, read, taken back; no secret is left anywhere."""

from pathlib import Path

import orjson
import pytest

from agent_runtime.commands.connecting import connect_command, disconnect_command, sync_command
from agent_runtime.errors import BadInput
from tests.unit.tools.crm.salesforce.org import READER, WRITER, org
from tests.unit.tools.hands import Hands
from tests.unit.tools.loopback import served
from tests.unit.tools.mail.mailbox import PRIVATE, PUBLIC


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TENURE_EMBEDDER", "none")
    monkeypatch.setenv("WRITES", WRITER[1])


def test_connect_with_a_signed_key_sync_and_disconnect(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    fake = org(Hands())
    fake.apps = {**fake.apps, "signing": PUBLIC}
    key = tmp_path / "outside.pem"
    key.write_text(PRIVATE, encoding="utf-8")
    # What signs is the clock of this machine, which is not the stand-in's.
    fake.now = Hands()
    with served(fake) as address:
        given = [
            f"address={address}", "client_id=signing", "username=ops@ours.example", f"private_key=file:{key}",
            f"write_client_id={WRITER[0]}", "write_client_secret=env:WRITES",
        ]  # fmt: skip
        connect_command("salesforce", given, "2025-06-01", dry_run=False, sure=True)
        sync_command(None, full=False, as_json=True)
        said = capfd.readouterr()
        disconnect_command("salesforce", remove_written=True)
    shown = orjson.loads(said.out[said.out.index('{\n  "connectors"') :])
    (line,) = shown["connectors"]
    assert (line["name"], line["health"], line["proven"]) == ("salesforce", "well", "contract")
    assert {one["stream"]: one["records"] for one in line["streams"]}["opportunities"] >= 9
    assert "org Ours" in said.out
    key.unlink()
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    texts = said.out + said.err + "".join(capfd.readouterr())
    for secret in (PRIVATE.splitlines()[3], READER[1], WRITER[1], "token-signing"):
        assert secret.encode() not in files
        assert secret not in texts


def test_neither_secret_nor_key_is_one_clear_line() -> None:
    given = ["address=https://org.my.salesforce.example", "client_id=app"]
    with pytest.raises(BadInput, match="neither a secret nor a private key"):
        connect_command("salesforce", given, None, dry_run=True, sure=True)
