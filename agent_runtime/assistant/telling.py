"""What every answer is told with: the records, the question, and statements that cite what they stand on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from agent_runtime.assistant.asked import Asked
from agent_runtime.assistant.models import Statement
from agent_runtime.assistant.records import Records
from agent_runtime.assistant.wording import clock_of, day_of, say, word, written_day
from memory.timeline import Event
from memory.words import words

# A statement is of the matter when it has this share of the matter's words.
LEAST_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class Telling:
    """The records and the question, and how things are said in the question's language."""

    records: Records
    asked: Asked

    def tell(self, key: str, sources: Iterable[str], **slots: object) -> Statement:
        """One statement; `sources` are ids of source records or rows, each kept once."""
        return Statement(say(self.asked.language, key, **slots), tuple(dict.fromkeys(x for x in sources if x)))

    def say(self, key: str, **slots: object) -> str:
        """A part of a sentence."""
        return say(self.asked.language, key, **slots)

    def word(self, key: str) -> str:
        """A word of records as people say it."""
        return word(self.asked.language, key)

    def day(self, moment: datetime) -> str:
        """A day in the company's zone."""
        return day_of(moment, self.records.zone, self.asked.language)

    def written(self, text: str) -> str:
        """A day out of a record."""
        return written_day(text, self.records.zone, self.asked.language)

    def clock(self, moment: datetime) -> str:
        """The time of day in the company's zone."""
        return clock_of(moment, self.records.zone)

    def theirs(self, contact_id: str | None) -> str:
        """One of the customer's people, else that it was somebody of theirs."""
        return self.records.theirs(contact_id) or self.say("somebody")

    def ours(self, user_id: str | None) -> str:
        """One of ours, else we."""
        return self.records.ours(user_id) or self.say("we")

    def of_people(self, contact_id: str | None) -> bool:
        """Whether the question names nobody of theirs, or this one."""
        return not self.asked.people or contact_id in self.asked.people

    def of_ours(self, user_id: str | None) -> bool:
        """Whether the question names none of ours, or this one."""
        return not self.asked.ours or user_id in self.asked.ours

    def about(self, *texts: str) -> bool:
        """Whether the texts are of the question's matter; always where it has none."""
        return shared(self.asked.topic, " ".join(texts)) >= LEAST_SHARED

    def spoken_of(self, source_ids: Iterable[str]) -> str:
        """The words of the records with these ids, for `about`."""
        events = [x for x in (self.records.by_source.get(one) for one in source_ids) if x]
        return " ".join(f"{x.subject or ''} {self.records.texts.get(x.id, '')}" for x in events)

    def seen_to(self, kinds: tuple[str, ...] = ()) -> Event | None:
        """The last activity of these kinds (of any where none is named) that was seen."""
        found = [x for x in self.records.view.events if not kinds or x.kind in kinds]
        return max(found, key=lambda x: x.occurred_at, default=None)

    def nothing(self, key: str, kinds: tuple[str, ...] = ()) -> list[Statement]:
        """That there is none, with the last activity that shows how far was seen; nothing where none was ever."""
        last = self.seen_to(kinds) or self.seen_to()
        return [self.tell(key, [last.source_id], day=self.day(last.occurred_at))] if last else []


def shared(topic: tuple[str, ...], text: str) -> float:
    """Which share of the topic's stems the text has; 1 without a topic."""
    if not topic:
        return 1.0
    there = set(words(text))
    return sum(stem in there for stem in topic) / len(topic)
