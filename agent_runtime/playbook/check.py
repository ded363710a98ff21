"""Turns what is wrong with a playbook into sentences: what, where, and what to write instead."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from typing import Annotated, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from agent_runtime.playbook.fields import Policy
from agent_runtime.playbook.models import LEAD_TYPES, NEEDS_A_SECOND_PERSON, RULES, Playbook
from agent_runtime.playbook.source_lines import Path

CALL_INTENTS = ("commercial", "service", "informational")
HOLDING = "holding"
VOICEMAIL = "voicemail"
OUTWARD = ("send_email", "message", "meeting")
MISSING_IN_RULE = {"ladder": "recovery ladder", "owner": "owner"}
STEPS_EXAMPLE = 'steps = [{ do = "remind", after = "1 business day" }]'


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: its place in the file, what it is, and what to write instead."""

    path: Path
    what: str
    fix: str
    value: object = None


def shape_problems(error: ValidationError) -> list[Problem]:
    """The problems of a file whose tables, keys or values are not those of a playbook."""
    return [_shape_problem(detail) for detail in error.errors()]


def _shape_problem(detail: ErrorDetails) -> Problem:
    path, kind, given = tuple(detail["loc"]), detail["type"], detail["input"]
    key = str(path[-1])
    if kind == "extra_forbidden":
        what = f'{place(path[:-1])} has no key "{key}".'
        return Problem(path, what, did_you_mean(key, _known_keys(path[:-1])))
    if kind == "missing":
        return _missing(path)
    if kind == "refused":
        return Problem(path, f"{place(path)}: {detail['ctx']['what']}", detail["ctx"]["fix"], given)
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
        return Problem(path, f'{place(path)} cannot be "{given}".', did_you_mean(str(given), known), given)
    if key == "steps" and kind == "too_short":
        return Problem(path, f"The ladder {place(path[:-1])} has no step.", f"Write {STEPS_EXAMPLE}.")
    what = f"{place(path)}: {detail['msg'][0].lower()}{detail['msg'][1:]}."
    return Problem(path, what, f"Write, for example, {key} = {_example(path)}.", given)


def _missing(path: Path) -> Problem:
    key, parent = str(path[-1]), place(path[:-1])
    if _is_table(_annotation(path)):
        keys = ", ".join(_known_keys(path))
        return Problem(path, f"{place(path)} is missing.", f"Add the table{f' with {keys}' if keys else ''}.")
    if path[0] == "rules" and key in MISSING_IN_RULE:
        what = f"The rule {parent} has no {MISSING_IN_RULE[key]}."
    else:
        what = f'{parent} does not say "{key}".'
    return Problem(path, what, f"Add {STEPS_EXAMPLE if key == 'steps' else f'{key} = {_example(path)}'}.")


def place(path: Path) -> str:
    """A path as a person reads it in the file: `[rules.stage_age] window`, `[ladders.desk] step 2 do`."""
    tables = 0
    while tables < len(path) and path[tables] != "steps" and _is_table(_annotation(path[: tables + 1])):
        tables += 1
    words = [f"[{'.'.join(str(part) for part in path[:tables])}]"] if tables else []
    for part in path[tables:]:
        if isinstance(part, int):
            words[-1:] = [f"step {part + 1}" if words[-1] == "steps" else f"{words[-1]} item {part + 1}"]
        else:
            words.append(part)
    return " ".join(words) or "The playbook"


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """The nearest known word as a question, else all of them."""
    words = list(known)
    near = get_close_matches(given, words, n=1)
    return f'Did you mean "{near[0]}"?' if near else f"Possible here: {', '.join(words)}."


def _annotation(path: Path) -> object:
    """The type that the playbook has at `path`; None where it has nothing."""
    current: object = Playbook
    for part in path:
        while get_origin(current) is Annotated:
            current = get_args(current)[0]
        if isinstance(current, type) and issubclass(current, Policy):
            known = current.model_fields.get(str(part))
            current = known.annotation if known else None
        else:
            inside = get_args(current)
            current = inside[0 if isinstance(part, int) else 1] if len(inside) > 1 else None
    return current


