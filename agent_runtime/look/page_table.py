"""Tables of the page: rows that become blocks on a narrow screen, and counts that stay a table."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from agent_runtime.look.markup import Content, Markup, element


def rows(header: Sequence[str], lines: Sequence[Sequence[Content]]) -> Markup:
    """A table of texts; on a narrow screen each line is a block, and all cells but the first two bear their name."""
    head = element("thead", element("tr", [element("th", name) for name in header]))
    body = element(
        "tbody", [element("tr", [_cell(n, header[n], cell) for n, cell in enumerate(line)]) for line in lines]
    )
    return element("table", head, body, class_="rows")


def counts(header: Sequence[str], lines: Sequence[Sequence[Content]]) -> Markup:
    """A table of numbers, whose first column names them."""
    head = element("tr", [element("th", name, **_number(n)) for n, name in enumerate(header)])
    body = [element("tr", [element("td", cell, **_number(n)) for n, cell in enumerate(line)]) for line in lines]
    return element("table", element("thead", head), element("tbody", body), class_="counts")


def bar(shares: Sequence[tuple[str, int]]) -> Markup:
    """A bar of coloured parts, each as wide as its number; (name of the part, number)."""
    total = sum(number for _, number in shares) or 1
    parts = [
        element("i", class_=name.replace("_", "-"), style=f"width:{100 * number / total:.1f}%")
        for name, number in shares
        if number
    ]
    told = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in shares)
    return element("div", parts, class_="bar", role="img", aria_label=told)


def legend(names: Sequence[str]) -> Markup:
    """What the colours of the bars mean."""
    parts = [element("span", element("i", class_=x.replace("_", "-")), x.replace("_", " ")) for x in names]
    return element("div", parts, class_="legend")


def day_of(moment: datetime, zone: ZoneInfo) -> str:
    """The day of a moment in `zone`, as 4 May 2025."""
    return f"{moment.astimezone(zone):%-d %b %Y}"


def _cell(place: int, name: str, content: Content) -> Markup:
    return element("td", content, **({"data_name": name} if place > 1 else {}))


def _number(place: int) -> dict[str, str]:
    return {"class_": "number"} if place else {}
