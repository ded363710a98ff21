"""`tenure connect`, `tenure sync`, `tenure disconnect`: other systems, looked at before anything is kept of them."""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.mailbox_drafts import MailboxDrafts, placed_in
from agent_runtime.actions.senders import profiles_in
from agent_runtime.clock import Clock, SystemClock
from agent_runtime.commands.transferring import OPERATOR
from agent_runtime.connectors import removal, service
from agent_runtime.connectors.calling import end_calls
from agent_runtime.connectors.drafts import ConnectedDrafts
from agent_runtime.connectors.secrets import kept, revealed
from agent_runtime.connectors.status import ConnectorLine, connector_lines
from agent_runtime.connectors.sync import Reading, StreamReport
from agent_runtime.connectors.trial import Trial, look
from agent_runtime.errors import BadInput, BadSetting
from agent_runtime.installation import Installation, about, context_of, open_installation
from agent_runtime.settings import load as load_settings
from tools.adapter import Adapter, Ask, Opening
from tools.base import Prepares, Source, State, VendorError

Reach = httpx.BaseTransport | None
# Of a past that nobody named, so much is read.
_PAST = timedelta(days=730)
# What one busy machine takes a second, for a word about how long a first read lasts.
_RECORDS_A_SECOND = 300


def connect_command(
    name: str, given: Sequence[str], since: str | None, *, dry_run: bool, sure: bool, reach: Reach = None
) -> None:
    """Says what would be read and written, looks, and keeps the connection when it is told to.

    `reach`: how vendors are reached, None for the network; so for every command here.
    """
    installation, clock = open_installation(load_settings()), SystemClock()
    means = service.Means(installation.settings, installation.install_key, clock, transport=reach)
    adapter = means.adapter(name.partition(":")[0])
    console = Console(highlight=False)
    console.print(_introduction(adapter), markup=False)
    answers = _answers(adapter, _pairs(given))
    began = _moment(since) if since else clock.now() - _PAST
    opening = _opening(installation.engine, means, name, answers, began)
    with opening.closing:
        trial = look(_source(adapter, opening), began)
    console.print(_found(trial), markup=False)
    if trial.health.state is not State.WELL:
        raise BadInput(trial.health.said, fix=trial.health.fix or "Nothing was kept.")
    if dry_run or not (sure or _agreed()):
        console.print("Nothing was kept.")
        return
    connected = _keep(installation, means, name, answers, began)
    console.print(f"{connected.adapter.title} is connected. The worker reads it; tenure sync reads it here.")
    installation.engine.dispose()


def _source(adapter: Adapter, opening: Opening) -> Source:
    try:
        return adapter.source(opening)
    except VendorError as error:
        raise BadInput(f"{error}.", fix=error.fix) from None


def _keep(
    installation: Installation, means: service.Means, name: str, answers: Mapping[str, str], since: datetime
) -> service.Connected:
    with installation.engine.begin() as connection:
        connected = service.connect(connection, means, name, answers, since, OPERATOR)
        writer = connected.writer()
        if isinstance(writer, Prepares):
            try:
                writer.prepare()
            except VendorError as error:
                raise BadInput(f"Writing could not be prepared: {error.what}.", fix=error.fix) from None
        connected.close()
    return connected


def _opening(engine: Engine, means: service.Means, name: str, answers: Mapping[str, str], since: datetime) -> Opening:
    told, secret = service.checked_answers(means.adapter(name.partition(":")[0]), answers)
    key = means.install_key
    revealed_now: dict[str, SecretStr] = {
        each: revealed(kept(value, name, each, key), name, each, key) for each, value in secret.items()
    }
    return means.opening(engine, name, told, revealed_now, since)


def _introduction(adapter: Adapter) -> str:
    proof = {
        "contract": "proven against its contract: its own clients and published signatures, not the vendor itself",
        "server": "proven against real servers of its kind (Dovecot, Postfix), not against every provider's",
        "stand-in": "tried against our own stand-in alone, which was made after the vendor's pages",
    }
    return (
        f"{adapter.title}  ({proof.get(adapter.proven, 'proven against the vendor itself')})\n"
        f"  reads   {adapter.reads}\n  writes  {adapter.writes}\n  undo    {adapter.undo}\n"
        f"  the credential is made here: {adapter.page}\n"
    )


