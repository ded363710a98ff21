"""An installation: its database, its key and whose company it is; opened by every door that is not a replay."""

import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from agent_runtime import db, jobs
from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.calendars import BusinessCalendar, holiday_dates, parse_hours
from agent_runtime.errors import BadSetting
from agent_runtime.ingest.context import IngestContext
from agent_runtime.llm import Model, ModelCall, open_model
from agent_runtime.migrations.upgrade import upgrade
from agent_runtime.playbook import Playbook, load
from agent_runtime.settings import Settings
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.service import load_company

_ABOUT = "company"
_KEY_FILE = "install.key"
_KEY_BYTES = 32


class Told(Protocol):
    """What a source tells of the company itself; a world's settings are one."""

    @property
    def timezone(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def default_region(self) -> str: ...
    @property
    def business_hours(self) -> str: ...
    @property
    def holidays(self) -> tuple[date, ...] | None: ...
    @property
    def own_domains(self) -> tuple[str, ...]: ...
    @property
    def intake(self) -> tuple[str, ...]: ...
    @property
    def fallback_owner(self) -> str | None: ...
    @property
    def fallback_manager(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class About:
    """The company as it was told once and kept; what is empty is as the playbook has it."""

    timezone: str = ""
    currency: str = ""
    default_region: str = ""
    business_hours: str = ""
    holidays: tuple[date, ...] | None = None
    own_domains: tuple[str, ...] = ()
    intake: tuple[str, ...] = ()
    fallback_owner: str | None = None
    fallback_manager: str | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """An opened installation."""

    settings: Settings
    engine: Engine
    install_key: SecretStr
    playbook: Playbook

    def company(self, connection: Connection, now: datetime) -> Company:
        """Who is who at present."""
        return company_of(connection, about(connection), self.playbook, now.year)

    def model(self) -> Model | None:
        """The language model that the settings name, each call of it told to the audit; None where none is set."""
        return open_model(self.settings, self.engine, partial(_tell_of_call, self.install_key))


def open_installation(settings: Settings) -> Installation:
    """Opens the database that the settings name, making what is missing of it and of the key.

    Raises BadSetting or BadPlaybook before anything is written.
    """
    playbook = load(settings.playbook)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = db.make_engine(settings.database_url)
    upgrade(engine)
    return Installation(settings, engine, install_key(settings.data_dir), playbook)


def install_key(data_dir: Path) -> SecretStr:
    """The key of this installation, made at its first start; only its owner can read the file.

    Raises BadSetting when the file is there and holds no key: another one would break every seal of the audit.
    """
    path = data_dir / _KEY_FILE
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(_KEY_BYTES))
    except FileExistsError:
        pass
    key = path.read_text(encoding="ascii").strip()
    if len(key) < _KEY_BYTES:
        raise BadSetting(
            f"{path} holds no key.", fix="Restore it from a backup; without it the audit cannot be sealed."
        )
    return SecretStr(key)


def _tell_of_call(install_key: SecretStr, connection: Connection, call: ModelCall) -> None:
    """The audit of the account names prompt, model and price; a question over many accounts stands with the rest."""
    payload = {
        "purpose": call.purpose,
        "prompt": call.prompt,
        "prompt_hash": call.prompt_hash,
        "request_hash": call.request_hash,
        "model": call.model,
        "outcome": call.outcome,
        "tokens_in": call.tokens_in,
        "tokens_out": call.tokens_out,
        "cost": call.cost,
    }
    entry = Entry(call.at, ActorKind.AGENT, "agent", "model.asked", call.id, payload)
    audit.append(connection, call.account_id or INSTALLATION, [entry], install_key=install_key)


def keep_about(connection: Connection, told: Told) -> None:
    """Keeps what a source told of the company, in the transaction that takes its directory."""
    value: dict[str, Any] = {name: getattr(told, name) for name in About.__slots__}
    if value["holidays"] is not None:
        value["holidays"] = [day.isoformat() for day in value["holidays"]]
    jobs.set_checkpoint(connection, _ABOUT, value)


def about(connection: Connection) -> About:
    """What was told of the company, or nothing where nothing was imported yet."""
    value = jobs.checkpoint(connection, _ABOUT)
    if value is None:
        return About()
    days = value.pop("holidays")
    holidays = None if days is None else tuple(date.fromisoformat(day) for day in days)
    domains, intake = tuple(value.pop("own_domains")), tuple(value.pop("intake"))
    return About(**value, holidays=holidays, own_domains=domains, intake=intake)


def company_of(connection: Connection, told: Told, playbook: Playbook, *years: int) -> Company:
    """The company that `told` and the directory describe, with the holidays of `years` and those around them."""
    return load_company(
        connection,
        playbook,
        calendar_of(told, playbook, range(min(years) - 1, max(years) + 3)),
        fallback_owner=told.fallback_owner or playbook.fallback.owner,
        manager=told.fallback_manager or playbook.fallback.manager,
        currency=told.currency or None,
    )


def context_of(told: Told, playbook: Playbook) -> IngestContext:
    """How ingest tells the company from its customers."""
    return IngestContext(
        zone=ZoneInfo(told.timezone or playbook.calendar.zone),
        default_region=told.default_region,
        own_domains=frozenset(told.own_domains),
        intake=frozenset(told.intake),
        never_log=frozenset(playbook.never_log),
        recordings=playbook.recordings,
    )


def calendar_of(told: Told, playbook: Playbook, years: range) -> BusinessCalendar:
    """The company's own working time, the playbook's where nothing was told."""
    hours = parse_hours(told.business_hours or playbook.calendar.hours)
    if told.holidays is not None:
        closed = frozenset(told.holidays)
    else:
        closed = holiday_dates(told.default_region or playbook.calendar.holidays, years)
    return BusinessCalendar(ZoneInfo(told.timezone or playbook.calendar.zone), hours, closed)
