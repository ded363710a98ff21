"""The page as data: JSON for programs, and one CSV for each table, with every number that the page shows."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import Enum
from io import StringIO
from pathlib import Path
from typing import Any, Final

from agent_runtime.calls.week.weekly import Weekly

TABLES: Final = ("bridge", "series", "groups", "heat", "spikes", "sources", "cliff", "value", "backtest", "changes",
                 "channels", "checks", "answers", "quarter", "year_ago", "completeness", "agreed")  # fmt: skip
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")


def as_data(page: Any) -> Any:
    """The page, or the live view, as what JSON knows: times in ISO 8601, seconds as numbers."""
    return _plain(asdict(page))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return None if isinstance(value, float) and value in (float("inf"), float("-inf")) else value


def write_csv(page: Weekly, folder: Path) -> list[Path]:
    """Writes the tables into `folder`, each as week-table.csv; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in TABLES:
        path = folder / f"{page.week}-{name}.csv"
        path.write_text(table(page, name), encoding="utf-8", newline="")
        written.append(path)
    return written


def table(page: Weekly, name: str) -> str:
    """One of TABLES as CSV with a header; KeyError for another name."""
    rows = [dict(_flat(_row(one))) for one in _ROWS[name](page)]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    """A text of a customer must not become a formula in somebody's spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value


def _flat(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """A row's fields in one line: parts under their path, percentiles under their names."""
    for key, one in value.items():
        path = f"{prefix}{key}"
        if isinstance(one, dict):
            yield from _flat(one, f"{path}_")
        elif isinstance(one, list) and one and isinstance(one[0], dict):
            yield from _flat({f"p{round(part['share'] * 100)}": part for part in one}, f"{path}_")
        else:
            yield path, "; ".join(map(str, one)) if isinstance(one, list) else one


def _row(value: Any) -> dict[str, Any]:
    """A row as plain data, whether it came as a dataclass or as a dict of some."""
    if isinstance(value, dict):
        return {key: _row(one) if is_dataclass(one) else _plain(one) for key, one in value.items()}
    found: dict[str, Any] = as_data(value)
    return found


def _bridge(page: Weekly) -> Sequence[Any]:
    steps = [{"step": one.words, "calls": one.change} for one in page.bridge.steps]
    whole = {"step": "missed, says the phone system", "calls": page.bridge.total}
    return [whole, *steps, {"step": "needs of customers that were missed", "calls": page.bridge.ours}]


def _value(page: Weekly) -> Sequence[Any]:
    total = [{"segment": "all", "range": page.value.total}] if page.value.total else []
    known = [{"segment": x.segment, "misses": x.misses, "range": x.range} for x in page.value.segments]
    refused = [{"segment": x.segment, "misses": x.misses, "refused": x.reason} for x in page.value.refused]
    assumed = [{"segment": "assumption", "refused": words} for words in page.value.assumptions]
    return [*total, *known, *refused, *assumed]


_ROWS: Final[dict[str, Callable[[Weekly], Sequence[Any]]]] = {
    "bridge": _bridge,
    "series": lambda page: page.series,
    "groups": lambda page: page.groups,
    "heat": lambda page: page.heat,
    "spikes": lambda page: [
        {**{name: getattr(one, name) for name in ("day", "queue", "misses", "high_intent", "usual", "peak_hour")},
         "causes": "; ".join(cause.words for cause in one.causes)} for one in page.spikes
    ],
    "sources": lambda page: page.sources,
    "cliff": lambda page: [{"wait": name, "converted": one} for name, one in page.cliff.buckets],
    "value": _value,
    "backtest": lambda page: page.backtest.months,
    "changes": lambda page: page.changes,
    "channels": lambda page: page.channels.rows,
    "checks": lambda page: page.gate.checks,
    "answers": lambda page: page.answers,
    "quarter": lambda page: [
        {"question": asked, "answer": answer, "figures": rests_on} for asked, answer, rests_on in page.quarter.answers
    ],
    "year_ago": lambda page: [
        {"question": asked, "answer": answer, "figures": rests_on} for asked, answer, rests_on in page.year_ago.answers
    ] or [{"question": "", "answer": page.year_ago.missing, "figures": ""}],
    "completeness": lambda page: page.completeness,
    "agreed": lambda page: page.agreed,
}  # fmt: skip
