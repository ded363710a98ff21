"""An answer as Markdown: its words as plain text, its citations as links to our own pages and to nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from agent_runtime.assistant.models import Answer, Source
from agent_runtime.doors.chat.shapes import Annotation, UrlCitation

# What could become a link, an image or HTML in a client that renders Markdown: records are written by strangers.
_ACTIVE = re.compile(r"([\\`<>\[\]]|(?<=:/)/|(?<=\bwww)\.)", re.IGNORECASE)
_PIECE = re.compile(r"\[\[\d+\]\]\([^)]*\)\s*|\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Marked:
    """The text of an answer and where its citations lead."""

    text: str
    annotations: tuple[Annotation, ...]

    def pieces(self) -> Iterator[str]:
        """The text word by word, a citation whole; together they are the text."""
        yield from _PIECE.findall(self.text)


def marked(answer: Answer, site: str) -> Marked:
    """The answer with its marks as links below `site` (https://host, without a slash at the end)."""
    writing = _Writing(site.rstrip("/"), {source.id: source for source in answer.sources})
    if answer.statements:
        for statement in answer.statements:
            writing.say(statement.text, statement.citations)
    else:
        writing.say(answer.answer, ())
    for name in answer.cannot_see:
        writing.say(f"Not seen: {name}.", ())
    for proposal in answer.proposals:
        kind, title = proposal.kind, proposal.title
        writing.say(f"Proposed ({kind}): {title}. Nothing is done until you confirm it in Tenure.", ())
    return Marked(writing.text, tuple(writing.annotations))


class _Writing:
    """A text in the making."""

    def __init__(self, site: str, sources: dict[str, Source]) -> None:
        self.site, self.sources = site, sources
        self.text = ""
        self.annotations: list[Annotation] = []
        self._numbers: dict[str, int] = {}

    def say(self, words: str, citations: tuple[str, ...]) -> None:
        self.text += ("\n\n" if self.text else "") + plain(words)
        for source_id in citations:
            if source := self.sources.get(source_id):
                self._cite(source)

    def _cite(self, source: Source) -> None:
        number = self._numbers.setdefault(source.id, len(self._numbers) + 1)
        url = self.site + quote(source.link, safe="/#?=&%:~")
        self.text += " "
        start = len(self.text)
        self.text += f"[[{number}]]({url})"
        place = UrlCitation(start_index=start, end_index=len(self.text), title=source.title or source.kind, url=url)
        self.annotations.append(Annotation(url_citation=place))


def plain(words: str) -> str:
    """`words` so that Markdown shows them as they stand, with nothing in them that a client would follow or load."""
    return _ACTIVE.sub(r"\\\1", words)
