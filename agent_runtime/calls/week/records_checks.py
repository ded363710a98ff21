"""Whether the records hold: numbers, customers recorded twice, numbers without a campaign, gaps in ids, labels."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from itertools import combinations
from math import sqrt
from typing import Final, NamedTuple

from agent_runtime.calls.week.rows import LineBook
from agent_runtime.calls.week.trust import Check, CheckState, share_check, unmeasured

E164: Final = re.compile(r"\+[1-9]\d{6,14}")
_NUMBERED: Final = re.compile(r"(.*?)(\d{1,18})\D*")
_MOST_UNREADABLE: Final = 0.01
_MOST_DUPLICATES: Final = 0.01
_MOST_MISSING: Final = 0.005
_ALIKE: Final = 0.85
_SWITCHBOARD: Final = 25
_FEWEST_IDS: Final = 50
_DENSE: Final = 0.6
_SHOWN: Final = 5
RECENT_WEEKS: Final = 2
BEFORE_WEEKS: Final = 8
_FEWEST_LABELS: Final = 40
_SURPRISE: Final = 4.5
"""Standard deviations; with eight labels a week, chance alone is further off once in some hundred years."""
_LEAST_DRIFT: Final = 0.08


class Party(NamedTuple):
    """A customer as the CRM records it; `phones` as they would be compared."""

    id: str
    name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]


def numbers_check(numbers: Iterable[str]) -> Check:
    """Numbers that are not written in the one international form, and so match nothing."""
    seen = list(numbers)
    bad = sorted({one for one in seen if not E164.fullmatch(one)})
    count = sum(not E164.fullmatch(one) for one in seen)
    words = f"{count:,} of {len(seen):,} numbers are not in the international form" if count else "all can be compared"
    return share_check("numbers", count, len(seen), _MOST_UNREADABLE, words, bad[:_SHOWN])


def duplicates_check(parties: Sequence[Party]) -> Check:
    """Customers that are recorded more than once: the same mail address, or the same number under the same name."""
    extra = duplicates(parties)
    words = f"{extra:,} of {len(parties):,} records are second ones of the same customer" if extra else "none found"
    return share_check("duplicates", extra, len(parties), _MOST_DUPLICATES, words)


def duplicates(parties: Sequence[Party]) -> int:
    """How many records are too many: records less distinct customers."""
    above = list(range(len(parties)))

    def top(place: int) -> int:
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    for one, other in _same(parties):
        above[top(one)] = top(other)
    return len(parties) - sum(above[place] == place for place in range(len(parties)))


def _same(parties: Sequence[Party]) -> Iterable[tuple[int, int]]:
    by_mail, by_phone = defaultdict(list), defaultdict(list)
    for place, party in enumerate(parties):
        for mail in party.emails:
            by_mail[mail.lower()].append(place)
        for phone in party.phones:
            by_phone[phone].append(place)
    for shared in (by_mail, by_phone):
        for places in shared.values():
            # A switchboard that half a company shares says nothing, and would cost a square.
            if 1 < len(places) <= _SWITCHBOARD:
                yield from (x for x in combinations(places, 2) if _alike(parties[x[0]].name, parties[x[1]].name))


def _alike(one: str, other: str) -> bool:
    first, second = _folded(one), _folded(other)
    if not first or not second:
        return False
    return sorted(first.split()) == sorted(second.split()) or SequenceMatcher(None, first, second).ratio() >= _ALIKE


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower())
    return " ".join(re.sub(r"[^\w\s]", " ", "".join(x for x in plain if not unicodedata.combining(x))).split())


def lines_check(called: Iterable[tuple[str, datetime]], lines: LineBook, *, listed: bool) -> Check:
    """Tracking numbers that were called and stand for no campaign; `called` is each with its moment."""
    if not listed:
        return unmeasured("lines", "there is no list of numbers and campaigns")
    missing: Counter[str] = Counter()
    count = 0
    for number, moment in called:
        count += 1
        missing[number] += not lines.lists(number, moment)
    unmapped = [number for number, bad in missing.most_common() if bad]
    words = (
        f"{len(unmapped)} numbers without a campaign took {missing.total():,} calls" if unmapped else "all are listed"
    )
    return share_check("lines", missing.total(), count, 0.0, words, unmapped[:_SHOWN])


def ids_check(ids: Iterable[str]) -> Check:
    """Gaps in the running numbers of the phone system's events; ids that do not run cannot be checked."""
    series: dict[str, set[int]] = defaultdict(set)
    for one in ids:
        if found := _NUMBERED.fullmatch(one):
            series[found[1]].add(int(found[2]))
    running = {prefix: numbers for prefix, numbers in series.items() if _runs(numbers)}
    if not running:
        return unmeasured("event_ids", "the phone system does not number its events")
    expected = sum(max(numbers) - min(numbers) + 1 for numbers in running.values())
    missing = expected - sum(map(len, running.values()))
    words = f"{missing:,} of {expected:,} events never came" if missing else "no number is missing"
    return share_check("event_ids", missing, expected, _MOST_MISSING, words, sorted(running)[:_SHOWN])


def _runs(numbers: set[int]) -> bool:
    return len(numbers) >= _FEWEST_IDS and len(numbers) >= _DENSE * (max(numbers) - min(numbers) + 1)


def labels_check(weeks: Mapping[date, Mapping[str, int]], last: date) -> Check:
    """Whether misses are labelled as before: the two weeks to `last` against the eight before them.

    `weeks`: by Monday, how many misses had each label. The size is the share of calls that seem to have moved to the
    label which grew most.
    """
    recent, before = _labels(weeks, last, 0, RECENT_WEEKS), _labels(weeks, last, RECENT_WEEKS, BEFORE_WEEKS)
    n, base = recent.total(), before.total()
    if n < _FEWEST_LABELS or base < 2 * _FEWEST_LABELS:
        return unmeasured("labels", f"only {n} labelled misses in {RECENT_WEEKS} weeks and {base} before", n)
    moved = [label for label in sorted(set(recent) | set(before)) if _drifted(recent, before, label)]
    grown = max(sorted(set(recent) | set(before)), key=lambda label: recent[label] / n - before[label] / base)
    now, then = recent[grown] / n, before[grown] / base
    size = (now - then) / (1 - then) if then < 1 else 0.0
    words = f'"{grown}" went from {then:.0%} to {now:.0%} of misses' if moved else "the labels are spread as before"
    return Check("labels", CheckState.FAILED if moved else CheckState.PASSED, size, "share", n, words, tuple(moved))


def _labels(weeks: Mapping[date, Mapping[str, int]], last: date, skip: int, count: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for back in range(skip, skip + count):
        found.update(weeks.get(last - timedelta(weeks=back), {}))
    return found


def _drifted(recent: Counter[str], before: Counter[str], label: str) -> bool:
    """Two shares of different size (two-proportion z test), by more than anybody would shrug at."""
    n, base = recent.total(), before.total()
    now, then = recent[label] / n, before[label] / base
    pooled = (recent[label] + before[label]) / (n + base)
    spread = sqrt(pooled * (1 - pooled) * (1 / n + 1 / base))
    return spread > 0 and abs(now - then) >= _LEAST_DRIFT and abs(now - then) / spread > _SURPRISE
