"""The pages say what there is (rules, settings, commands, presets, capabilities), and their links hold."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from agent_runtime.settings import Settings

CHECKOUT = Path(__file__).parents[1]
DOCS = CHECKOUT / "docs"
RULES = CHECKOUT / "agent_runtime" / "watchtower" / "rules"
PRESETS = CHECKOUT / "agent_runtime" / "playbooks"
# How many rows each group of the capability list has.
CAPABILITIES = {
    **{"A": 11, "B": 9, "C": 6, "D": 12, "E": 4, "F": 21, "G": 9, "H": 9, "I": 6},
    **{"J": 10, "K": 9, "L": 10, "M": 18, "N": 12, "O": 9, "P": 7, "Q": 16, "R": 6},
}


def pages() -> list[Path]:
    """Every page that a reader of the project may open."""
    return sorted([*CHECKOUT.glob("*.md"), *DOCS.rglob("*.md")])


def in_backticks() -> set[str]:
    """Everything that a page quotes as code, in backticks or as a line of a code block."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages())
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    quoted = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return set(quoted) | {line.strip() for block in blocks for line in block.splitlines()}


def command_names(command: object, prefix: str) -> Iterator[str]:
    """The full name of each command that a person can type, groups walked through."""
    if not isinstance(command, TyperGroup):
        yield prefix
        return
    for name, child in command.commands.items():
        if not child.hidden:
            yield from command_names(child, f"{prefix} {name}")


def capability_rows() -> list[list[str]]:
    """The cells of each row of docs/capabilities.md: id, capability, where it lives, which test shows it."""
    text = (DOCS / "capabilities.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if "|" in line]
    return [row for row in rows if re.fullmatch(r"[A-R]\d+", row[0])]


def test_every_rule_is_documented() -> None:
    rules = {path.stem for path in RULES.glob("*.py") if not path.stem.startswith("_")}
    assert rules
    assert rules - in_backticks() == set()


def test_every_setting_is_documented() -> None:
    assert {f"TENURE_{name.upper()}" for name in Settings.model_fields} - in_backticks() == set()


def test_every_command_is_documented() -> None:
    from agent_runtime.cli import app

    quoted = in_backticks()
    names = set(command_names(get_command(app), "tenure"))
    assert len(names) > 3
    documented = {name for name in names if any(f"{each} ".startswith(f"{name} ") for each in quoted)}
    assert names - documented == set()


def test_every_preset_is_documented() -> None:
    presets = {path.stem for path in PRESETS.glob("*.toml")}
    assert presets
    assert presets - in_backticks() == set()


def test_every_capability_has_exactly_one_row() -> None:
    wanted = Counter(f"{letter}{n}" for letter, last in CAPABILITIES.items() for n in range(1, last + 1))
    assert Counter(row[0] for row in capability_rows()) == wanted


def test_a_capability_is_open_or_shown_by_a_test_that_exists() -> None:
    for name, _capability, where, shown_by in capability_rows():
        if where == "open":
            assert shown_by == "open", f"{name} is open and claims a test"
            continue
        for cell in (where, shown_by):
            paths = re.findall(r"`([^`]+)`", cell)
            assert paths, f"{name} names no path: {cell}"
            assert [path for path in paths if not (CHECKOUT / path.split("::")[0]).exists()] == [], name


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (DOCS / "decisions").iterdir())
    assert [name for name in names if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name)] == []
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert names
