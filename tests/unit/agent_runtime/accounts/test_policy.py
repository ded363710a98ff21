"""Which accounts a transfer is about: every condition holds or the account stays; nothing unknown is taken."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.accounts.policy import Candidate, Where, holds, parse
from agent_runtime.errors import BadInput

DAY = date(2026, 9, 30)
ACME = Candidate(id="a", name="Acme GmbH", segment="Enterprise", country="DE", industry=None, renewal_date=DAY)
WORDS = st.none() | st.sampled_from(["Enterprise", "DE", "Acme", "smb"])
WHERES = st.builds(
    Where, segment=WORDS, country=WORDS, industry=WORDS, name=WORDS, renewal_before=st.none() | st.dates()
)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("", True),
        ("segment=enterprise", True),
        ("segment=smb", False),
        ("segment=enterprise, country=de", True),
        ("segment=enterprise,country=at", False),
        ("industry=steel", False),
        ("name=acme", True),
        ("name=gmbh", False),
        (f"renewal_before={DAY}", False),
        (f"renewal_before={DAY + timedelta(days=1)}", True),
    ],
)
def test_an_account_is_chosen_when_every_condition_holds(text: str, held: bool) -> None:
    assert holds(parse(text), ACME) is held


@pytest.mark.parametrize(
    "text",
    ["sgment=enterprise", "segment", "segment=", "renewal_before=soon", "segment=a,segment=b", "id='; DROP TABLE x"],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="--where"):
        parse(text)


@given(first=WHERES, second=WHERES)
def test_more_conditions_choose_fewer(first: Where, second: Where) -> None:
    both = Where(**(first.model_dump() | {k: v for k, v in second.model_dump().items() if v is not None}))
    merged = all(getattr(first, name) in (None, getattr(both, name)) for name in Where.model_fields)
    if merged and holds(both, ACME):
        assert holds(first, ACME)
        assert holds(second, ACME)


def test_an_account_without_a_renewal_is_not_due() -> None:
    none = ACME.model_copy(update={"renewal_date": None})
    assert not holds(Where(renewal_before=date.max), none)
