"""What an installation makes of its settings: no model, half a model, a model whose calls stand in the audit."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import Engine, select

from agent_runtime.accounts.erasure import By, erase_account, scrub
from agent_runtime.audit import service as audit
from agent_runtime.audit.models import AuditEntry
from agent_runtime.doctor.model import examine_model
from agent_runtime.errors import BadSetting
from agent_runtime.installation import Installation
from agent_runtime.llm import ModelReply
from agent_runtime.llm.models import ModelCall
from agent_runtime.llm.opening import close_endpoints
from agent_runtime.llm.store import forget_replies_before
from agent_runtime.playbook import load
from agent_runtime.settings import Settings
from memory.records import Account
from tests.unit.agent_runtime.llm.stub_world import NOW, draft_request
from tools.fakes.model_endpoint import Stub
from tools.fakes.model_endpoint_server import served

KEY = SecretStr("test")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(Stub()) as url:
        yield url


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    close_endpoints()


def settings(tmp_path: Path, **more: object) -> Settings:
    return Settings(data_dir=tmp_path, **more)  # type: ignore[arg-type]


def installed(engine: Engine, tmp_path: Path, **more: object) -> Installation:
    return Installation(settings(tmp_path, **more), engine, KEY, load("b2b_sales"))


def test_without_an_address_there_is_no_model(sqlite_engine: Engine, tmp_path: Path) -> None:
    assert installed(sqlite_engine, tmp_path).model() is None


def test_half_a_model_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="model_name"):
        installed(sqlite_engine, tmp_path, model_url="https://models.example/v1").model()
    half = {"model_url": "https://models.example/v1", "model_name": "m", "model_key": "env:TENURE_NOT_THERE"}
    with pytest.raises(BadSetting, match="key of the model") as refused:
        installed(sqlite_engine, tmp_path, **half).model()
    assert refused.match("env:TENURE_NOT_THERE")


def test_the_key_is_read_where_it_lies(
    address: str, sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("sk-1\nnot this\n")
    monkeypatch.setenv("OUR_MODEL_KEY", "sk-1")
    with served(Stub(key="sk-1")) as url:
        for number, reference in enumerate([f"file:{tmp_path / 'key'}", "env:OUR_MODEL_KEY"]):
            model = installed(sqlite_engine, tmp_path, model_url=url, model_name="m", model_key=reference).model()
            assert model is not None
            assert isinstance(model.ask(draft_request(f"Can you say {number}?")), ModelReply)


def test_each_call_stands_in_the_audit_without_a_word_of_it(
    address: str, sqlite_engine: Engine, tmp_path: Path
) -> None:
    model = installed(sqlite_engine, tmp_path, model_url=address, model_name="stub", model_price_in=2.0).model()
    assert model is not None
    reply = model.ask(draft_request())
    model.ask(draft_request(account_id=""))
    model.ask(draft_request())
    assert isinstance(reply, ModelReply)
    entry = AuditEntry.__table__  # type: ignore[attr-defined]
    with sqlite_engine.connect() as connection:
        rows = connection.execute(select(entry).order_by(entry.c.account_id)).all()
        assert audit.verify_all(connection) == []
    assert [(row.account_id, row.event) for row in rows] == [("a1", "model.asked"), ("installation", "model.asked")]
    payload = rows[0].payload
    assert payload["request_hash"] == reply.request_hash
    assert (payload["model"], payload["prompt"], payload["cost"]) == ("stub", "draft", reply.cost)
    assert "north side" not in str(payload)


def test_erasure_and_age_empty_the_replies(address: str, sqlite_engine: Engine, tmp_path: Path) -> None:
    model = installed(sqlite_engine, tmp_path, model_url=address, model_name="stub").model()
    assert model is not None
    call = ModelCall.__table__  # type: ignore[attr-defined]
    for account in ("a1", "a2", ""):
        model.ask(draft_request("Can zq0042xk come?", account_id=account))
    with sqlite_engine.begin() as connection:
        connection.execute(Account.__table__.insert().values(id="a1", name="Harlow"))  # type: ignore[attr-defined]
        erase_account(connection, "a1", By("u1", NOW, KEY))
        held = {row.account_id: row.reply for row in connection.execute(select(call))}
        assert (held["a1"], held[""]) == (None, None)
        assert "zq0042xk" in held["a2"]
        assert forget_replies_before(connection, NOW) == 0
        assert forget_replies_before(connection, NOW.replace(year=2027)) == 1
        assert all(tokens > 0 for tokens in connection.scalars(select(call.c.tokens_in)))
    scrub(sqlite_engine)
    assert b"zq0042xk" not in b"".join(path.read_bytes() for path in tmp_path.glob("tenure.db*"))


@pytest.mark.parametrize(
    "url",
    ["https://models.example/v1", "http://127.0.0.1:8399/v1", "http://localhost/v1", "http://10.1.2.3:8000/v1",
     "http://ollama:11434/v1", "https://10.1.2.3/v1", "http://[::1]:1/v1"],
)  # fmt: skip
def test_addresses_that_may_be_set(url: str, tmp_path: Path) -> None:
    assert settings(tmp_path, model_url=url).model_url == url


@pytest.mark.parametrize(
    "url",
    ["http://models.example/v1", "ftp://models.example", "https://", "models.example", "https://me:key@models.example/v1",
     "https://models.example/v1?key=1", "http://169.254.169.254/latest", "https://169.254.169.254/v1",
     "http://[fe80::1]/v1", "http://0.0.0.0/v1", "http://8.8.8.8/v1", "https://224.0.0.1/v1", "file:///etc/passwd"],
)  # fmt: skip
def test_addresses_that_may_not(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(tmp_path, model_url=url)
    assert refused.value.errors()[0]["loc"] == ("model_url",)


def test_the_doctor_asks_only_where_it_may(address: str, tmp_path: Path) -> None:
    assert examine_model(settings(tmp_path), online=True).found.startswith("none is set")
    asked = settings(tmp_path, model_url=address, model_name="stub", model_deadline=20.0)
    assert "not asked" in examine_model(asked, online=False).found
    finding = examine_model(asked, online=True)
    assert finding.ok
    assert "form json_schema" in finding.found
    with served(Stub(refuses=frozenset({"json_schema", "json_object"}))) as url:
        assert "form text" in examine_model(settings(tmp_path, model_url=url, model_name="stub"), online=True).found
    with served(Stub(always="500")) as url:
        finding = examine_model(settings(tmp_path, model_url=url, model_name="stub"), online=True)
    assert (finding.ok, finding.needed) == (False, False)
    assert "(down)" in finding.found
    half = examine_model(settings(tmp_path, model_url=address), online=True)
    assert (half.ok, "model_name" in half.found) == (False, True)
