"""The index across accounts: only allowed accounts, never more than SQL has, and always to be rebuilt."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from memory import timeline, vectors
from memory.embed import HashingEmbedder
from memory.forget import forget_account
from memory.portfolio import Portfolio, PortfolioFault
from memory.scope import AccountScope
from tests.unit.memory.recall.house import OTHER, SCOPE, START, account, one

EMBEDDER = HashingEmbedder()
QUESTION = EMBEDDER.embed(["Bluepeak offered us 40k for the same package."])[0]


@pytest.fixture
def connection() -> Iterator[Connection]:
    with account(EMBEDDER) as opened:
        yield opened


@pytest.fixture
def portfolio(tmp_path: Path, connection: Connection) -> Portfolio:
    made = Portfolio(tmp_path / "portfolio", EMBEDDER.model)
    assert made.rebuild(connection) == 16
    return made


def test_it_finds_across_the_allowed_accounts_only(portfolio: Portfolio, connection: Connection) -> None:
    both = portfolio.search(connection, QUESTION, [SCOPE, OTHER], k=2)
    assert {mention.source_id for mention in both} == {"a1-3", "a2-3"}
    assert both[0].nearness == pytest.approx(1, abs=1e-3)
    mine = portfolio.search(connection, QUESTION, [SCOPE], k=20)
    assert {mention.account_id for mention in mine} == {"a1"}
    assert mine[0].source_id == "a1-3"
    assert portfolio.search(connection, QUESTION, []) == []
    assert portfolio.search(connection, QUESTION, [AccountScope("nobody", "test")]) == []


def test_what_sql_no_longer_has_is_left_out(portfolio: Portfolio, connection: Connection) -> None:
    connection.execute(text("DELETE FROM tenure_episode WHERE account_id = 'a1' AND text LIKE 'Bluepeak%'"))
    connection.execute(text("UPDATE tenure_episode SET account_id = 'a9' WHERE account_id = 'a2'"))
    found = portfolio.search(connection, QUESTION, [SCOPE, OTHER])
    assert "a1-3" not in {mention.source_id for mention in found}
    assert {mention.account_id for mention in found} == {"a1"}


def test_removed_episodes_are_gone_from_the_index(portfolio: Portfolio, connection: Connection) -> None:
    nearest = portfolio.search(connection, QUESTION, [SCOPE], k=1)[0]
    portfolio.remove([nearest.episode_id, "ep_unknown"])
    assert nearest not in portfolio.search(connection, QUESTION, [SCOPE])
    assert portfolio.rebuild(connection) == 16


def test_a_folder_deleted_under_a_running_process_is_said_and_rebuilt(
    portfolio: Portfolio, connection: Connection, tmp_path: Path
) -> None:
    before = portfolio.search(connection, QUESTION, [SCOPE])
    shutil.rmtree(tmp_path / "portfolio")
    with pytest.raises(PortfolioFault, match=r"gone or was never built.*tenure memory rebuild"):
        portfolio.search(connection, QUESTION, [SCOPE])
    portfolio.remove(["ep_1"])
    assert portfolio.rebuild(connection) == 16
    assert portfolio.search(connection, QUESTION, [SCOPE]) == before
    other_process = Portfolio(tmp_path / "portfolio", EMBEDDER.model)
    assert other_process.search(connection, QUESTION, [SCOPE]) == before


def test_a_rebuild_takes_in_what_is_new_and_keeps_one_folder(
    portfolio: Portfolio, connection: Connection, tmp_path: Path
) -> None:
    timeline.add(connection, [one(60, 99_999, "Nora", "Fieldline wants to talk.", "a3")])
    vectors.embed_pending(connection, EMBEDDER, 10)
    reader = Portfolio(tmp_path / "portfolio", EMBEDDER.model)
    assert len(reader.search(connection, QUESTION, [SCOPE])) == 8
    assert portfolio.rebuild(connection) == 17
    asked = EMBEDDER.embed(["Fieldline wants to talk."])[0]
    assert reader.search(connection, asked, [AccountScope("a3", "test")])[0].source_id == "a3-60"
    assert len(list((tmp_path / "portfolio").glob("index-*"))) == 1


def test_damaged_index_is_said(portfolio: Portfolio, connection: Connection, tmp_path: Path) -> None:
    place = tmp_path / "portfolio" / "index-damaged"
    place.mkdir()
    (tmp_path / "portfolio" / "current").write_text(place.name)
    (place / "chroma.sqlite3").write_bytes(b"rubbish" * 1000)
    with pytest.raises(PortfolioFault, match="tenure memory rebuild"):
        Portfolio(tmp_path / "portfolio", EMBEDDER.model).search(connection, QUESTION, [SCOPE])


def test_after_an_erasure_no_file_of_the_index_names_what_is_gone(
    portfolio: Portfolio, connection: Connection, tmp_path: Path
) -> None:
    gone = portfolio.search(connection, QUESTION, [SCOPE], k=1)[0].episode_id
    assert gone.encode() in _bytes(tmp_path)
    forget_account(connection, SCOPE.account_id, START)
    portfolio.remove([gone])
    assert portfolio.search(connection, QUESTION, [SCOPE]) == []
    assert portfolio.renew(connection) == 8
    assert gone.encode() not in _bytes(tmp_path)
    assert {x.account_id for x in portfolio.search(connection, QUESTION, [SCOPE, OTHER])} == {"a2"}
    assert portfolio.rebuild(connection) == 8


def test_where_there_is_no_index_none_is_made(connection: Connection, tmp_path: Path) -> None:
    assert Portfolio(tmp_path / "none", EMBEDDER.model).renew(connection) == 0
    assert not (tmp_path / "none").exists()


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
