"""An item has an owner, a due time, its sources, where was looked and a hash of exactly what would be sent."""

import re

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, insert, select

from agent_runtime.actions.policy import content_hash
from agent_runtime.inbox.models import Item, Suppressed
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.loop.propose import Desk, propose
from agent_runtime.loop.run import Evaluated, look, open_troubles
from agent_runtime.ledger import service as ledger
from agent_runtime.watchtower.outlook import Outlook
from memory.records import Account, Contact
from tests.unit.agent_runtime.loop.telling import COMPANY
from tests.unit.agent_runtime.watchtower.story import ANNA, CUSTOMER, Story, at
