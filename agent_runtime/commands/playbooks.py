"""`tenure playbook …`: check a file, explain a case, suggest values from own history, and preview a change."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console

from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.brief.command import print_json
from agent_runtime.brief.opening import reading
from agent_runtime.clock import Clock, SystemClock
from agent_runtime.commands.diagnosing import company_at, present
from agent_runtime.diagnosis.gather import records
from agent_runtime.errors import BadInput
from agent_runtime.inbox import observed, usefulness
from agent_runtime.installation import about, company_of, open_installation
from agent_runtime.playbook import RULES, load
from agent_runtime.playbook.check import did_you_mean
from agent_runtime.playbook.explain import explain, explained_text, read_case
from agent_runtime.settings import load as load_settings
from agent_runtime.tuning.answered import answers_text, by_answers, rollout_text
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
    weights: dict[str, float] = {}
    if database is not None:
        with reading(database) as connection:
            company = company_of(connection, about(connection), chosen, now.year)
            weights = usefulness.weights(connection)
        calendar, one_person = company.calendar, one_person or company.one_person
    found = explain(read_case(case, chosen, calendar, now), chosen, calendar, one_person=one_person)
    found = replace(found, weight=weights.get(found.rule, 1.0))
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
        answered = usefulness.answers_of(connection, company.playbook.feedback, now)
    found = [*collected.found(), *by_answers(company.playbook, answered)]
    if as_json:
        print_json({"as_of": now, "suggestions": [asdict(x) for x in found]})
    else:
        _print(suggestions_text(found))


def rollout_command(database: str | None, *, as_json: bool, clock: Clock | None = None) -> None:
    """Prints whom items reach at present, and what would have been said in the last 30 days to those they do not."""
    with reading(database) as connection:
        now = present(connection, clock)
        rollout = company_at(connection, now).playbook.rollout
        told = observed.would_have(connection, now - LOOKED_BACK)
    if as_json:
        print_json({"stage": rollout.stage, "teams": rollout.teams, "would_have": [asdict(x) for x in told]})
    else:
        _print(rollout_text(rollout, told))


def answers_command(
    database: str | None, reset: str | None, by: str, *, as_json: bool, clock: Clock | None = None
) -> None:
    """Prints what people answered to each rule and with what weight it counts; `reset` lets one count in full again.

    Raises BadInput for a rule that is not there.
    """
    if reset is not None:
        _reset(reset, by)
        typer.echo(f"{reset} counts in full again; what was answered until now counts no more.")
        return
    with reading(database) as connection:
        now = present(connection, clock)
        answered = usefulness.answers_of(connection, company_at(connection, now).playbook.feedback, now)
        weights = usefulness.weights(connection)
    if as_json:
        print_json([asdict(x) | {"weight": weights.get(x.signal, 1.0)} for x in answered.values()])
    else:
        _print(answers_text(answered, weights))


def _reset(rule: str, by: str) -> None:
    if rule not in RULES:
        raise BadInput(f'There is no rule "{rule}".', fix=did_you_mean(rule, RULES))
    installation = open_installation(load_settings())
    with installation.engine.begin() as connection:
        entry = usefulness.reset(connection, rule, by, SystemClock().now())
        audit.append(connection, INSTALLATION, [entry], install_key=installation.install_key)
    installation.engine.dispose()


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
