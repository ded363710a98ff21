"""The phrases by which a sentence gives itself away, in English and German, as compiled patterns."""

import re
import tomllib
from pathlib import Path

_lists: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))
PHRASES = {name: re.compile("|".join(patterns), re.IGNORECASE) for name, patterns in _lists.items()}
