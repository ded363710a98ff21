"""Prepared work as an item: the brief or plan in place of a bare task, and whether it still says what it would now."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from agent_runtime.inbox.policy import ItemRow, Trouble
from agent_runtime.loop.graph import Result
from agent_runtime.permissions import agent_scope
from agent_runtime.prepared.artefact import as_plain
from agent_runtime.prepared.service import Kind, compose, text_of
from agent_runtime.watchtower.view import View

BRIEF = "brief"
_PREPARED = {"executive_brief": Kind.MEETING, "renewal_ahead": Kind.RENEWAL, "qbr_follow_up": Kind.FOLLOW_UP}
# Of these the prepared work is all that is to be done now; beside others it is what the work is done with.
_WHOLE = frozenset({Kind.MEETING, Kind.RENEWAL})


def is_prepared(trouble: Trouble, result: Result) -> bool:
    """Whether something is prepared in place of the task: by rule, on the owner's own steps, in full sight."""
    draft = result.draft
    by_owner = trouble.expectation.rule in _PREPARED and trouble.do in ("act", "remind")
    return by_owner and result.verified and draft is not None and draft["kind"] == "task"


def prepared(connection: Connection, view: View, trouble: Trouble, result: Result, language: str) -> Result:
    """The result with the prepared work as its text; as it was where there is nothing to prepare for.

    `language`: the owner's, as far as there are texts in it.
    """
    kind, draft = _PREPARED[trouble.expectation.rule], result.draft
    assert draft is not None
    scope = agent_scope(view.account.id)
    about = trouble.interaction.key
    found = compose(connection, scope, view.company, view.now, kind, language=language, about=about)
    if found is None:
        return result
    text = text_of(found)
    if kind in _WHOLE:
        body = "\n\n".join(part for part in (draft["fallback_reason"], text) if part)
        changed: dict[str, Any] = {
            "kind": BRIEF, "subject": found.title, "body": body, "language": found.language,
        }  # fmt: skip
    else:
        changed = {"body": f"{draft['body']}\n\n{found.title}\n\n{text}"}
    return replace(result, draft=draft | changed | {"prepared": as_plain(found)})


def is_outdated(connection: Connection, view: View, item: ItemRow) -> bool:
    """Whether the account changed so that an open brief would rest on other records; what a person edited stays."""
    shown = item.beside.get("prepared")
    if not shown or item.draft_version > 1:
        return False
    scope = agent_scope(item.account_id)
    now = compose(connection, scope, view.company, view.now, Kind(shown["kind"]), about=shown["about"])
    return now is not None and now.digest != shown["digest"]
