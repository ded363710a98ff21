"""`tenure look FOLDER`: reads an export of one's own and writes one page; changes and sends nothing."""

from pathlib import Path

import orjson
from rich.console import Console

from agent_runtime.errors import BadInput
from agent_runtime.look.figures import Findings
from agent_runtime.look.gather import look_through
from agent_runtime.look.page import render
from agent_runtime.replay.command import ledger_line, run_with_progress


def look_command(
    folder: Path, out: Path, *, zone: str | None = None, playbook: str = "b2b_sales", as_json: bool = False
) -> None:
    """Looks through `folder`, writes the page to `out`, and prints the first lines of it.

    `zone`: where times without an offset were written; the playbook's by default. Raises BadWorld or BadInput.
    """
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise BadInput(f"The page cannot be written to {out}.", fix="Name a file in a folder that exists, with --out.")
    title = f"Looking through {folder.name}"
    found = look_through(folder, zone, playbook, lambda replay: run_with_progress(replay, title, quiet=as_json))
    out.write_text(render(found), encoding="utf-8")
    if as_json:
        Console().out(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode(), highlight=False)
    else:
        _print(found, out)


def _print(found: Findings, out: Path) -> None:
    console = Console()
    console.print(ledger_line(found.ledger), highlight=False, markup=False)
    lists = (
        ("overdue, never ended", found.open),
        ("promises not kept", found.promises),
        ("unanswered", found.unanswered),
    )
    told = ", ".join(f"{one.total - one.cannot_tell:,} {name}" for name, one in lists)
    console.print(f"{told}; {found.said:,} things would have been said.", highlight=False, markup=False)
    hidden = sum(one.cannot_tell for _, one in lists)
    if hidden:
        console.print(f"Of {hidden:,} more the export cannot tell.", highlight=False, markup=False)
    console.print(f"Written to {out}. Nothing was changed, nothing was sent.", highlight=False, markup=False)
