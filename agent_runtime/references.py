"""Secrets by reference: env:NAME or file:/path says where one is, so that none stands in a setting or a row."""

import os
import re
from pathlib import Path

from pydantic import SecretStr

from agent_runtime.errors import BadSetting

_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/[^\x00-\x1f]+")
# What stands on several lines: a key as PEM, a service account as JSON.
_WHOLE = ("-----BEGIN ", "{")


def is_reference(given: str) -> bool:
    """Whether this names a place where a secret can be."""
    return _REFERENCE.fullmatch(given) is not None


def secret_in(reference: str, what: str = "The secret") -> SecretStr:
    """The secret that a reference names: a variable, or a file's first line (the whole of one that holds a key).

    Raises BadSetting, naming `what` and the place; whatever is no reference could be the secret itself, so it is not
    repeated.
    """
    found = _found(reference) if is_reference(reference) else ""
    if not found:
        place = reference if is_reference(reference) else "what is no reference"
        raise BadSetting(f"{what} was not found in {place}.", fix='Write "env:NAME" or "file:/path", and put it there.')
    return SecretStr(found)


def _found(reference: str) -> str:
    scheme, _, place = reference.partition(":")
    return os.environ.get(place, "") if scheme == "env" else _written(Path(place))


def _written(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return text if text.startswith(_WHOLE) else text.partition("\n")[0].strip()
