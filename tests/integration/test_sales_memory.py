"""A generated sales history: what is planted in it comes back, cited, as of any moment, and never at a stranger's."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, Engine, func, select

from agent_runtime import db
from agent_runtime.brief.gather import brief
from agent_runtime.permissions import agent_scope
from memory import facts, people, timeline
from memory.brief import Line
from memory.embed import HashingEmbedder
from memory.portfolio import Portfolio
from memory.recall import recall
from memory.records import Activity, Fact
from memory.scope import AccountScope
from memory.vectors import embed_pending
from tests.corpus.home import company, take
from tests.corpus.sales import END, START, History, Planted, generate

ACCOUNTS = 40
EMBEDDER = HashingEmbedder()
_activity = Activity.__table__  # type: ignore[attr-defined]
_fact = Fact.__table__  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, History]]:
    """The history in a database that the tests only read."""
    engine = db.make_engine(f"sqlite:///{tmp_path_factory.mktemp('sales') / 'tenure.db'}")
    db.create_schema(engine)
    history = generate(ACCOUNTS)
    with engine.begin() as connection:
        (taken,) = take(connection, history)
    assert taken.rejected == []
    yield engine, history
    engine.dispose()


def briefs(connection: Connection, now: datetime) -> dict[str, list[Line]]:
    judge = company(connection)
    return {x: brief(connection, agent_scope(x), judge, now) for x in (f"a{n}" for n in range(ACCOUNTS))}


def test_what_is_open_stands_in_the_brief_of_whoever_comes_third(told: tuple[Engine, History]) -> None:
    engine, history = told
    with engine.connect() as connection:
        found = briefs(connection, END)
    texts = {account: "\n".join(line.text for line in lines) for account, lines in found.items()}
    missing = [one for one in history.open_items if one.mark not in texts[one.account_id]]
    assert len(missing) <= 0.05 * len(history.open_items), missing
    assert all("owned by Rep U3" in text for text in texts.values())
    kept = [account for account, text in texts.items() if f"old{account[1:]}”" in text]
    assert kept == []


def test_every_line_is_cited_and_only_from_its_own_account(told: tuple[Engine, History]) -> None:
    engine, history = told
    with engine.connect() as connection:
        found = briefs(connection, END)
        owners = {row[0]: row[1] for row in connection.execute(select(_activity.c.source_id, _activity.c.account_id))}
    foreign = set()
    for account, lines in found.items():
        assert lines
        assert all(line.citations for line in lines)
        cited = {owners[one] for line in lines for one in line.citations if one in owners}
        foreign |= cited - {account}
        strangers = [canary for other, canary in history.canaries.items() if other != account]
        text = "\n".join(line.text for line in lines)
        assert not any(canary in text for canary in strangers)
    assert foreign == set()


def expected(planted: list[Planted], moment: datetime) -> dict[tuple[str, str], set[str]]:
    wanted: dict[tuple[str, str], set[str]] = {}
    for one in planted:
        known_at, gone_at = one.since + timedelta(minutes=2), (one.until or END) + timedelta(minutes=2)
        if known_at <= moment and (one.until is None or moment < gone_at):
            wanted.setdefault((one.account_id, one.slot), set()).add(one.value)
    return wanted


def test_as_of_any_moment_memory_says_what_was_known_then(told: tuple[Engine, History]) -> None:
    engine, history = told
    random = Random(5)
    slots = {one.slot for one in history.planted}
    with engine.connect() as connection:
        for _ in range(150):
            moment = START + (END - START) * random.random()
            account = f"a{random.randrange(ACCOUNTS)}"
            wanted = {slot: values for (x, slot), values in expected(history.planted, moment).items() if x == account}
            known = facts.known(connection, agent_scope(account), known_at=moment)
            found: dict[str, set[str]] = {}
            for fact in known:
                if fact.slot in slots:
                    found.setdefault(fact.slot, set()).add(fact.value)
            assert found == wanted, (account, moment)


def test_nothing_is_ended_but_by_a_later_word_about_the_same(told: tuple[Engine, History]) -> None:
    engine, history = told
    standing = {(one.account_id, one.slot, one.value) for one in history.planted if one.until is None}
    with engine.connect() as connection:
        present = select(_fact.c.account_id, _fact.c.slot, _fact.c.value).where(_fact.c.superseded_at.is_(None))
        stored = {(row[0], row[1], row[2]) for row in connection.execute(present)}
        assert standing - stored == set()
        conflicts = [x for x in facts.known(connection, agent_scope("a3")) if x.conflict]
    assert {(x.slot, x.value) for x in conflicts} == {("role.signs", "c3-1"), ("role.signs", "c3-4")}


def test_a_brief_of_the_past_knows_nothing_of_what_came_later(told: tuple[Engine, History]) -> None:
    engine, history = told
    moment = START + timedelta(days=100)
    with engine.connect() as connection:
        lines = brief(connection, agent_scope("a7"), company(connection), moment)
    text = "\n".join(line.text for line in lines)
    later = [one.mark for one in history.open_items if one.account_id == "a7"]
    assert "owned by Rep U1" in text
    assert not any(mark in text for mark in later)


def test_the_same_history_in_other_words_adds_no_facts(sqlite_engine: Engine) -> None:
    counts = []
    for telling in range(3):
        history = generate(12, telling=telling)
        with sqlite_engine.begin() as connection:
            take(connection, history)
            counts.append(connection.scalar(select(func.count()).select_from(_fact)) or 0)
    assert counts[2] <= 1.05 * counts[0], counts


def test_an_exact_replay_adds_nothing(sqlite_engine: Engine) -> None:
    history = generate(8)
    with sqlite_engine.begin() as connection:
        take(connection, history)
        before = list(facts.all_facts(connection))
        (again,) = take(connection, history)
        assert list(facts.all_facts(connection)) == before
    assert (again.added, again.revised, again.duplicated) == (0, 0, len(history.records))


def test_no_read_of_one_account_gives_anything_of_another(told: tuple[Engine, History], tmp_path: Path) -> None:
    """Over every read path of memory; each row that is given counts as one read."""
    engine, history = told
    random, reads = Random(9), 0
    with engine.begin() as connection:
        while embed_pending(connection, EMBEDDER, 500):
            pass
    with engine.connect() as connection:
        portfolio = Portfolio(tmp_path / "portfolio", EMBEDDER.model)
        portfolio.rebuild(connection)
        paths = ReadPaths(connection, history, portfolio)
        while reads < 100_000:
            reads += paths.read(f"a{random.randrange(ACCOUNTS)}", random)
    assert paths.foreign == []


class ReadPaths:
    """Reads one account in every way that there is, and notes what belongs to another."""

    def __init__(self, connection: Connection, history: History, portfolio: Portfolio) -> None:
        self.connection, self.history, self.portfolio = connection, history, portfolio
        self.judge = company(connection)
        rows = connection.execute(select(_activity.c.id, _activity.c.source_id, _activity.c.account_id)).all()
        self.owner = {row[0]: row[2] for row in rows} | {row[1]: row[2] for row in rows}
        self.every = [row[0] for row in rows]
        self.foreign: list[tuple[str, str]] = []

    def read(self, account: str, random: Random) -> int:
        """One account at a random moment; gives how many rows were read."""
        scope, moment = agent_scope(account), START + (END - START) * random.random()
        asked = random.choice(self.history.open_items).mark
        found = [
            *(event.id for event in timeline.read(self.connection, scope)),
            *(event.id for event in timeline.read_as_of(self.connection, scope, moment)),
            *timeline.texts(self.connection, scope, random.sample(self.every, 400)),
            *self._of_facts(scope, moment),
            *self._recalled(scope, moment, asked),
            *(one for line in brief(self.connection, scope, self.judge, moment) for one in line.citations),
        ]
        # A brief also cites people, mailboxes and the account itself.
        self.foreign += [(account, one) for one in found if self.owner.get(one, account) != account]
        contacts = people.contacts(self.connection, scope)
        self.foreign += [(account, row.id) for row in contacts if not row.id.startswith(f"c{account[1:]}-")]
        allowed = [scope, agent_scope(f"a{random.randrange(ACCOUNTS)}")]
        names = {one.account_id for one in allowed}
        mentions = self.portfolio.search(self.connection, EMBEDDER.embed([asked])[0], allowed, 20)
        self.foreign += [(account, x.source_id) for x in mentions if self.owner[x.source_id] not in names]
        return len(found) + 400 + len(contacts) + len(mentions)

    def _of_facts(self, scope: AccountScope, moment: datetime) -> list[str]:
        known = facts.known(self.connection, scope, known_at=moment, history=True)
        return [source.activity_id for fact in known for source in fact.sources]

    def _recalled(self, scope: AccountScope, moment: datetime, asked: str) -> list[str]:
        """By words and by meaning, now and then; also what only another account could answer."""
        question = f"What was said of {asked} and the budget?"
        ways = ((None, None), (EMBEDDER, None), (EMBEDDER, moment))
        answers = [recall(self.connection, scope, question, as_of=at, embedder=by) for by, at in ways]
        canary = self.history.canaries[scope.account_id]
        texts = [one for answer in answers for one in answer.results]
        self.foreign += [(scope.account_id, x.quote) for x in texts if "Reference" in x.quote and canary not in x.quote]
        return [one.source_id for one in texts]
