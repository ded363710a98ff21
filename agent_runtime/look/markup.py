"""Builds HTML out of values: every text is escaped, only what was built here is not."""

from collections.abc import Iterable
from html import escape

EMPTY = frozenset({"meta", "br"})
# Invisible, and needed to write some languages.
_JOINERS = "\u200c\u200d"


class Markup(str):
    """HTML that was built here; every other text is hostile until it is escaped."""

    __slots__ = ()


Content = str | int | Iterable["Content"]


def element(name: str, /, *content: Content, **attributes: str) -> Markup:
    """One element. A trailing underscore of an attribute falls away (class_), others become dashes."""
    told = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(text)}"' for key, text in attributes.items())
    return Markup(f"<{name}{told}>" if name in EMPTY else f"<{name}{told}>{joined(content)}</{name}>")


def joined(content: Content) -> Markup:
    """Texts escaped, markup as it is, lists one after the other."""
    if isinstance(content, Markup):
        return content
    if isinstance(content, str):
        return Markup(escape(visible(content)))
    if isinstance(content, int):
        return Markup(f"{content:,}")
    return Markup("".join(joined(one) for one in content))


def visible(text: str) -> str:
    """A text without control characters and those that turn its direction around; any blank is a plain one."""
    return "".join(" " if x.isspace() else x for x in text if x.isprintable() or x.isspace() or x in _JOINERS)
