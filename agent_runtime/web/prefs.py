"""How somebody likes the pages: kept in a cookie of their browser, because it says nothing of the company."""

from dataclasses import asdict, dataclass
from typing import Literal, cast
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response

COOKIE = "tenure_view"
KEPT_SECONDS = 365 * 24 * 3600
Theme = Literal["system", "light", "dark"]
Density = Literal["roomy", "dense"]
Keys = Literal["on", "off"]
Undo = Literal["rule", "30", "60"]
CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("system", "light", "dark"),
    "density": ("roomy", "dense"),
    "keys": ("on", "off"),
    "undo": ("rule", "30", "60"),
}


@dataclass(frozen=True, slots=True)
class Prefs:
    """What was chosen. `undo`: seconds to take an approval back, or as the company's rule says."""

    theme: Theme = "system"
    density: Density = "roomy"
    keys: Keys = "on"
    undo: Undo = "rule"


def prefs_of(request: Request) -> Prefs:
    """What the browser was told before; what it brings that is no choice counts as not chosen."""
    given = dict(parse_qsl(request.cookies.get(COOKIE, "")[:500]))
    kept = {name: given[name] for name, choices in CHOICES.items() if given.get(name) in choices}
    return Prefs(**cast(dict[str, "Theme"], kept))  # type: ignore[arg-type]


def keep(response: Response, prefs: Prefs, *, secure: bool) -> None:
    """Tells the browser to bring this from now on."""
    response.set_cookie(
        COOKIE, urlencode(asdict(prefs)), max_age=KEPT_SECONDS, path="/", secure=secure, httponly=True, samesite="lax"
    )
