"""What could be seen when: holes, holes that were read back, lines, and whole sources."""

import pytest

from agent_runtime.watchtower.sight import Sight, Stretch
from tests.unit.agent_runtime.watchtower.story import NUMBER, at, seen

SINCE, NOW = at("tue 00:00"), at("fri 00:00")
WHOLE = seen("email", "anna", "mon 00:00", "sun 00:00")
BEFORE, AFTER = seen("email", "anna", "mon 00:00", "tue 12:00"), seen("email", "anna", "wed 12:00", "sun 00:00")


def hole(known: str) -> Stretch:
    return seen("email", "anna", "tue 12:00", "wed 12:00", known)


@pytest.mark.parametrize(
    ("stretches", "gaps"),
    [
        ([WHOLE], []),
        ([], []),
        ([seen("email", "", "mon 00:00", "sun 00:00")], []),
        ([seen("email", "", "mon 00:00", "wed 00:00")], [("", "wed 00:00", None)]),
        ([BEFORE], [("anna", "tue 12:00", None)]),
        ([BEFORE, AFTER], [("anna", "tue 12:00", "wed 12:00")]),
        ([BEFORE, hole("thu 00:00"), AFTER], []),
        ([BEFORE, hole("sat 00:00"), AFTER], [("anna", "tue 12:00", "wed 12:00")]),
        ([seen("email", "anna", "mon 00:00", "mon 00:00")], [("anna", "tue 00:00", None)]),
        ([seen("email", "anna", "wed 00:00", "sun 00:00")], [("anna", "tue 00:00", "wed 00:00")]),
        ([seen("email", "bela", "mon 00:00", "tue 00:00")], []),
        ([seen("phone", "anna", "mon 00:00", "tue 00:00")], []),
    ],
    ids=["all seen", "no rows at all", "the whole source", "the whole source until then", "blind until now",
         "a hole that is over", "a hole that was read back", "a hole that will be read back later", "never seen",
         "seen only from then on", "somebody else's mailbox", "another source"],
)  # fmt: skip
def test_gaps_of_a_mailbox(stretches: list[Stretch], gaps: list[tuple[str, str, str | None]]) -> None:
    found = Sight(stretches).gaps(("email",), ["anna"], SINCE, NOW)
    assert [(x.holder, x.since, x.until) for x in found] == [(a, at(b), c and at(c)) for a, b, c in gaps]


def test_a_line_stands_for_its_user() -> None:
    desk, mobile = seen("phone", "anna", "mon 00:00", "sun 00:00"), seen("phone", NUMBER, "mon 00:00", "mon 00:00")
    sight = Sight([desk, mobile], {NUMBER: "anna"})
    (gap,) = sight.gaps(("call",), ["anna"], SINCE, NOW)
    assert (gap.holder, gap.line, gap.name) == ("anna", NUMBER, f"phone:anna:{NUMBER}")
    assert sight.gaps(("call",), ["bela"], SINCE, NOW) == []
    assert Sight([desk, mobile]).gaps(("call",), ["anna"], SINCE, NOW) == []


@pytest.mark.parametrize(
    ("now", "until"), [("mon 12:00", "mon 12:00"), ("wed 00:00", "tue 12:00"), ("thu 00:00", "thu 00:00")]
)
def test_until_when_a_mailbox_could_be_seen(now: str, until: str) -> None:
    assert Sight([BEFORE, AFTER]).visible_until("email", "anna", at(now)) == at(until)
    assert Sight([BEFORE, AFTER]).visible_until("email", "bela", at(now)) is None
