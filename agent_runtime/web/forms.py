"""Reads what forms send: plain fields, many of one name, nothing that a database would not hold."""

from urllib.parse import parse_qsl

from fastapi import Request

from agent_runtime.errors import BadInput

_MOST_FIELDS = 1_000


async def fields(request: Request) -> dict[str, list[str]]:
    """The fields of a form with all values of each, line breaks as the rest of the house writes them.

    Raises BadInput for a body that is no such form or has a NUL in it.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise BadInput("This is not the form of a page.", fix="Use the page, or the API with JSON.")
    try:
        text = (await request.body()).decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise BadInput("This form cannot be read.", fix="Load the page again.") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if "\0" in value:
            raise BadInput("A text in it has a NUL character.", fix="Take it out.")
        found.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return found


def first(form: dict[str, list[str]], name: str) -> str:
    """The first value of a field without the blanks around it, empty where it was not sent."""
    return form.get(name, [""])[0].strip()
