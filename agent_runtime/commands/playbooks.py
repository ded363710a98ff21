"""`tenure playbook …`: check a file, explain a case, suggest values from own history, and preview a change."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console

from agent_runtime.brief.command import print_json
from agent_runtime.brief.opening import reading
from agent_runtime.clock import Clock, SystemClock
from agent_runtime.commands.diagnosing import company_at, present
from agent_runtime.diagnosis.gather import records
from agent_runtime.installation import about, company_of
from agent_runtime.playbook import RULES, load
from agent_runtime.playbook.explain import explain, explained_text, read_case
from agent_runtime.settings import load as load_settings
from agent_runtime.tuning.difference import LOOKED_BACK, Comparison, changes, difference_text
from agent_runtime.tuning.suggest import Suggestions, suggestions_text


def check_command(file: str, *, as_json: bool) -> None:
    """Says that the playbook is valid; raises BadPlaybook with every problem and its line."""
    playbook = load(_named(file))
    on = [x for x in RULES if playbook.rule(x).enabled]
    if as_json:
        told = {"name": playbook.name, "version": playbook.version, "fingerprint": playbook.fingerprint, "rules": on}
        print_json(told)
    else:
        typer.echo(f"{playbook.name}, version {playbook.version}: valid; {len(on)} of {len(RULES)} rules are on.")


def explain_command(
    case: str,
    playbook: str | None,
    database: str | None,
    *,
    one_person: bool,
    as_json: bool,
    clock: Clock | None = None,
) -> None:
    """Prints what happens in one case: rule, window, due time, who has it, and the ladder with its times.

    With a database in its company's own working time, else in that of the playbook.
    """
    chosen = load(_named(playbook) if playbook else load_settings().playbook)
    now = (clock or SystemClock()).now()
    calendar = chosen.calendar.build(range(now.year - 1, now.year + 3))
    if database is not None:
        with reading(database) as connection:
            company = company_of(connection, about(connection), chosen, now.year)
        calendar, one_person = company.calendar, one_person or company.one_person
    found = explain(read_case(case, chosen, calendar, now), chosen, calendar, one_person=one_person)
    if as_json:
        print_json(asdict(found) | {"window": str(found.window)})
    else:
        typer.echo(explained_text(found, calendar))


def suggest_command(database: str | None, *, as_json: bool, clock: Clock | None = None) -> None:
    """Prints what the company's own history suggests for stages and windows, with the number of cases."""
    with reading(database) as connection:
        now = present(connection, clock)
        company = company_at(connection, now)
        collected = Suggestions(company)
        for record in records(connection, company, now):
            collected.look(record.view)
    found = collected.found()
    if as_json:
        print_json({"as_of": now, "suggestions": [asdict(x) for x in found]})
    else:
        _print(suggestions_text(found))


def diff_command(file: str, database: str | None, *, as_json: bool, clock: Clock | None = None) -> None:
    """Prints what `file` changes, and what it would have done in the last 30 days beside the playbook in force."""
    after = load(_named(file))
    with reading(database) as connection:
        now = present(connection, clock)
        company = company_at(connection, now)
        other = company_of(connection, about(connection), after, now.year)
        compared = Comparison(company, other, now - LOOKED_BACK)
        for record in records(connection, company, now):
            compared.look(record.view)
    changed, rules = changes(company.playbook, after), compared.rules()
    if as_json:
        told = {"changes": [asdict(x) for x in changed], "rules": [asdict(x) for x in rules]}
        print_json({"since": _utc(compared.since), "until": _utc(now), **told})
    else:
        _print(difference_text(changed, rules))


def _named(playbook: str) -> str | Path:
    """A file that is there is read whatever it is called; else it is the name of a preset."""
    path = Path(playbook)
    return path if path.is_file() else playbook


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _print(text: str) -> None:
    Console(soft_wrap=True).print(text, highlight=False, markup=False)
