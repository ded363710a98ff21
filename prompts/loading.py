"""Loads a prompt file: a TOML header between two lines of +++, the instructions, a line of ---, and the message."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

# Every prompt of the house; an explicit list, so that a file that nobody uses cannot lie here.
NAMES = ("answer", "brief", "classify_call", "draft", "extract_promises")

_FILE = re.compile(r"\A\+\+\+\n(?P<header>.*?)\n\+\+\+\n(?P<instructions>.+?)\n---\n(?P<message>.+)\Z", re.DOTALL)
_INPUT = re.compile(r"\{\{(\w+)\}\}")
_HEADER = frozenset({"purpose", "inputs", "foreign", "output", "counterpart", "suite", "most_tokens"})
_FENCE_LENGTH = 16


class BadPrompt(Exception):
    """A prompt file, or what was put into it, is not as its header says."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt. `hash`: SHA-256 over the whole file, so a changed word is another prompt.

    `instructions` never hold an input; `foreign` are the inputs that others wrote, rendered inside a fence. `output`
    names the schema, `counterpart` the deterministic code that does the same job, `suite` the evaluation of both.
    `most_tokens`: the longest reply that makes sense.
    """

    name: str
    text: str
    hash: str
    purpose: str
    inputs: tuple[str, ...]
    foreign: frozenset[str]
    output: str
    counterpart: str
    suite: str
    most_tokens: int
    instructions: str
    message: str

    def render(self, **inputs: str) -> str:
        """The message with its inputs; raises BadPrompt where one is missing or does not belong here."""
        if missing := sorted(set(self.inputs) - inputs.keys()):
            raise BadPrompt(f"The prompt {self.name} lacks {', '.join(missing)}.")
        if extra := sorted(inputs.keys() - set(self.inputs)):
            raise BadPrompt(f"The prompt {self.name} has no input {', '.join(extra)}.")
        return _INPUT.sub(lambda match: self._shown(match[1], inputs[match[1]]), self.message)

    def _shown(self, name: str, text: str) -> str:
        if name not in self.foreign:
            return text
        # A text cannot hold its own digest, so it cannot close its own fence.
        key = sha256(f"{name}\n{text}".encode()).hexdigest()[:_FENCE_LENGTH]
        return f"<data {name} {key}>\n{text}\n</data {name} {key}>"


@cache
def load(name: str) -> Prompt:
    """The prompt of that name; raises BadPrompt where there is none, or its file is not as it should be."""
    if name not in NAMES:
        raise BadPrompt(f"There is no prompt {name}; there are {', '.join(NAMES)}.")
    return parse(name, (files("prompts") / f"{name}.md").read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Prompt:
    """Reads a prompt file; raises BadPrompt with what is wrong in it."""
    found = _FILE.match(text)
    if not found:
        raise BadPrompt(f"The prompt {name} has no header, no instructions, or no message behind a line of ---.")
    header: dict[str, Any] = tomllib.loads(found["header"])
    if header.keys() != _HEADER:
        raise BadPrompt(f"The header of {name} must name exactly: {', '.join(sorted(_HEADER))}.")
    used, named = set(_INPUT.findall(found["message"])), set(header["inputs"])
    if used != named or not set(header["foreign"]) <= named or _INPUT.search(found["instructions"]):
        raise BadPrompt(f"The inputs of {name} are not those that its message holds: {sorted(used ^ named)}.")
    return Prompt(
        name=name,
        text=text,
        hash=sha256(text.encode()).hexdigest(),
        purpose=header["purpose"],
        inputs=tuple(header["inputs"]),
        foreign=frozenset(header["foreign"]),
        output=header["output"],
        counterpart=header["counterpart"],
        suite=header["suite"],
        most_tokens=header["most_tokens"],
        instructions=found["instructions"].strip(),
        message=found["message"].strip(),
    )
