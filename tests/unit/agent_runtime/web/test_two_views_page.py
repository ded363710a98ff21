"""What the lists say beside what was seen, on the reports: by team or pool, each number opening to its rows."""

from sqlalchemy import Engine

from memory import timeline
from memory.timeline import NewActivity
from tests.unit.agent_runtime.app.office import NOW, Office

HTML = {"Accept": "text/html"}


def entered(engine: Engine) -> None:
    """A lead of an account that belongs to Anna, whose team has fewer than three sellers."""
    lead = NewActivity(
        source="crm", stream="crm", source_id="lead-1", account_id="acc-anna", kind="lead.created", occurred_at=NOW,
        known_at=NOW, data={"lead_id": "l1"},
    )  # fmt: skip
    with engine.begin() as connection:
        timeline.add(connection, [lead])


def test_the_report_sets_both_views_side_by_side_and_names_nobody(office: Office) -> None:
    entered(office.engine)
    page = office.ask("mona", "GET", "/reports", headers=HTML).text
    views = page[page.index('id="views"') : page.index("What was late")]
    assert "New in the CRM" in views
    assert "smaller teams" in views
    assert "anna" not in views.lower()
    rows = office.ask("mona", "GET", "/reports/rows/views?of=listed_leads&end=smaller teams", headers=HTML).text
    assert "listed as new" in rows
    assert "/accounts/acc-anna" in rows


def test_a_view_that_is_not_there_is_refused(office: Office) -> None:
    assert office.ask("mona", "GET", "/reports/rows/views?of=nothing", headers=HTML).status_code == 404
