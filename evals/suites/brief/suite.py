"""Briefs and prepared work of constructed accounts: each line has a source among the account's records."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection

from agent_runtime import db
from agent_runtime.brief.gather import brief
from agent_runtime.brief.opening import company_of
from agent_runtime.permissions import agent_scope
from agent_runtime.prepared.service import Kind, compose
from agent_runtime.watchtower.company import Company
from evals.frame import CaseRow, Played, Suite, Verdicts
from evals.stage import play, tell
from evals.suites.accounts import THREE_WEEKS
from evals.world import read_lines
from memory.brief import Line

FOLDER = Path(__file__).parent


class Told(NamedTuple):
    """A line of prepared work as the grader reads it: the key of its section, its text and its sources."""

    section: str
    text: str
    citations: tuple[str, ...]


def run(cases: Sequence[CaseRow]) -> Played:
    """Replays the stories and composes each account's brief as it reads at the end."""
    found: dict[str, Any] = {}
    played = play(tell(cases), THREE_WEEKS, visit=lambda database: found.update(briefs(database, cases)))
    for name, lines in found.items():
        lines["sources"] = [x["source_id"] for x in played.of(name)["activities"]]
    return Played(found, seconds=played.moves)


def briefs(database: Path, cases: Sequence[CaseRow]) -> Mapping[str, Any]:
    """The lines of each case's account."""
    engine = db.make_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        company = company_of(connection, THREE_WEEKS.end)
        found = {str(case["id"]): {"lines": _lines(connection, company, case)} for case in cases}
    engine.dispose()
    return found


def _lines(connection: Connection, company: Company, case: CaseRow) -> Sequence[Line | Told]:
    """The lines of the account's brief, or of what the case has prepared; none where there is nothing to prepare."""
    scope = agent_scope(str(case["id"]))
    if "prepare" not in case:
        return brief(connection, scope, company, THREE_WEEKS.end)
    made = compose(connection, scope, company, THREE_WEEKS.end, Kind(case["prepare"]), language=case.get("language"))
    return [Told(part.key, *line) for part in (made.sections if made else ()) for line in part.lines]


def grade(case: CaseRow, output: Any) -> Verdicts:
    """What must be there is there in its section, what must not is not, and every line cites records."""
    verdicts: dict[str, str | None] = {"cited": _cited(output)}
    text = [(line.section, line.text) for line in output["lines"]]
    for section, words in case["expect"].get("says", ()):
        there = any(found == section and words in said for found, said in text)
        verdicts[f"{section}: {words}"] = None if there else f"it says: {[x for y, x in text if y == section]}"
    for words in case["expect"].get("never", ()):
        wrong = [said for _, said in text if words in said]
        verdicts[f"never {words}"] = f"it says: {wrong[0]}" if wrong else None
    return verdicts


def _cited(output: Any) -> str | None:
    known = set(output["sources"])
    bare = [x.text for x in output["lines"] if not any(one in known or _is_row(one) for one in x.citations)]
    return f"without a source: {bare[0]}" if bare else None


def _is_row(citation: str) -> bool:
    """A row of the directory or of what can be seen; the account and its people have such."""
    return citation.startswith(("kim-", "lou-", "coverage:")) or ":" not in citation


SUITE = Suite("brief", FOLDER, read_lines(FOLDER / "cases.jsonl"), run, grade)
