"""The visible text of an HTML mail: no scripts, no styles, nothing that the reader would not have seen."""

import re
from collections import Counter
from html.parser import HTMLParser

# Beyond this a mail is a catalogue or an attack; its head tells enough.
LONGEST_HTML = 256 * 1024
DROPPED = frozenset((
    "script", "style", "head", "title", "template", "noscript", "svg", "object",
))  # fmt: skip
VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
))  # fmt: skip
BLOCKS = frozenset((
    "address", "article", "blockquote", "div", "dl", "dt", "dd", "fieldset", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table",
    "tr", "ul",
))  # fmt: skip
CLOSED_BY_NEXT = frozenset((
    "p", "li", "tr", "td", "th", "dt", "dd", "option",
))  # fmt: skip
HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:font-size|max-height|opacity)\s*:\s*0"
    r"(?![.\d]*[1-9])"
)


# The parser takes quadratic time over tags that never close: it is given whole tags only.
MARKUP = re.compile(r"(?s)<!--.*?(?:-->|\Z)|(</?[a-zA-Z][^<>]*>)|<[!?][^<>]*>|<")


def html_to_text(html: str) -> str:
    """Plain text with a line for each block; quoted blocks get `> ` before their lines."""
    reader = _Reader()
    reader.feed(MARKUP.sub(_whole_tag, html[:LONGEST_HTML]))
    reader.close()
    lines = (re.sub(r"[ \t\xa0\u200b\u200c\ufeff]+", " ", line).strip() for line in reader.text().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _whole_tag(found: re.Match[str]) -> str:
    if found[1]:
        return found[1] if found[1].count('"') % 2 == 0 else found[1].replace('"', "")
    return "&lt;" if found[0] == "<" else ""


class _Reader(HTMLParser):
    """Collects text; `_open` is the stack of open elements: name, whether it hides, whether it quotes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, bool, bool]] = []
        self._names: Counter[str] = Counter()
        self._hidden = 0
        self._quoted = 0
        self._parts: list[str] = []

    def text(self) -> str:
        return "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._line()
        if tag in VOID:
            return
        if tag in CLOSED_BY_NEXT and self._open and self._open[-1][0] == tag:
            self._close()
        hidden = tag in DROPPED or _hides(dict(attrs))
        self._open.append((tag, hidden, tag == "blockquote"))
        self._names[tag] += 1
        self._hidden += hidden
        self._quoted += tag == "blockquote"
        if tag in BLOCKS:
            self._line()

    def handle_endtag(self, tag: str) -> None:
        if not self._names[tag]:
            return
        while self._close() != tag:
            pass
        if tag in BLOCKS:
            self._line()

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        flat = re.sub(r"\s+", " ", data)
        if self._quoted and flat.strip() and (not self._parts or self._parts[-1].endswith("\n")):
            flat = "> " + flat.lstrip()
        self._parts.append(flat)

    def _close(self) -> str:
        tag, hidden, quotes = self._open.pop()
        self._names[tag] -= 1
        self._hidden -= hidden
        self._quoted -= quotes
        return tag

    def _line(self) -> None:
        if self._parts and not self._hidden:
            self._parts.append("\n")


def _hides(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    return HIDDEN.search((attributes.get("style") or "").lower()) is not None
