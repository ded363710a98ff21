"""Everything that is stored of one person, for the person: plain values, nothing left out but other people's words."""

from typing import Any

from sqlalchemy import Connection, Table, or_, select

from agent_runtime.accounts.traces import items_about, turns_about
from agent_runtime.actions.models import Action
from agent_runtime.errors import NotThere
from agent_runtime.inbox.models import Item
from agent_runtime.ledger.models import Interaction
from memory import forget
from memory.records import Activity, Contact, Episode, Fact, FactEvidence, Handle

_action: Table = Action.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_contact: Table = Contact.__table__  # type: ignore[attr-defined]
_episode: Table = Episode.__table__  # type: ignore[attr-defined]
_evidence: Table = FactEvidence.__table__  # type: ignore[attr-defined]
_fact: Table = Fact.__table__  # type: ignore[attr-defined]
_handle: Table = Handle.__table__  # type: ignore[attr-defined]
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_item: Table = Item.__table__  # type: ignore[attr-defined]


def export_person(connection: Connection, contact_id: str) -> dict[str, Any]:
    """The person's rows by table; raises NotThere where there is no such contact."""
    erased = forget.person(connection, contact_id)
    if erased is None:
        raise NotThere(f"There is no contact {contact_id}.", fix="Give the contact's id.")
    own = _activity.c.contact_id == contact_id
    texts = select(_episode).join(_activity, _activity.c.id == _episode.c.activity_id).where(own)
    keys = (contact_id, f"name:{erased.marks.name}")
    slots = [_fact.c.slot.like(f"{kind}.{key}.%") for kind in ("person", "contact") for key in keys]
    facts = select(_fact, _evidence.c.source_id).join(_evidence, _evidence.c.fact_id == _fact.c.id)
    items = items_about(connection, erased)
    return {
        "contact": _rows(connection, select(_contact).where(_contact.c.id == contact_id)),
        "addresses": _rows(connection, select(_handle).where(_handle.c.contact_id == contact_id)),
        "activities": _rows(connection, select(_activity).where(own).order_by(_activity.c.occurred_at)),
        "texts": _rows(connection, texts.order_by(_episode.c.occurred_at)),
        "facts": _rows(connection, facts.where(or_(_fact.c.value.in_(keys), *slots))),
        "interactions": _rows(connection, select(_interaction).where(_interaction.c.contact_id == contact_id)),
        "items": _rows(connection, select(_item).where(_item.c.id.in_(items))),
        "actions": _rows(connection, select(_action).where(_action.c.item_id.in_(items))),
        "conversation": turns_about(connection, erased),
    }


def _rows(connection: Connection, query: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]
