"""What HubSpot's answers look like: people, pipelines, links, answers about many, refusals."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tools.fakes.wire import Answered

# How many links of one object come in one answer.
LINKS_MOST = 500


def owner(owner_id: str, email: str, name: str, *, team: str = "", archived: bool = False, at: str = "") -> Any:
    """A person whose name stands on objects."""
    first, _, last = name.partition(" ")
    made: dict[str, Any] = {
        "id": owner_id, "email": email, "type": "PERSON", "firstName": first, "lastName": last, "userId": 1,
        "createdAt": at or "2020-01-01T00:00:00.000Z", "updatedAt": at or "2020-01-01T00:00:00.000Z",
        "archived": archived,
    }  # fmt: skip
    return made | ({"teams": [{"id": team, "name": team, "primary": True}]} if team else {})


def pipeline(pipeline_id: str, label: str, stages: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """A pipeline; `stages`: (id, label, probability), of which 0.0 is lost and 1.0 is won."""
    stamp = {"createdAt": "2020-01-01T00:00:00.000Z", "updatedAt": "2020-01-01T00:00:00.000Z", "archived": False}
    told = [
        {"id": one, "label": name, "displayOrder": place, **stamp,
         "metadata": {"probability": chance, "isClosed": "true" if chance in ("0.0", "1.0") else "false"}}
        for place, (one, name, chance) in enumerate(stages)
    ]  # fmt: skip
    return {"id": pipeline_id, "label": label, "displayOrder": 0, "stages": told, **stamp}


def number(text: str) -> int:
    """An id as a number."""
    return int(text) if text.isdigit() else 0


def iso(moment: datetime) -> str:
    """A moment as the vendor writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def dated(told: Sequence[tuple[datetime, str]]) -> list[dict[str, str]]:
    """The history of a property, the newest first."""
    return [{"value": value, "timestamp": iso(at), "sourceType": "CRM_UI"} for at, value in reversed(told)]


def kinds_of_link(place: int) -> list[dict[str, Any]]:
    """What the link at this place is; the first is the primary one."""
    plain = {"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None}
    return [plain, {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"}] if place == 0 else [plain]


def inline(kind: str, to: str, others: Sequence[str]) -> list[dict[str, str]]:
    """The links as they stand in a list's own answer."""
    name = f"{kind.removesuffix('s')}_to_{to.removesuffix('s')}"
    told = [{"id": one, "type": f"{name}_unlabeled"} for one in reversed(others)]
    return [*told, {"id": others[0], "type": name}]


def batch(results: Sequence[Any], missing: Sequence[str] = (), why: str = "") -> Answered:
    """An answer about many; with what is not there, each for its reason, it is a 207."""
    stamp = "2026-01-01T00:00:00.000Z"
    body = {"status": "COMPLETE", "results": list(results), "startedAt": stamp, "completedAt": stamp}
    if not missing:
        return Answered(200, body)
    told = [
        {
            "status": "error", "category": "OBJECT_NOT_FOUND", "message": "It could not be found.",
            "context": {"ids": [one]}, **({"subCategory": why} if why else {}),
        }
        for one in missing
    ]  # fmt: skip
    return Answered(207, body | {"numErrors": len(told), "errors": told})


def refusal(status: int, category: str) -> Answered:
    """An error."""
    body = {"status": "error", "message": "It was refused.", "correlationId": "0" * 8, "category": category}
    return Answered(status, body)
