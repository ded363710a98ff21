"""Answers out of what was written and spoken: the conversations of a matter, word for word, or nothing at all."""

from collections import defaultdict
from collections.abc import Iterable

from agent_runtime.assistant.catalogue import catalogue
from agent_runtime.assistant.history import gist
from agent_runtime.assistant.models import Statement
from agent_runtime.assistant.telling import Telling
from agent_runtime.watchtower.contact import is_theirs
from memory.timeline import Event
from memory.words import words

# A conversation is shown when it has so much of the matter's words, the rarer the heavier; less is no evidence.
LEAST_COVERED = 0.6
_CONVERSATIONS, _MOST = 2, 4
_SPOKEN = ("email", "message", "call", "form", "meeting", "note", "task.created")


def told(telling: Telling) -> list[Statement]:
    """What we said on the matter; what they asked stands before it."""
    return _sides(telling, ours=True)


def asked(telling: Telling) -> list[Statement]:
    """What they said or asked on the matter."""
    return _sides(telling, ours=False)


def said(telling: Telling) -> list[Statement]:
    """What either side said on the matter, in order."""
    return [_quoted(telling, x) for x in _of_matter(telling)][:_MOST]


def _sides(telling: Telling, *, ours: bool) -> list[Statement]:
    found = _of_matter(telling)
    wanted = [x for x in found if (x.direction == "outbound") == ours or x.direction is None]
    if ours and wanted:
        before = [x for x in found if is_theirs(x) and x.occurred_at < wanted[-1].occurred_at][-1:]
        wanted = sorted([*before, *wanted], key=lambda x: x.occurred_at)
    return [_quoted(telling, x) for x in wanted[-_MOST:]]


def _quoted(telling: Telling, event: Event) -> Statement:
    ours = event.direction == "outbound" or event.direction is None
    who = telling.ours(event.user_id) if ours else telling.theirs(event.contact_id)
    key = "said_ours" if ours else "said_theirs"
    return telling.tell(key, [event.source_id], who=who, day=telling.day(event.occurred_at), what=gist(telling, event))


def _of_matter(telling: Telling) -> list[Event]:
    """The activities of the conversations that cover the matter best, in order of time."""
    conversations = [x for x in _conversations(telling) if _fits(telling, x)]
    covered = [(coverage(telling, x), x[-1].occurred_at, x) for x in conversations]
    best = sorted((x for x in covered if x[0] >= LEAST_COVERED), key=lambda x: (x[0], x[1]), reverse=True)
    if not telling.asked.topic or not best:
        return []
    near = [x for x in best if x[0] >= best[0][0] - 0.1][:_CONVERSATIONS]
    return sorted((event for _, _, one in near for event in one), key=lambda x: x.occurred_at)


def _fits(telling: Telling, conversation: list[Event]) -> bool:
    return any(telling.of_people(x.contact_id) and telling.of_ours(x.user_id) for x in conversation) and any(
        telling.asked.span.has(x.occurred_at) for x in conversation
    )


def _conversations(telling: Telling) -> Iterable[list[Event]]:
    """What was written and spoken, by thread; what has none stands alone."""
    found: dict[str, list[Event]] = defaultdict(list)
    for event in telling.records.view.events:
        if event.kind in _SPOKEN and event.occurred_at <= telling.records.now:
            found[str(event.data.get("thread") or event.id)].append(event)
    return found.values()


def coverage(telling: Telling, conversation: Iterable[Event]) -> float:
    """Which share of the matter's words a conversation has, weighted by their rarity in the account.

    A light word that nobody ever said here belongs to the asking, not to the matter.
    """
    there: set[str] = set()
    for event in conversation:
        there.update(words(f"{event.subject or ''} {telling.records.texts.get(event.id, '')}"))
    told, light = telling.records.corpus.told, catalogue().light
    sought = [stem for stem in telling.asked.topic if stem not in light or told.knows(stem)]
    weights = {stem: told.rarity(stem) for stem in sought}
    whole = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in there) / whole if whole else 0.0
