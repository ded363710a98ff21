"""The cards of connected systems: what each reads and writes, how it stands, what to do where it does not."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, update

from agent_runtime.connectors.models import ConnectedSystem, StreamPlace
from agent_runtime.settings import Settings
from tests.unit.agent_runtime.app.office import NOW, Office

SAID = "HubSpot does not know this token."
FIX = "Make a new one and run tenure connect hubspot."


def connected(office: Office, **how: object) -> None:
    """HubSpot, whose deals were read to their end ten minutes ago and whose owners were not."""
    row = {"name": "hubspot", "adapter": "hubspot", "told": {}, "secrets": {"token": "canary-sealed"}, "since": NOW,
           "connected_by": "ada", "connected_at": NOW, "checked_at": NOW, "state": "connected", "health": "well",
           "said": "", "fix": ""}  # fmt: skip
    places = [
        {"connection": "hubspot", "stream": name, "turn": 1, "records": 7, "rejected": rejected, "resyncs": 0,
         "read_at": read_at}
        for name, rejected, read_at in (("deals", 2, NOW - timedelta(minutes=10)), ("owners", 0, None))
    ]  # fmt: skip
    with office.engine.begin() as connection:
        connection.execute(insert(ConnectedSystem), row | how)
        connection.execute(insert(StreamPlace), places)


def page_of(office: Office, user: str = "mona") -> str:
    return office.ask(user, "GET", "/admin", headers={"Accept": "text/html"}).text


def test_a_card_says_what_is_read_written_and_undone_and_how_it_stands(office: Office) -> None:
    connected(office)
    page = page_of(office)
    card = page[page.index('id="connector-hubspot"') : page.index("</article>")]
    for words in ("works", "contract-proven", "companies, contacts, deals", "nothing, until you give it a second token",
                  "tenure disconnect hubspot", "14 records in 2 streams", "2 could not be read", "behind by 10 min",
                  "not yet read to its end"):  # fmt: skip
        assert words in card, words
    assert "canary" not in page


def test_a_failure_is_told_in_words_with_its_fix(office: Office) -> None:
    connected(office, health="not_allowed", said=SAID, fix=FIX)
    page = page_of(office)
    assert SAID in page
    assert FIX in page
    assert "not allowed" in page
    assert "Read it now" in page
    assert "Read it now" not in page_of(office, "otto")


def test_what_is_not_connected_is_offered(office: Office) -> None:
    assert "tenure connect hubspot --dry-run" in page_of(office)
    connected(office)
    page = page_of(office)
    assert "tenure connect hubspot --dry-run" not in page
    assert "tenure connect twilio --dry-run" in page
    with office.engine.begin() as connection:
        connection.execute(update(ConnectedSystem).values(state="disconnected"))
    assert "tenure connect hubspot --dry-run" in page_of(office)


def test_one_whose_package_is_gone_is_called_by_its_name(office: Office) -> None:
    connected(office, adapter="own")
    assert "<h2>own</h2>" in page_of(office)


def test_a_connected_system_is_tried_and_five_of_its_records_shown(office: Office) -> None:
    place = "tests.unit.agent_runtime.web.desk_system:ADAPTER"
    settings = Settings(data_dir=office.installation.settings.data_dir, adapters=(place,))
    premises = replace(office.installation, settings=settings)
    office.app.state.site = replace(office.app.state.site, premises=premises)
    connected(office, name="letters", adapter="letters", secrets={})
    assert "Try it, and show five records" in page_of(office, "ada")
    assert "Try it" not in page_of(office, "mona")
    html = {"Accept": "text/html"}
    page = office.ask("ada", "POST", "/admin/connectors/letters/look", headers=html).text
    assert page.count("&lt;b&gt;Chapel Lane&lt;/b&gt;") == 5
    assert "Office of Tests" in page
    with office.engine.begin() as connection:
        connection.execute(update(ConnectedSystem).values(told={"place": "away"}))
    answer = office.ask("ada", "POST", "/admin/connectors/letters/look", headers=html)
    assert (answer.status_code, "no connection" in answer.text) == (409, True)
