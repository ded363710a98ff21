"""`tenure doctor`, `tenure config show` and the commands of the audit: verify, anchor, forward."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, inspect, text

from agent_runtime import db
from agent_runtime.audit.anchor import check_anchor, write_anchor
from agent_runtime.audit.service import verify_all
from agent_runtime.audit.sinks import forward, open_sink
from agent_runtime.clock import SystemClock
from agent_runtime.doctor.finding import Finding
from agent_runtime.doctor.fresh_lead import examine_fresh_leads
from agent_runtime.doctor.installed import examine_database
from agent_runtime.doctor.machine import examine_machine
from agent_runtime.doctor.model import examine_model
from agent_runtime.errors import BadSetting, TenureError
from agent_runtime.installation import install_key, open_installation
from agent_runtime.settings import describe, load


def doctor_command(*, online: bool, as_json: bool) -> int:
    """Prints all findings; gives 1 when something that is needed is not right, else 0. `online`: asks the model."""
    settings = load()
    findings = [*examine_machine(settings), *examine_database(settings, SystemClock().now())]
    findings.append(examine_model(settings, online=online))
    _print(findings, as_json, lambda: _table(findings))
    return 0 if all(finding.ok or not finding.needed for finding in findings) else 1


def fresh_lead_command(*, as_json: bool) -> int:
    """Sends a test lead of each type through and takes it back; gives 1 when one lacks an element, else 0."""
    installation = open_installation(load())
    findings = examine_fresh_leads(installation, SystemClock().now())
    installation.engine.dispose()
    _print(findings, as_json, lambda: _table(findings))
    return 0 if all(finding.ok for finding in findings) else 1


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        shown = finding.found if finding.ok else f"{finding.found}\n→ {finding.fix}"
        table.add_row(finding.mark, finding.name, shown)
    return table


def config_command(*, as_json: bool) -> None:
    """Prints each setting with its value, masked where secret, and its origin."""
    lines = describe(load())
    table = Table("setting", "value", "from", box=None, pad_edge=False)
    for line in lines:
        table.add_row(*line)
    _print([line._asdict() for line in lines], as_json, lambda: table)


def verify_command(database: str | None, anchor: Path | None, *, as_json: bool) -> int:
    """Verifies every chain, and against an anchor file where one is named; gives 1 when one does not verify."""
    engine = _audited(database)
    with engine.connect() as connection:
        broken = verify_all(connection)
        if anchor is not None:
            known = {each.account_id for each in broken}
            found = check_anchor(connection, anchor, install_key=install_key(load().data_dir))
            broken += [each for each in found if each.account_id not in known]
        accounts = connection.scalar(text("SELECT count(*) FROM tenure_audit_head"))
    agreed = f" and agree with {anchor}" if anchor is not None else ""
    said = "\n".join(map(str, broken)) or f"The chains of {accounts} accounts verify{agreed}."
    _print([asdict(each) for each in broken], as_json, lambda: said)
    return 1 if broken else 0


def anchor_command(file: Path | None, *, as_json: bool) -> None:
    """Appends a signed root over all chains to the anchor file; raises BadSetting when none is named."""
    settings = load()
    target = file or settings.anchor_file
    if target is None:
        raise BadSetting("No anchor file is named.", fix="Set TENURE_ANCHOR_FILE, or give --file.")
    with _audited(None).connect() as connection:
        key, now = install_key(settings.data_dir), SystemClock().now()
        anchor = write_anchor(connection, target, install_key=key, now=now)
    said = f"{target}, line {anchor.number}: {anchor.accounts} accounts, root {anchor.root}"
    _print(anchor.summary(), as_json, lambda: said)


def forward_command(*, as_json: bool) -> None:
    """Hands every entry that the configured receiver has not had to it."""
    settings = load()
    if not settings.audit_sink:
        raise BadSetting("No receiver is named.", fix="Set TENURE_AUDIT_SINK to a syslog or https address.")
    sink = open_sink(settings.audit_sink, settings.audit_sink_secret)
    count = forward(_audited(None), sink, settings.audit_sink, SystemClock().now())
    _print({"forwarded": count}, as_json, lambda: f"{count} entries handed to {settings.audit_sink}.")


def _audited(database: str | None) -> Engine:
    engine = db.make_engine(f"sqlite:///{database}" if database else load().database_url)
    if "tenure_audit_entry" not in inspect(engine).get_table_names():
        raise TenureError("There is no audit in this database.", fix="Name one with --db, or import first.")
    return engine


def _print(plain: object, as_json: bool, shown: Callable[[], object]) -> None:
    if as_json:
        Console().out(orjson.dumps(plain, default=asdict, option=orjson.OPT_INDENT_2).decode(), highlight=False)
    else:
        what = shown()
        Console().print(what, highlight=False, soft_wrap=isinstance(what, str))