def _pairs(given: Sequence[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    bad = next((one for one, is_there, _ in pairs if not is_there), None)
    if bad is not None:
        raise BadInput(f"{bad.split()[0] if bad else 'An answer'} has no value.", fix="Write --set name=value.")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _answers(adapter: Adapter, given: dict[str, str]) -> dict[str, str]:
    """What was given, and what a person at the keyboard answers to the questions that are needed."""
    asked = [one for one in adapter.asks if one.needed and not given.get(one.name) and not one.default]
    if not asked or not sys.stdin.isatty():
        return given
    return given | {one.name: _ask(one) for one in asked}


def _ask(one: Ask) -> str:
    where = f"\n  ({one.where})" if one.where else ""
    hint = " [env:NAME, file:/path or itself]" if one.secret else ""
    answer: str = typer.prompt(f"{one.name}: {one.what}{where}{hint}", hide_input=one.secret)
    return answer.strip()


def _agreed() -> bool:
    return sys.stdin.isatty() and typer.confirm("Connect?")


def _found(trial: Trial) -> str:
    lines = [f"{trial.health.said} {trial.health.who}".strip()]
    if trial.amounts:
        told = ", ".join(f"{name} {'?' if many is None else f'{many:,}'}" for name, many in trial.amounts.items())
        minutes = max(1, round(trial.total / _RECORDS_A_SECOND / 60))
        lines.append(f"There is about: {told}. A first read takes about {minutes} min; it can be broken off.")
    if trial.samples:
        lines.append("So it would be taken, for example:")
        for one in trial.samples:
            what = ", ".join(f"{key}={value}" for key, value in list(one.fields.items())[:5])
            account = one.account_id or "found by its addresses"
            lines.append(f"  {one.occurred_at:%Y-%m-%d %H:%M}  {one.stream}  account {account}: {what[:140]}")
    return "\n".join(lines)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text} is no date.", fix="Write --since 2025-01-31.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def sync_command(name: str | None, *, full: bool, as_json: bool, reach: Reach = None) -> None:
    """Reads one connected system, or all, to the end, and prints how each stands."""
    installation, clock = open_installation(load_settings()), SystemClock()
    means = service.Means(installation.settings, installation.install_key, clock, transport=reach)
    with installation.engine.connect() as connection:
        names = service.connected_names(connection)
    if name is not None and name not in names:
        raise BadInput(f"{name} is not connected.", fix=f"tenure connect {name}")
    for one in [name] if name else names:
        _sync(installation, means, one, full, Console(highlight=False, stderr=True, quiet=as_json))
    with installation.engine.connect() as connection:
        lines = connector_lines(connection, clock.now(), installation.settings.adapters)
    installation.engine.dispose()
    _print_lines(lines, as_json)


def _sync(installation: Installation, means: service.Means, name: str, full: bool, console: Console) -> None:
    with installation.engine.begin() as connection:
        if full:
            service.forget_places(connection, name)
        connected = service.opened(connection, means, name)
        context = context_of(about(connection), installation.playbook)
    clock: Clock = means.clock

    def told(report: StreamReport) -> None:
        console.print(f"{name} {report.stream}: {report.records:,} records, {report.rejected:,} not taken", end="\r")

    reports = Reading(installation.engine, connected, context, clock, told).run()
    console.print("")
    for report in reports:
        if report.problem:
            console.print(f"{name} {report.stream}: {report.problem}", markup=False)
    with installation.engine.begin() as connection:
        service.set_due(connection, name, clock.now())


def _print_lines(lines: Sequence[ConnectorLine], as_json: bool) -> None:
    console = Console(highlight=False)
    if as_json:
        plain: list[dict[str, Any]] = [one.model_dump(mode="json") for one in lines]
        console.out(orjson.dumps({"connectors": plain}, option=orjson.OPT_INDENT_2).decode(), highlight=False)
        return
    table = Table("connector", "stream", "read until", "behind", "records", "not taken", box=None, pad_edge=False)
    for one in lines:
        for stream in one.streams:
            until = f"{stream.read_at:%Y-%m-%d %H:%M}" if stream.read_at else "not to its end yet"
            behind = "" if stream.lag_s is None else f"{stream.lag_s / 60:,.0f} min"
            table.add_row(one.name, stream.stream, until, behind, f"{stream.records:,}", f"{stream.rejected:,}")
    console.print(table)
    for one in lines:
        console.print(f"{one.title}: {one.state}. {one.said} {one.fix}".strip(), markup=False)
        for call in one.calls:
            if call.problem:
                console.print(f"  does not call us for {call.stream}: {call.problem}. {call.fix}".strip(), markup=False)


def _taken_back(installation: Installation, means: service.Means, name: str) -> str:
    with installation.engine.connect() as connection:
        actions = removal.written_by_us(connection, name)
        drafts, sent = removal.standing_drafts(connection, name), removal.sent_mails(connection, name)
    if not (actions or drafts or sent):
        return "Nothing was written there."
    parts = [_objects_removed(installation, means, name, actions)] if actions else []
    parts += [removal.withdraw_drafts(_drafts(installation, means), drafts)] if drafts else []
    if any(one.failed for one in parts):
        raise BadInput("Not everything could be taken back; it is still connected.", fix="Try again later.")
    told = f"{sum(one.removed for one in parts)} removed, {sum(one.stayed for one in parts)} stay as they are."
    return f"{told} {sent} were sent and cannot be taken back." if sent else told


def _objects_removed(
    installation: Installation, means: service.Means, name: str, actions: list[ActionRow]
) -> removal.Removed:
    with service.writers_in(installation.engine, means)(name) as writer:
        if writer is None:
            raise BadInput(f"{name} has no credential for writing, so nothing can be taken back.", fix="Connect anew.")
        return removal.remove_written(writer, actions)


def _drafts(installation: Installation, means: service.Means) -> MailboxDrafts:
    engine = installation.engine
    mailboxes = ConnectedDrafts(profiles_in(engine), service.drafts_in(engine, means))
    return MailboxDrafts(mailboxes, placed_in(engine))


def _calls_ended(installation: Installation, means: service.Means, name: str) -> str:
    """Tells the system that it need not call us any more, while there is still a credential to say it with."""
    with installation.engine.connect() as connection:
        connected = service.opened(connection, means, name)
    try:
        return ", ".join(end_calls(installation.engine, name, connected.source()))
    except BadSetting as error:
        return error.what
    finally:
        connected.close()


def disconnect_command(name: str, *, remove_written: bool, reach: Reach = None) -> None:
    """Ends a connection; with `remove_written` first takes back what was written there."""
    installation, clock = open_installation(load_settings()), SystemClock()
    means = service.Means(installation.settings, installation.install_key, clock, transport=reach)
    console = Console(highlight=False)
    if remove_written:
        console.print(_taken_back(installation, means, name))
    left = _calls_ended(installation, means, name)
    with installation.engine.begin() as connection:
        service.disconnect(connection, means, name, OPERATOR)
    installation.engine.dispose()
    if left:
        console.print(f"It could not be told to stop calling us ({left}); what it calls is not believed any more.")
    console.print(f"{name} is disconnected and its secrets are forgotten. What was read stays.")
