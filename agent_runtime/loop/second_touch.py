"""Gathers what the one who calls back must know: what it is about, how they came, what was tried, when to call."""

import re
from datetime import datetime
from typing import Final

from agent_runtime.calls.activities import VISIT_KINDS, legs_of, messages_of, visits_of
from agent_runtime.calls.intent import classify, spoken_text
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.models import DistinctCall, Need
from agent_runtime.calls.needs import needs
from agent_runtime.calls.resolution import WANTED_WITHIN
from agent_runtime.inbox.policy import Trouble
from agent_runtime.loop.situation import SecondTouch
from agent_runtime.watchtower.view import View

RULE: Final = "missed_call"
_CLOCK: Final = r"\d{1,2}(?::\d\d|\.\d\d)?(?:\s*(?:am|pm|o'clock|uhr))?"
_REACHABLE: Final = re.compile(
    rf"(?<!\w)(?:(?:only\s+|best\s+|am\s+besten\s+|erst\s+)?(?:after|before|until|from|around|between|ab|nach|vor|bis|gegen|zwischen)"
    rf"\s+{_CLOCK}(?:\s+(?:and|to|und|bis)\s+{_CLOCK})?"
    r"|(?:this|tomorrow)\s+(?:morning|afternoon|evening)|in\s+the\s+(?:morning|afternoon|evening)|(?:mornings|afternoons)\s+only"
    r"|(?:heute|morgen)\s+(?:früh|vormittag|nachmittag|abend)|(?:nur\s+)?(?:vormittags|nachmittags))(?!\w)",
    re.IGNORECASE,
)


def second_touch(view: View, trouble: Trouble) -> SecondTouch | None:
    """Of a missed call, what is known beyond its record; None of anything else."""
    if trouble.expectation.rule != RULE:
        return None
    calls = join_legs(legs_of(view.of("call")))
    opened_by = trouble.interaction.opened_by
    found = (x for x in needs(calls, messages_of(view.of("email", "message"))) if opened_by in _ids(x))
    need = next(found, None)
    return _told(view, need, calls) if need else None


def _ids(need: Need) -> set[str]:
    return {miss.call_id for miss in need.misses}


def _told(view: View, need: Need, calls: list[DistinctCall]) -> SecondTouch:
    last = need.misses[-1]
    # The queue alone says where they called, not what about.
    topics = [classify(miss).topic for miss in reversed(need.misses) if spoken_text(miss)]
    tries = [call for call in calls if call.call_id in need.attempts]
    said = [match[0] for miss in reversed(need.misses) if (match := _REACHABLE.search(spoken_text(miss)))]
    return SecondTouch(
        topic=next((topic for topic in topics if topic not in (None, "other", "unknown")), "") or "",
        chosen=next((leg.ivr for leg in last.legs if leg.ivr), "") or "",
        page=_page(view, need, last.started_at),
        rang=len(need.misses),
        tried=len(tries),
        tried_at=tries[-1].started_at if tries else None,
        left_message=any(leg.answered_by == "voicemail" for leg in tries[-1].legs) if tries else False,
        reachable=said[0] if said else "",
    )


def _page(view: View, need: Need, at: datetime) -> str:
    """The page, form or campaign of the last visit before the call that shows what they wanted."""
    events = view.of(*VISIT_KINDS)
    wanted = {x.id for x in visits_of(events) if at - WANTED_WITHIN <= x.at <= at}
    near = [x for x in events if x.id in wanted and x.contact_id in (None, need.contact_id)]
    data = near[-1].data if near else {}
    return str(data.get("page") or data.get("form") or data.get("campaign") or data.get("source") or "")