def _is_table(annotation: object) -> bool:
    return get_origin(annotation) is Mapping or (isinstance(annotation, type) and issubclass(annotation, Policy))


def _known_keys(path: Path) -> list[str]:
    annotation = _annotation(path)
    if isinstance(annotation, type) and issubclass(annotation, Policy):
        return list(annotation.model_fields)
    return []


def _example(path: Path) -> str:
    parent = _annotation(path[:-1])
    if isinstance(parent, type) and issubclass(parent, Policy):
        examples = parent.model_fields[str(path[-1])].examples
        return json.dumps(examples[0]) if examples else '"..."'
    return "1"


def meaning_problems(playbook: Playbook) -> list[Problem]:
    """The problems of a file whose shape is right: names that lead nowhere, and what no policy may allow."""
    found = chain(
        _ladders_of_rules(playbook),
        _one_person_ladders(playbook),
        _steps_without_wait(playbook),
        _window_keys(playbook),
        _outward_autonomy(playbook),
        _pilot_without_teams(playbook),
    )
    return list(found)


def _ladders_of_rules(playbook: Playbook) -> Iterator[Problem]:
    named: list[tuple[Path, str | None]] = [(("one_person", "ladder"), playbook.one_person.ladder)]
    for name in RULES:
        named.append((("rules", name, "ladder"), playbook.rule(name).ladder))
        named.append((("rules", name, "one_person_ladder"), playbook.rule(name).one_person_ladder))
    for path, ladder in named:
        if ladder is not None and ladder not in playbook.ladders:
            what = f'{place(path)}: there is no ladder "{ladder}".'
            yield Problem(path, what, did_you_mean(ladder, playbook.ladders))


def _one_person_ladders(playbook: Playbook) -> Iterator[Problem]:
    named = (playbook.one_person.ladder, *(playbook.rule(name).one_person_ladder for name in RULES))
    for name in sorted({name for name in named if name and name in playbook.ladders}):
        for number, step in enumerate(playbook.ladders[name].steps):
            if step.do in NEEDS_A_SECOND_PERSON:
                path: Path = ("ladders", name, "steps", number, "do")
                what = f'{place(path)}: "{step.do}" needs a second person; this ladder is for a business of one.'
                yield Problem(path, what, 'Write "other_channel" or "ask_outcome".')


def _steps_without_wait(playbook: Playbook) -> Iterator[Problem]:
    for name, ladder in playbook.ladders.items():
        for number, step in enumerate(ladder.steps):
            if not step.after.amount:
                path: Path = ("ladders", name, "steps", number, "after")
                what = f"{place(path)}: a step that waits for nothing would never stop."
                yield Problem(path, what, 'Write a time such as "1 business day".')


def _window_keys(playbook: Playbook) -> Iterator[Problem]:
    known = [*LEAD_TYPES, *CALL_INTENTS, HOLDING, VOICEMAIL, *playbook.segments]
    for name in RULES:
        for key in playbook.windows.of(name):
            if key not in known:
                path: Path = ("windows", name, key)
                what = f'{place(path)} is no lead type, call intent, segment, "holding" or "voicemail".'
                yield Problem(path, what, did_you_mean(key, known))


def _outward_autonomy(playbook: Playbook) -> Iterator[Problem]:
    for kind in OUTWARD:
        if getattr(playbook.autonomy, kind) == "auto":
            path: Path = ("autonomy", kind)
            what = f"{place(path)}: what a customer sees is never sent without approval."
            yield Problem(path, what, 'Write "approve" or "never".')


def _pilot_without_teams(playbook: Playbook) -> Iterator[Problem]:
    if playbook.rollout.stage == "pilot" and not playbook.rollout.teams:
        path: Path = ("rollout", "teams")
        fix = 'Write teams = ["sales-berlin"], or stage = "all".'
        yield Problem(path, f"{place(path)}: a pilot needs a team.", fix)
