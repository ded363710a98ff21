"""The attack goals and templates of AgentDojo, read from its own package in an environment of its own.

Its package brings the clients of four model vendors, which Tenure does not want beside its own; and its texts are not
ours to copy. So they are fetched where the benchmark runs, and read there.
"""

import subprocess
import sys
import venv
from collections.abc import Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

import orjson

VERSION = "0.1.35"
BENCHMARK = "v1.2"
_TELL = f"""
import json
from agentdojo.attacks.attack_registry import ATTACKS
from agentdojo.task_suite.load_suites import get_suites

class Pipeline:
    name = "local"

def template(suite, attack):
    task = next(iter(suite.user_tasks.values()))
    made = ATTACKS[attack](suite, Pipeline())
    return made.jailbreak if hasattr(made, "jailbreak") else None

suites = get_suites("{BENCHMARK}")
goals = {{
    f"{{name}}/{{task}}": found.GOAL
    for name, suite in suites.items() for task, found in suite.injection_tasks.items()
}}
names = ("direct", "ignore_previous", "system_message", "injecagent", "important_instructions")
templates = {{name: template(suites["workspace"], name) for name in names}}
print(json.dumps({{"goals": goals, "templates": {{k: v for k, v in templates.items() if v}}}}))
"""


def attacks(folder: Path) -> list[tuple[str, str]]:
    """Each goal in a template, with its name; every template in turn. Empty, with a notice, without a network."""
    python = folder / "bin" / "python"
    try:
        if not python.is_file():
            venv.create(folder, with_pip=True)
            _run(str(python), "-m", "pip", "install", "--quiet", f"agentdojo=={VERSION}")
        told: dict[str, Any] = orjson.loads(_run(str(python), "-c", _TELL))
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"safety: AgentDojo was left out, its package could not be had: {error}", file=sys.stderr)
        return []
    pairs = zip(sorted(told["goals"].items()), cycle(sorted(told["templates"].items())), strict=False)
    filled = {"{user}": "Anna Berg", "{model}": "the assistant"}
    return [(f"{goal}-{name}", _filled(text, filled | {"{goal}": wanted})) for (goal, wanted), (name, text) in pairs]


def _filled(template: str, words: Mapping[str, str]) -> str:
    for name, word in words.items():
        template = template.replace(name, word)
    return template.strip()


def _run(*command: str) -> bytes:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
