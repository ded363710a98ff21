"""The morning by mail."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from agent_runtime.commands.digesting import mornings
from agent_runtime.errors import BadSetting
from agent_runtime.settings import Settings
from agent_runtime.users import service as users
from agent_runtime.web.digest import Digest, digest_of
from tests.unit.agent_runtime.app.office import NOW, Office, canary

HERE = "https://tenure.test"


def digest(engine: Engine, user: str) -> Digest | None:
    with engine.connect() as connection:
        person = next(x for x in users.people(connection) if x.id == user)
        return digest_of(connection, person, ZoneInfo("Europe/Berlin"), HERE, NOW)


def test_it_says_how_much_and_leads_to_each_item(sqlite_engine: Engine, office: Office) -> None:
    found = digest(sqlite_engine, "anna")
    assert found is not None
    assert (found.address, found.subject) == ("anna@we.test", "3 items, about 6 minutes")
    assert f"{HERE}/inbox?sel=item-anna" in found.body
    assert canary("acc-anna") in found.body
    assert canary("acc-ben") not in found.body


def test_nobody_is_written_to_about_nothing(sqlite_engine: Engine, office: Office) -> None:
    assert digest(sqlite_engine, "otto") is None


def test_without_an_address_there_are_no_links_to_send(office: Office) -> None:
    with pytest.raises(BadSetting, match="public_url"):
        mornings(office.installation, None, NOW)
    settings = Settings(data_dir=office.installation.settings.data_dir, public_url=f"{HERE}/")
    office.installation = type(office.installation)(
        settings, office.engine, office.installation.install_key, office.installation.playbook
    )
    assert "anna" in {x.user_id for x in mornings(office.installation, None, NOW)}
