"""The files that the pages load: from this package only, under a path that changes with their content."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"


class _Files(StaticFiles):
    """Serves `<version>/<file>`: browsers may keep it, for another content stands under another path."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file, whichever version was asked for; a page that is still open may name the one before."""
        version, _, name = path.partition("/")
        response = await super().get_response(name, scope)
        response.headers["Cache-Control"] = _FOREVER if version == assets_version() else "no-cache"
        return response


@cache
def assets_version() -> str:
    """A digest over all files, by which their paths change when one of them does."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def mount() -> Mount:
    """The route of the files; they show nothing of the installation, so nobody is asked who they are."""
    return Mount("/static", _Files(directory=STATIC), name="static")
