"""`tenure story`, `tenure reality` and `tenure drift`: why deals were lost, what the pipeline is, where it drifts."""

from dataclasses import asdict
from datetime import datetime

from rich.console import Console
from sqlalchemy import Connection

from agent_runtime import jobs
from agent_runtime.brief.command import print_json
from agent_runtime.brief.opening import account_named, reading
from agent_runtime.clock import Clock, SystemClock
from agent_runtime.diagnosis.gather import record, records
from agent_runtime.diagnosis.health import health_data, health_text, measured
from agent_runtime.diagnosis.page import common_text, story_text
from agent_runtime.diagnosis.reality import audits, figures
from agent_runtime.diagnosis.reality_page import reality_text, stake_text, views_text
from agent_runtime.diagnosis.record import Record
from agent_runtime.diagnosis.story import Story, deal_story, stories
from agent_runtime.diagnosis.two_views import sighted, two_views
from agent_runtime.errors import NotThere
from agent_runtime.installation import about, company_of
from agent_runtime.playbook import load as load_playbook
from agent_runtime.settings import load as load_settings
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.outlook import Outlook
from agent_runtime.watchtower.view import Deal

_REPLAY = "replay"


def company_at(connection: Connection, now: datetime) -> Company:
    """The company as it was told to this database, with the configured playbook."""
    return company_of(connection, about(connection), load_playbook(load_settings().playbook), now.year)


def present(connection: Connection, clock: Clock | None) -> datetime:
    """The time at which this database stands: a replay's own, else that of the clock."""
    replayed = jobs.checkpoint(connection, _REPLAY)
    return datetime.fromisoformat(replayed["now"]) if replayed else (clock or SystemClock()).now()


def story_command(
    account: str, deal: str | None, database: str | None, *, as_json: bool, clock: Clock | None = None
) -> None:
    """Prints the story of one deal (by its id or name), or of every deal of the account."""
    with reading(database) as connection:
        now = present(connection, clock)
        company = company_at(connection, now)
        found = record(connection, company, account_named(connection, account), now)
    if found is None:
        raise NotThere(f"There is no account {account}.", fix="Give its id, or its name as it is written.")
    told = [deal_story(found, _deal_named(found, deal))] if deal else stories(found)
    if as_json:
        print_json({"account_id": found.view.account.id, "as_of": now, "stories": [asdict(x) for x in told]})
    else:
        _print(told, company)


def _deal_named(found: Record, wanted: str) -> Deal:
    deals = [x for x in found.view.deals.values() if x.lives]
    named = [x for x in deals if x.id == wanted] or [x for x in deals if x.name.lower() == wanted.lower()]
    if len(named) != 1:
        known = ", ".join(x.id for x in named or deals) or "it has none"
        what = "Several deals are" if named else f"{found.view.account.name} has no deal that is"
        raise NotThere(f"{what} named {wanted}.", fix=f"Give an id: {known}.")
    return named[0]


def _print(told: list[Story], company: Company) -> None:
    console = Console(soft_wrap=True)
    names = {x.id: x.name for x in company.people.values()}
    texts = [story_text(x, company.calendar.zone, names) for x in told]
    texts += [x for x in (common_text(told),) if x]
    console.print("\n\n".join(texts) or "Nothing was begun here.", highlight=False, markup=False)


def reality_command(database: str | None, *, rows: int, as_json: bool, clock: Clock | None = None) -> None:
    """Prints the audits of the pipeline, each with the `rows` that have waited longest; JSON has all of them."""
    with reading(database) as connection:
        now = present(connection, clock)
        company = company_at(connection, now)
        every, outlook = list(records(connection, company, now)), Outlook(company)
    for one in every:
        outlook.observe(one.view)
    outlook.learn(now)
    found, stake = figures(audits(x) for x in every), outlook.at_stake(now)
    views = two_views(one for x in every for one in sighted(x))
    if as_json:
        told = [asdict(x) | {"share": x.share} for x in found]
        print_json({"as_of": now, "audits": told, "two_views": [asdict(x) for x in views], "at_stake": asdict(stake)})
    else:
        parts = (
            reality_text(found, rows, company.calendar.zone), views_text(views),
            stake_text(stake, company.currency or ""),
        )  # fmt: skip
        Console(soft_wrap=True).print("\n".join(x for x in parts if x), highlight=False, markup=False)


def drift_command(database: str | None, *, as_json: bool, clock: Clock | None = None) -> None:
    """Prints how much stands still, how evenly is answered, where hand-offs break, and how the watchtower does."""
    with reading(database) as connection:
        now = present(connection, clock)
        health = measured(connection, records(connection, company_at(connection, now), now), now)
    if as_json:
        print_json(health_data(health))
    else:
        Console(soft_wrap=True).print(health_text(health), highlight=False, markup=False)
