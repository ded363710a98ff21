"""The morning by mail: what it says, to whom it leads, and when it goes out."""

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from agent_runtime.errors import BadSetting
from agent_runtime.mailing.digests import mornings, send_wanted
from agent_runtime.settings import Settings
from agent_runtime.users import preferences
from agent_runtime.users import service as users
from agent_runtime.users.preferences import Preferences, preferences_of
from agent_runtime.web.digest import Digest, digest_of
from tests.unit.agent_runtime.app.office import NOW, Office, canary

HERE = "https://tenure.test"
BERLIN = ZoneInfo("Europe/Berlin")


def digest(engine: Engine, user: str) -> Digest | None:
    with engine.connect() as connection:
        person = next(x for x in users.people(connection) if x.id == user)
        return digest_of(connection, person, BERLIN, HERE, NOW)


def test_it_says_how_much_and_leads_to_each_item(sqlite_engine: Engine, office: Office) -> None:
    found = digest(sqlite_engine, "anna")
    assert found is not None
    assert (found.address, found.subject) == ("anna@we.test", "3 items, about 6 minutes")
    for form in (found.body, found.html):
        assert f"{HERE}/inbox?sel=item-anna" in form
        assert canary("acc-anna") in form
        assert canary("acc-ben") not in form
        assert f"{HERE}/settings#told" in form
    assert "anna &amp; Co" in found.html
    assert "anna & Co" in found.body


def test_what_customers_write_stays_text(sqlite_engine: Engine, office: Office) -> None:
    with sqlite_engine.begin() as connection:
        hostile = text("UPDATE tenure_account SET name = '<img src=x onerror=alert(1)>' WHERE id = 'acc-anna'")
        connection.execute(hostile)
    found = digest(sqlite_engine, "anna")
    assert found is not None
    assert "<img" not in found.html
    assert "<img src=x onerror=alert(1)> · Mail" in found.body


def test_nobody_is_written_to_about_nothing(sqlite_engine: Engine, office: Office) -> None:
    assert digest(sqlite_engine, "otto") is None


def test_without_an_address_there_are_no_links_to_send(office: Office) -> None:
    with pytest.raises(BadSetting, match="public_url"):
        mornings(office.installation, None, NOW)
    settings = Settings(data_dir=office.installation.settings.data_dir, public_url=f"{HERE}/")
    installation = replace(office.installation, settings=settings)
    assert "anna" in {x.user_id for x in mornings(installation, None, NOW)}


def test_it_goes_only_when_somebody_wants_it(sqlite_engine: Engine, office: Office) -> None:
    found = digest(sqlite_engine, "anna")
    assert found is not None
    assert "no sender profile" in send_wanted(office.installation, found, NOW)
    with sqlite_engine.begin() as connection:
        preferences.keep(connection, "anna", Preferences(digest=False))
    assert send_wanted(office.installation, found, NOW) == "not sent, they switched it off"


@pytest.mark.parametrize(
    ("wanted", "moment", "reason"),
    [
        (Preferences(), "2026-03-02T06:29", "they want it at 07:30"),
        (Preferences(), "2026-03-02T06:30", ""),
        (Preferences(sent_on="2026-03-02"), "2026-03-02T20:00", "it was sent today"),
        (Preferences(sent_on="2026-03-02"), "2026-03-03T06:30", ""),
        (Preferences(), "2026-03-07T09:00", "they want none at the weekend"),
        (Preferences(digest_weekend=True), "2026-03-07T09:00", ""),
        (Preferences(channels=frozenset()), "2026-03-02T09:00", "they switched it off"),
        (Preferences(quiet=(time(20), time(9))), "2026-03-02T07:00", "they have quiet hours"),
        (Preferences(quiet=(time(20), time(9))), "2026-03-02T08:00", ""),
        (Preferences(quiet=(time(7), time(8))), "2026-03-02T06:45", "they have quiet hours"),
    ],
)
def test_when_it_goes_out(wanted: Preferences, moment: str, reason: str) -> None:
    assert wanted.why_not_now(datetime.fromisoformat(moment).replace(tzinfo=UTC), BERLIN) == reason


def test_what_somebody_set_stays_as_it_was_set(sqlite_engine: Engine, office: Office) -> None:
    wanted = Preferences(
        {"b": "/inbox?q=1", "a": "/accounts"}, {"done": "y"}, frozenset(), False, time(6), True, (time(22), time(6))
    )
    with sqlite_engine.begin() as connection:
        assert preferences_of(connection, "anna") == Preferences()
        preferences.keep(connection, "anna", Preferences(sent_on="2026-03-01"))
        preferences.keep(connection, "anna", wanted)
        assert preferences_of(connection, "anna") == wanted
        assert list(preferences_of(connection, "anna").views) == ["b", "a"]
        assert preferences_of(connection, "ben") == Preferences()
