"""A database that has taken a generated history, and a company to judge it with."""

from datetime import datetime

from sqlalchemy import Connection

from agent_runtime.ingest.directory import take_directory
from agent_runtime.ingest.service import Ingest, Taken
from agent_runtime.playbook import load
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.service import load_company
from tests.corpus.sales import CONTEXT, END, History


def take(connection: Connection, *histories: History, until: datetime = END) -> list[Taken]:
    """Takes histories one after the other, each record as it became known."""
    taken = []
    for history in histories:
        take_directory(connection, history.directory, [], CONTEXT)
        ingest = Ingest(CONTEXT)
        records = [one for one in history.records if one.at <= until]
        taken.append(ingest.take(connection, records, until))
    return taken


def company(connection: Connection) -> Company:
    """The company of the history, with the playbook for selling to businesses."""
    playbook = load("b2b_sales")
    calendar = playbook.calendar.build(range(2025, 2029))
    return load_company(connection, playbook, calendar, fallback_owner="u1", manager="u1", currency=None)
