"""Questions over all that somebody sees, at a thousand accounts: how long they take, and whether they keep to them."""

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import Connection, Table, func, select

from agent_runtime import db
from agent_runtime.assistant.models import Question
from agent_runtime.assistant.service import ask_portfolio
from agent_runtime.brief.opening import company_of
from agent_runtime.demo.generator import DEFAULT_END, generate
from agent_runtime.permissions import Principal, Right, Role, rights_up_to, visible
from agent_runtime.replay.importing import import_world
from evals.suites.assistant.suite import keep_ledger
from memory.records import Account
from tests.bench.figures import Figure, p95

SEED = 7
QUESTIONS = (
    "Which of my accounts mention the lead time?", "What is due today?", "Who went quiet?",
    "Which missed calls are open?",
    "Where do we owe something?", "Which contracts renew before 1 July 2026?",
    "Bei welchen Kunden ging es um den Rabatt?",
    "Has anyone brought up a competitor?",
)  # fmt: skip
_account: Table = Account.__table__  # type: ignore[attr-defined]


def portfolio(runs: int, *, accounts: int = 1_000, rounds: int = 5) -> list[Figure]:
    """Milliseconds an answer for somebody with a share of the accounts and for one who sees all; foreign sources."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        generate(SEED, folder / "world", accounts=accounts)
        import_world(folder / "world", folder / "company.db", "b2b_sales")
        engine = db.make_engine(f"sqlite:///{folder / 'company.db'}")
        with engine.begin() as connection:
            keep_ledger(connection, company_of(connection, DEFAULT_END))
        with engine.connect() as connection:
            found = [figure for role in (Role.REP, Role.ADMIN) for figure in _asked(connection, role, runs, rounds)]
        engine.dispose()
    return found


def _asked(connection: Connection, role: Role, runs: int, rounds: int) -> list[Figure]:
    owners = select(_account.c.owner_id).where(_account.c.owner_id.is_not(None)).group_by(_account.c.owner_id)
    owner = connection.scalars(owners.order_by(func.count().desc()).limit(1)).one()
    principal = Principal(owner, role, None, rights_up_to(Right.READ), "api", "")
    company = company_of(connection, DEFAULT_END)
    seen = set(connection.scalars(select(_account.c.id).where(visible(connection, principal, DEFAULT_END))))
    values, foreign = [], 0
    for _ in range(runs):
        took = []
        for words in QUESTIONS * rounds:
            begun = perf_counter()
            answer = ask_portfolio(connection, principal, Question(words, DEFAULT_END, owner), company=company)
            took.append((perf_counter() - begun) * 1000)
            foreign += sum(x.account_id not in seen for x in answer.sources)
        values.append(p95(took))
    about = f"portfolio questions of one who sees {len(seen)} accounts"
    return [
        Figure(f"{about}: an answer, p95", "ms", tuple(values), 1000),
        Figure(f"{about}: sources that they may not see", "sources", (float(foreign),), 0),
    ]
