"""Lists the drafts of docs/drafts.md from what a replay wrote: `python docs/list_drafts.py OUT`."""

import json
import sys
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

WANTED = 30
DAYS = 14
KINDS = frozenset({"send_email", "call_card", "task"})


def chosen(out: Path) -> list[dict[str, Any]]:
    """The items of the last fourteen days that a person would act on, by turns of the signals, in delivery order.

    Of each matter (an interaction) only the first counts: its later steps repeat it.
    """
    until = datetime.fromisoformat(json.loads((out / "summary.json").read_text())["end"])
    queues: dict[str, list[dict[str, Any]]] = defaultdict(list)
    seen: set[str] = set()
    for line in (out / "inbox.jsonl").read_text().splitlines():
        item = json.loads(line)
        fresh = datetime.fromisoformat(item["at"]) >= until - timedelta(days=DAYS)
        if fresh and item["action"]["kind"] in KINDS and item["interaction_id"] not in seen:
            seen.add(item["interaction_id"])
            queues[item["signal"]].append(item)
    turns = [queues[signal][turn : turn + 1] for turn in range(WANTED) for signal in sorted(queues)]
    return [item for turn in turns for item in turn][:WANTED]


def told(number: int, item: dict[str, Any]) -> str:
    """One draft with its records, as Markdown."""
    action = item["action"]
    records = "; ".join(f"{record['at'][:10]} {record['quote']}" for record in item["evidence"][:3])
    text = "\n".join(f"> {line}".rstrip() for line in action["body"].splitlines())
    kind = action["kind"].replace("_", " ")
    head = f"### {number}. {item['signal']}, {kind}, {item['at'][:10]}"
    return f"{head}\n\nRecords: {records}.\n\n> **{action['subject']}**\n>\n{text}\n"


if __name__ == "__main__":
    listed = (told(number, item) for number, item in enumerate(chosen(Path(sys.argv[1])), 1))
    sys.stdout.write("\n".join(listed))
