"""The hash of an approval binds everything that reaches a customer, and nothing of our own."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.actions.policy import BOUND, LINKS, bound_content, content_hash, effect_key
from tests.unit.agent_runtime.actions.prepared import mail

VALUES = st.one_of(st.none(), st.text(max_size=20), st.lists(st.text(max_size=8), max_size=3))


@given(st.sampled_from(BOUND), VALUES)
def test_the_hash_changes_with_each_bound_field_and_only_with_it(name: str, value: Any) -> None:
    assert (content_hash(mail(**{name: value})) == content_hash(mail())) == (value == mail()[name])


@given(st.sampled_from([*LINKS, "note"]), VALUES)
def test_our_own_links_change_no_hash(name: str, value: Any) -> None:
    assert content_hash(mail(**{name: value})) == content_hash(mail())


@given(st.randoms(use_true_random=False))
def test_the_order_of_fields_does_not_matter(chance: Any) -> None:
    names = list(mail())
    chance.shuffle(names)
    assert content_hash({name: mail()[name] for name in names}) == content_hash(mail())


def test_a_missing_field_is_bound_as_missing() -> None:
    bare = {"kind": "task"}
    assert set(bound_content(bare)) == {"schema_version", *BOUND}
    assert content_hash(bare) == content_hash({"kind": "task", "to": None})


def test_each_version_has_its_own_effect() -> None:
    assert len({effect_key("it_1", 1), effect_key("it_1", 2), effect_key("it_2", 1)}) == 3
