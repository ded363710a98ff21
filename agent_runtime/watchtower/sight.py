"""How far we could see: no absence is claimed where a source was blind."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# A connected system is read every minute or so: what is younger than a few rounds of reading blinds nobody.
FRESH = timedelta(minutes=15)
# The source that would show an activity on a channel.
SOURCE_OF = {"email": "email", "call": "phone", "message": "messages", "meeting": "calendar", "crm": "crm"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of a source (of `holder`, or of the whole source where it is empty) that can be seen."""

    source: str
    holder: str
    visible_from: datetime
    visible_until: datetime
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A source that could not be seen from `since` on; `until` is None while it is still blind.

    `holder` is whose it is; `line` the number, where a line of theirs is what cannot be seen.
    """

    source: str
    holder: str
    since: datetime
    until: datetime | None
    line: str = ""

    @property
    def name(self) -> str:
        """The source and whose it is, the same for every gap in it."""
        return f"{self.source}:{self.holder}:{self.line}" if self.line else f"{self.source}:{self.holder}"

    def __str__(self) -> str:
        whose = f" {self.line}" if self.line else ""
        whose += f" of {self.holder}" if self.holder else ""
        end = f"to {self.until:%d %B %H:%M} UTC" if self.until else "until now"
        return f"{self.source}{whose}: not seen from {self.since:%d %B %H:%M} {end}"


class Sight:
    """Answers from the coverage rows what could be seen when. Times are aware UTC.

    `lines`: whose a number is, for rows that name a line and not its user.
    """

    def __init__(self, stretches: Iterable[Stretch], lines: Mapping[str, str] | None = None) -> None:
        self.renew(stretches, lines)

    def renew(self, stretches: Iterable[Stretch], lines: Mapping[str, str] | None = None) -> None:
        """Takes what can be seen by now in place of what was known before."""
        self._lines: dict[str, list[str]] = defaultdict(list)
        for number, user in sorted((lines or {}).items()):
            self._lines[user].append(number)
        self._stretches: dict[str, dict[str, list[Stretch]]] = defaultdict(lambda: defaultdict(list))
        for stretch in sorted(stretches, key=lambda x: x.visible_from):
            self._stretches[stretch.source][stretch.holder].append(stretch)

    def holders(self, source: str) -> list[str]:
        """The mailboxes and lines of `source` that are known at all."""
        return sorted(self._stretches.get(source, ()))

    def visible_until(self, source: str, holder: str, now: datetime) -> datetime | None:
        """Until when `holder` of `source` could be seen, at most `now`; None when never."""
        known = [x for x in self._rows(source, holder) if x.known_at <= now and x.visible_from <= now]
        return min(now, max(x.visible_until for x in known)) if known else None

    def gaps(
        self,
        channels: Sequence[str],
        holders: Sequence[str],
        since: datetime,
        now: datetime,
        *,
        known: datetime | None = None,
    ) -> list[Gap]:
        """What of `channels` could not be seen between `since` and `now`, for those whose source is known.

        One entry a gap, those of a holder in order. `known`: by what was known at that moment, where it is another
        than `now`.
        """
        found: list[Gap] = []
        for source in dict.fromkeys(SOURCE_OF[channel] for channel in channels):
            for holder, line in self._relevant(source, holders):
                found += self._gaps(source, holder, line, since, now, known or now)
        return found

    def reaches(self, channel: str, user: str) -> bool:
        """Whether anything of `channel` is known of this user at all: a mailbox, a line, or the whole source."""
        return bool(self._relevant(SOURCE_OF[channel], [user]))

    def _relevant(self, source: str, holders: Sequence[str]) -> list[tuple[str, str]]:
        """(user, "") for each own row, (user, number) for each row of a line of theirs."""
        rows = self._stretches.get(source)
        if not rows:
            return []
        if "" in rows:
            return [("", "")]
        asked = [(user, line) for user in dict.fromkeys(holders) for line in ("", *self._lines.get(user, ()))]
        return [(user, line) for user, line in asked if (line or user) in rows]

    def _rows(self, source: str, holder: str) -> list[Stretch]:
        return self._stretches.get(source, {}).get(holder, [])

    def _gaps(
        self, source: str, holder: str, line: str, since: datetime, now: datetime, known: datetime
    ) -> Iterator[Gap]:
        reached = since
        for stretch in self._rows(source, line or holder):
            if stretch.known_at > known or stretch.visible_from > now:
                continue
            if stretch.visible_from > reached:
                yield Gap(source, holder, reached, stretch.visible_from, line)
            reached = max(reached, stretch.visible_until)
        if reached < now - FRESH:
            yield Gap(source, holder, reached, None, line)
