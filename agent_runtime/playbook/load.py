"""Reads a playbook from its TOML file, or says line by line why it cannot be used."""

import re
import tomllib
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from agent_runtime.errors import BadPlaybook
from agent_runtime.playbook.check import Problem, did_you_mean, meaning_problems, shape_problems
from agent_runtime.playbook.models import Playbook
from agent_runtime.playbook.source_lines import line_of

PRESETS = Path(__file__).parent.parent / "playbooks"
DEFAULT_PRESET = "b2b_sales"


def preset_names() -> list[str]:
    """The playbooks that come with the product."""
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


@cache
def default() -> Playbook:
    """The preset that is in force until a company chooses its own."""
    return load(DEFAULT_PRESET)


def load(playbook: str | Path) -> Playbook:
    """The playbook of a preset's name or of a file's path.

    Raises BadPlaybook with all problems, each with its line in the file and what to write instead.
    """
    path = _path_of(playbook)
    source = _read(path)
    try:
        found = Playbook.model_validate(_parse(source, path.name))
    except ValidationError as error:
        raise _refusal(path.name, source, shape_problems(error)) from error
    if problems := meaning_problems(found):
        raise _refusal(path.name, source, problems)
    return found


def _path_of(playbook: str | Path) -> Path:
    path = Path(playbook)
    if isinstance(playbook, Path) or path.suffix == ".toml" or len(path.parts) > 1:
        return path
    if playbook not in preset_names():
        fix = f"{did_you_mean(playbook, preset_names())} For a file of yours, give its path ending in .toml."
        raise BadPlaybook(f'There is no preset "{playbook}".', fix=fix)
    return PRESETS / f"{playbook}.toml"


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        fix = "Give the path of a file that can be read."
        raise BadPlaybook(f"{path} cannot be read: {error.strerror}.", fix=fix) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadPlaybook(f"{path.name}, line {line}: this is not UTF-8.", fix="Save it as UTF-8.") from error


def _parse(source: str, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        # Python 3.11 gives the line only inside the message.
        told = re.search(r"\(at line (\d+)", str(error))
        line = int(told[1]) if told else source.count("\n") + 1
        reason = str(error).partition(" (at ")[0]
        fix = 'Write texts in quotes, key = "value", and each table and key once.'
        raise BadPlaybook(f"{name}, line {line}: this is not TOML: {reason}.", fix=fix) from error


def _refusal(name: str, source: str, problems: list[Problem]) -> BadPlaybook:
    """One error for all problems, in the order of the file."""
    lined = sorted((line_of(source, problem.path, problem.value), problem.what, problem.fix) for problem in problems)
    if len(lined) == 1:
        line, what, fix = lined[0]
        return BadPlaybook(f"{name}, line {line}: {what}", fix=fix)
    return BadPlaybook("\n".join(f"{name}, line {line}: {what} {fix}" for line, what, fix in lined))
