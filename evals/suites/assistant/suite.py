"""Questions over a generated company, answered without a model from what was imported; the truth is the generator's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Table, select

from agent_runtime import db
from agent_runtime.assistant.models import Answer, Question
from agent_runtime.assistant.records import Records
from agent_runtime.assistant.service import ask, ask_portfolio
from agent_runtime.brief.opening import company_of
from agent_runtime.demo.generator import DEFAULT_END, generate
from agent_runtime.ledger import service as ledger
from agent_runtime.ledger.book import Book
from agent_runtime.permissions import Principal, Right, Role, agent_scope, rights_up_to
from agent_runtime.replay.importing import import_world
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.evaluate import evaluate
from evals.frame import CaseRow, Played, Suite, Verdicts
from evals.stage import play, tell
from evals.suites.accounts import THREE_WEEKS
from evals.suites.assistant.phrasing import ACCOUNTS, SEED
from evals.world import read_lines
from memory.embed import Embedder, choose
from memory.records import Account

FOLDER = Path(__file__).parent
PORTFOLIO = "portfolio"
_account: Table = Account.__table__  # type: ignore[attr-defined]


def run(cases: Sequence[CaseRow]) -> Played:
    """Imports the company and asks every question as it would have been asked at its moment; so of the stories."""
    embedder = choose().embedder
    found, seconds = _of_company([x for x in cases if "story" not in x], embedder)
    told = [x for x in cases if "story" in x]
    if told:
        play(tell(told), THREE_WEEKS, visit=lambda database: found.update(_of_stories(database, told, embedder)))
    return Played(found, seconds=seconds, notes={"embedder": embedder.model})


def _of_stories(database: Path, cases: Sequence[CaseRow], embedder: Embedder) -> dict[str, Any]:
    engine = db.make_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        company = company_of(connection, THREE_WEEKS.end)
        told = [dict(x) | {"at": THREE_WEEKS.end.isoformat()} for x in cases]
        found = {str(x["id"]): answered(connection, x, company, embedder) for x in told}
    engine.dispose()
    return found


def _of_company(cases: Sequence[CaseRow], embedder: Embedder) -> tuple[dict[str, Any], list[float]]:
    found: dict[str, Any] = {}
    seconds: list[float] = []
    if not cases:
        return found, seconds
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        generate(SEED, folder / "world", accounts=ACCOUNTS)
        import_world(folder / "world", folder / "company.db", "b2b_sales")
        engine = db.make_engine(f"sqlite:///{folder / 'company.db'}")
        with engine.begin() as connection:
            company = company_of(connection, DEFAULT_END)
            keep_ledger(connection, company)
        with engine.connect() as connection:
            for case in cases:
                begun = perf_counter()
                found[str(case["id"])] = answered(connection, case, company, embedder)
                seconds.append(perf_counter() - begun)
        engine.dispose()
    return found, seconds


def keep_ledger(connection: Connection, company: Company) -> None:
    """Opens in the ledger what the rules state of each account, as its first run would."""
    for account_id in connection.scalars(select(_account.c.id).order_by(_account.c.id)).all():
        records, book = Records(connection, agent_scope(account_id), company, DEFAULT_END), Book(account_id)
        evaluate(records.view, book)
        ledger.save(connection, book)


def answered(connection: Connection, case: CaseRow, company: Company, embedder: Embedder) -> Answer:
    """The answer to one case."""
    at = datetime.fromisoformat(case["at"]) if "at" in case else DEFAULT_END
    user = str(case.get("user", ""))
    question = Question(str(case["question"]), at, user, tuple(case.get("earlier", ())))
    if case["account"] == PORTFOLIO:
        principal = Principal(user, Role.REP, None, rights_up_to(Right.READ), "api", "")
        return ask_portfolio(connection, principal, question, company=company, embedder=embedder)
    return ask(connection, agent_scope(str(case["account"])), question, company=company, embedder=embedder)


def grade(case: CaseRow, output: Answer) -> Verdicts:
    """It says what is true with the right sources, or refuses where nothing is on record."""
    expect = case["expect"]
    verdicts: dict[str, str | None] = {"cited": _uncited(case, output)}
    if expect.get("refused"):
        verdicts["refused"] = None if output.refused else f"answered: {output.answer[:160]}"
        return verdicts
    shown = f"{'refused: ' if output.refused else ''}{output.answer[:240]}"
    cited = {x for one in output.statements for x in one.citations}
    for group in expect.get("says", ()):
        verdicts[f"says {group[0]}"] = None if any(x in output.answer for x in group) else shown
    for group in expect.get("cites", ()):
        verdicts[f"cites {group[0]}"] = None if cited & set(group) else shown
    wrong = [x for x in expect.get("never", ()) if x in output.answer]
    wrong += sorted(cited & set(expect.get("never_cites", ())))
    verdicts["nothing wrong"] = f"it has {wrong[0]}: {shown}" if wrong else None
    if expect.get("cannot_see"):
        verdicts["cannot see"] = None if output.cannot_see else shown
    return verdicts


def _uncited(case: CaseRow, output: Answer) -> str | None:
    """Every statement cites sources that are there, and of this account."""
    sources: Mapping[str, Any] = {x.id: x for x in output.sources}
    for one in output.statements:
        if not one.citations or any(x not in sources for x in one.citations):
            return f"without a source: {one.text}"
    foreign = [x.id for x in output.sources if case["account"] not in (PORTFOLIO, x.account_id)]
    return f"a source of another account: {foreign[0]}" if foreign else None


CASES = [*read_lines(FOLDER / "cases.jsonl"), *read_lines(FOLDER / "constructed.jsonl")]
SUITE = Suite("assistant", FOLDER, CASES, run, grade)
