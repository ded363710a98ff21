"""Secrets by reference: env:NAME or file:/path says where one is, so that none stands in a setting or a row."""

import os
from pathlib import Path

from pydantic import SecretStr

from agent_runtime.errors import BadSetting


def secret_in(reference: str) -> SecretStr:
    """The secret that a reference names; raises BadSetting, naming the place and nothing else."""
    scheme, _, place = reference.partition(":")
    found = os.environ.get(place, "") if scheme == "env" else _first_line(place) if scheme == "file" else ""
    if not found:
        raise BadSetting(
            f"No secret was found in {reference[:200]}.", fix='Write "env:NAME" or "file:/path", and put it there.'
        )
    return SecretStr(found)


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        return ""
