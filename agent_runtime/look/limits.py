"""What an export cannot tell: channels that are not in it, history that it does not have, rows that were left out."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from agent_runtime.look.figures import Limits, Seen
from tools.exports import Export
from tools.exports.folder import SOURCES
from tools.world import Stretch, World

SHOWN = 20
CHANNELS = {
    "email": ("mailbox", "whether a customer was written to, or wrote"),
    "phone": ("call list", "whether a customer was called back"),
    "messages": ("text or chat message", "what was settled there"),
    "calendar": ("calendar", "which meetings took place, or are planned"),
}
_MOST_NAMED = 5
_MARKED = " What hangs on that counts as “perhaps”."


def limits(world: World, summary: dict[str, Any]) -> Limits:
    """Everything that somebody must know before they believe the page."""
    seen = _seen(world.coverage(), {row["id"]: row.get("name", "") for row in world.directory().users})
    rejects = [f"{x.file}{f':{x.line}' if x.line else ''} {x.field}: {x.reason}" for x in world.rejects[:SHOWN]]
    files = world.gathered.read if isinstance(world, Export) else []
    return Limits(
        sentences=list(_sentences(world, seen, summary)),
        seen=seen,
        files=list(files),
        rejects=rejects,
        rejected=int(summary["records_rejected"]),
    )


def is_blind(world: World) -> bool:
    """Whether neither mails nor calls are in it."""
    shown = {one.source for one in _seen(world.coverage(), {}) if one.begins}
    return not shown & {"email", "phone"}


def _seen(coverage: list[Stretch], names: dict[str, str]) -> list[Seen]:
    """Each source with whose it is, by `names`, from its first moment to its last."""
    stretches: dict[tuple[str, str], tuple[datetime, datetime]] = {}
    for one in coverage:
        first, last = stretches.get((one.source, one.holder), (one.visible_from, one.visible_until))
        stretches[one.source, one.holder] = (min(first, one.visible_from), max(last, one.visible_until))
    return [
        Seen(source, names.get(holder) or holder, *((first, last) if first < last or source == "crm" else (None, None)))
        for (source, holder), (first, last) in sorted(stretches.items())
    ]


def _sentences(world: World, seen: list[Seen], summary: dict[str, Any]) -> Iterator[str]:
    shown = {one.source for one in seen if one.begins}
    for source, (name, what) in CHANNELS.items():
        if source not in shown:
            yield f"There is no {name} in it: {what} is not visible.{_MARKED if source in SOURCES else ''}"
        elif unseen := [one for one in seen if one.source == source and one.begins is None]:
            whose = ", ".join(one.holder for one in unseen[:_MOST_NAMED])
            more = f" and {len(unseen) - _MOST_NAMED} more" if len(unseen) > _MOST_NAMED else ""
            yield f"There is no {name} of {whose}{more}: what they did there is not visible."
    if isinstance(world, Export):
        yield from _of_snapshots(world)
        yield from world.gathered.assumed
    kept_out = summary["records_not_kept"]
    if kept_out["unknown"]:
        yield f"Left out, with nobody who is known as a customer: {kept_out['unknown']:,} records."
    if kept_out["internal"]:
        yield f"Left out, among colleagues: {kept_out['internal']:,}."
    if summary["records_ambiguous"]:
        yield f"Left out, because they could belong to several accounts: {summary['records_ambiguous']:,}."
    yield "Mobile phones, conversations in person, and whatever nobody wrote down are in no export."


def _of_snapshots(world: Export) -> Iterator[str]:
    moments = sorted(set(world.gathered.taken_at))
    if not moments:
        yield "There is no list of deals in it: nothing is said about the pipeline."
        return
    days = ", ".join(dict.fromkeys(f"{x.astimezone(world.gathered.zone):%-d %B %Y}" for x in moments))
    yield (
        f"A list of deals shows how they stood when it was made ({days}): how they came there, and what was changed or "
        "deleted before, is not in it. Nothing about a deal could have been said before that day."
    )
    if len(moments) == 1:
        yield "Put a second export of another day into the same folder, and this page shows what changed between them."
    deals = [x.fields for x in world.gathered.records if x.fields.get("kind") == "opportunity.snapshot"]
    undated = sum("stage_entered_at" not in deal for deal in deals)
    if undated:
        yield f"Of {undated:,} of {len(deals):,} deals it does not tell since when they are in their stage."
