"""The one list of keys, and everything that is made from it."""

import re
from pathlib import Path
from typing import get_args

from agent_runtime.inbox import verbs
from agent_runtime.inbox.models import ItemState
from agent_runtime.web.assets import STATIC
from agent_runtime.web.keys import registry
from agent_runtime.web.render import TEMPLATES

CHECKOUT = Path(__file__).parents[4]


def test_no_stroke_means_two_things() -> None:
    strokes = [stroke for key in registry() for stroke in key.keys]
    assert len(strokes) == len(set(strokes))


def test_every_key_that_an_element_carries_is_in_the_list() -> None:
    known = {key.id for key in registry()} | {"go-connectors", ""}
    carried = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'data-key(?:-also)?="([a-z-]*)"', path.read_text())
    }
    assert carried <= known


def test_the_page_of_keys_is_the_list() -> None:
    rows = [
        f"| {' · '.join(f'`{stroke}`' for stroke in key.keys)} | {key.label} |" for key in registry()
    ]  # fmt: skip
    page = (CHECKOUT / "docs" / "keys.md").read_text()
    assert [line for line in page.splitlines() if line.startswith("| `")] == rows


def test_the_scripts_listen_to_every_kind_that_changes_a_list() -> None:
    text = (STATIC / "live.js").read_text()
    listened = set(re.findall(r'"([a-z]+)"', text.partition("KINDS = [")[2].partition("]")[0]))
    said = {get_args(kind.model_fields["verb"].annotation)[0] for kind in get_args(get_args(verbs.Command)[0])}
    closing = {state.value for state in ItemState} - {"open", "snoozed", "approved"}
    assert said | closing | {"delivered", "failed"} <= listened
