"""Who somebody is, and since when: roles with tenure out of facts, beside what the directory has."""

from datetime import UTC, datetime, timedelta

from memory.facts import KnownFact, Source
from memory.people import ContactRow, persons

START = datetime(2026, 1, 5, tzinfo=UTC)
DANA = ContactRow("c1", "Dana Cole", "CFO", "approver", None, None, None, None, "active", None)


def fact(slot: str, value: str, day: int, until: int | None = None) -> KnownFact:
    since, end = START + timedelta(days=day), START + timedelta(days=until) if until else None
    source = Source(f"act{day}", f"m{day}", since, None)
    return KnownFact(f"f{day}", slot, value, "external", since, end, (source,), False)


def test_roles_have_their_time_and_people_whom_no_record_has_are_people() -> None:
    found = persons(
        [DANA],
        [
            fact("role.decides", "c1", 1, 30),
            fact("role.decides", "name:Petra Lang", 30),
            fact("person.c1.champion", "yes", 4),
            fact("person.c1.presence", "left", 60),
            fact("person.c1.reports_to", "name:Petra Lang", 5),
            fact("person.c1.preference.hours", "not before 12:00", 6),
        ],
    )
    dana, petra = found
    assert [(x.role, x.until is None) for x in dana.roles] == [("decides", False), ("champion", True)]
    assert [(x.role, x.since) for x in petra.roles] == [("decides", START + timedelta(days=30))]
    assert (dana.gone, petra.gone, petra.name) == (True, False, "Petra Lang")
    assert [(x.kind, x.to) for x in dana.ties] == [("reports_to", "name:Petra Lang")]
    assert [x.value for x in dana.wishes] == ["not before 12:00"]
