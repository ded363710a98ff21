"""Prints a morning's inbox as a person wants to read it: how many, how long, which one first, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from agent_runtime.inbox.policy import ItemRow

SHOWN = 8
FRESH = timedelta(days=14)
MINUTES = {"send_email": 2, "message": 1, "call_card": 4, "task": 3, "escalate": 2, "reassign": 1}
KINDS = {
    "send_email": "mail, ready to send",
    "message": "message, ready to send",
    "call_card": "call",
    "task": "task",
    "escalate": "decision",
    "reassign": "taken over",
}


def print_morning(
    console: Console, items: Sequence[ItemRow], names: Mapping[str, str], now: datetime, zone: ZoneInfo
) -> None:
    """One person's inbox at `now`; `names` of users and accounts by id. Items stand in the order of the inbox."""
    fresh = [item for item in items if now - item.delivered_at <= FRESH]
    person = reader_of(fresh)
    mine = [item for item in fresh if item.owner_id == person][:SHOWN]
    if person is None:
        console.print("Nothing needs anybody this morning.")
        return
    minutes = sum(MINUTES.get(item.action["kind"], 3) for item in mine)
    title = f"{now.astimezone(zone):%A %d %B %Y, %H:%M} · the inbox of {names.get(person, person)}"
    console.print(f"\n[bold]{escape(title)}[/bold]")
    console.print(f"{len(mine)} items, about {minutes} minutes.\n", highlight=False)
    for number, item in enumerate(mine, 1):
        _line(console, number, item, names, zone)
    others, old = len(fresh) - len(mine), len(items) - len(fresh)
    console.print(f"\n[dim]{others} more for colleagues or later today; {old} older ones to judge in bulk.[/dim]\n")
    console.print(_first(mine[0], names, zone))


def reader_of(items: Sequence[ItemRow]) -> str | None:
    """Whose inbox is shown: who has most to send or to say to customers; ties in a fixed order."""
    outward = Counter(item.owner_id for item in items if item.action["kind"] in ("send_email", "call_card"))
    every = outward or Counter(item.owner_id for item in items)
    return min(every, key=lambda person: (-every[person], person), default=None)


def _line(console: Console, number: int, item: ItemRow, names: Mapping[str, str], zone: ZoneInfo) -> None:
    kind = KINDS.get(item.action["kind"], item.action["kind"])
    head = f"{number:2}  [bold]{escape(names.get(item.account_id, item.account_id))}[/bold]"
    console.print(f"{head}  [dim]{kind} · until {item.due_at.astimezone(zone):%A %d %B}[/dim]", highlight=False)
    console.print(Padding(Text(item.beside.get("why_now") or ""), (0, 0, 0, 4)))


def _first(item: ItemRow, names: Mapping[str, str], zone: ZoneInfo) -> Panel:
    action, beside = item.action, item.beside
    lines = [
        *_section("Why", [beside.get("why_now") or "", *(_factor(x) for x in item.why)]),
        *_section("What is known", [_fact(x) for x in beside.get("what_i_know") or ()]),
        *_section("Looked in", beside.get("looked_in") or ()),
        *_section("Cannot see", beside.get("cannot_see") or ()),
        *_section("If you do nothing", [beside.get("if_nothing") or ""]),
        "",
        f"[bold]{escape(action['subject'] or '')}[/bold]  [dim]{escape(', '.join(action['to']))}[/dim]",
        "",
        escape(action["body"] or ""),
    ]
    title = f"1 · {names.get(item.account_id, item.account_id)} · {KINDS.get(action['kind'], action['kind'])}"
    return Panel(Group(*lines), title=escape(title), title_align="left", border_style="dim")


def _section(title: str, texts: Sequence[str]) -> list[str]:
    kept = [text for text in texts if text]
    return [f"[dim]{title}:[/dim] {escape(kept[0])}", *(f"  {escape(text)}" for text in kept[1:])] if kept else []


def _factor(factor: Mapping[str, object]) -> str:
    return f"{factor['weight']:+} {factor['factor']}"


def _fact(fact: Mapping[str, object]) -> str:
    return str(fact.get("text") or "")
