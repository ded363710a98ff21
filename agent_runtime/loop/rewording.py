"""A model may word a finished mail anew; its words count only where they say what the mail said, and no more."""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.grounding import check, facts_from, message_of, promises_something, sentences_of, word_count
from agent_runtime.llm import Model, ModelRequest, NoReply
from agent_runtime.llm.schemas import DraftText
from agent_runtime.loop.catalogue import Catalogue, catalogue
from agent_runtime.loop.mail import opening_of, signature_of
from agent_runtime.loop.situation import Situation
from prompts import load

PROMPT, PURPOSE = "draft", "draft"
PROGRAM, MODEL = "program", "model"
# Of their words so much is shown to the model; manner needs no more.
MOST_OF_THEIRS = 1_500
SHORTEST, LONGEST = 0.6, 1.5
_LEAST_STEM = 5
# A sentence of light words alone has to be one of the mail's own, more or less.
_SHARED = 0.6
# What somebody does stands within so many words behind them.
_WINDOW = 3
_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
_WE = re.compile(r"\b(?:I|we|ich|wir)(?:['\u2019]\w+)?((?:\s+[\w'\u2019-]+){1,6})", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|\w+n['\u2019]t|nicht|nichts|nie|niemand|kein\w*|ohne)\b",
    re.IGNORECASE,
)
_ABOUT_SPECIFICS = frozenset({"address", "link", "date", "date_form", "time", "number", "name", "hidden_character"})
# Greeting and closing line are the program's.
_FRAME = re.compile(
    r"\A\s*(?:hello|hi|dear|good (?:morning|day|afternoon)|hallo|guten|sehr geehrte\w*|liebe[rs]?)\b"
    r"|\b(?:kind|best|warm) regards\b|\bsincerely\b|\bGrüßen?\b",
    re.IGNORECASE,
)
Refuse = Callable[[dict[str, Any]], list[str]]


@dataclass(frozen=True, slots=True)
class Wording:
    """Who worded a mail, `program` or `model`; which model was asked by which request; why its words did not count.

    `reason`: the port's reason, or the names of the rules that were broken; never any text.
    """

    by: str
    model: str
    request_hash: str
    prompt_hash: str
    reason: str

    def entry(self, now: datetime, item_id: str) -> Entry:
        """The line of the audit."""
        return Entry(now, ActorKind.AGENT, "agent", "draft.worded", item_id, asdict(self))


def reword(situation: Situation, plain: dict[str, Any], model: Model, refuse: Refuse) -> tuple[dict[str, Any], Wording]:
    """The mail (as draft.to_json gives it) in the model's words where they pass, else as it was; and who worded it.

    Subject, recipients, greeting and signature are never the model's. `refuse` is the check that every mail passes.
    """
    prompt = load(PROMPT)
    parts = _parts(situation, plain)
    if parts is None:
        return plain, Wording(PROGRAM, "", "", "", "no message of its own")
    before, message, after = parts
    inputs = {
        "language": plain["language"],
        "message": message,
        "kept": "\n".join(chip["text"] for chip in plain["promises"]),
        "their_words": _their_words(situation),
    }
    reply = model.ask(ModelRequest(prompt, inputs, DraftText, PURPOSE, situation.account_id, situation.now))
    if isinstance(reply, NoReply):
        return plain, Wording(PROGRAM, model.name, "", prompt.hash, reply.reason.value)
    told = (model.name, reply.request_hash, prompt.hash)
    new = _tidied(reply.value.message)
    if new == message:
        return plain, Wording(PROGRAM, *told, "unchanged")
    candidate = plain | {"body": f"{before}{new}{after}"}
    if wrong := [*differences(situation, plain, new), *(line.partition(":")[0] for line in refuse(candidate))]:
        return plain, Wording(PROGRAM, *told, ", ".join(sorted(set(wrong))))
    return candidate, Wording(MODEL, *told, "")


def differences(situation: Situation, plain: dict[str, Any], new: str) -> list[str]:
    """The rules by which the message `new` says more, less or something else than the mail; none: it says the same."""
    parts = _parts(situation, plain)
    assert parts is not None
    old = parts[1]
    return list(dict.fromkeys([*_specifics(old, new, situation), *_manner(old, new, situation, plain)]))


def _specifics(old: str, new: str, situation: Situation) -> Iterator[str]:
    """Every day, time, number, address, link and name is one of the mail's own, and none is left out."""
    today = situation.now.astimezone(situation.zone).date()
    before, after = facts_from([old], today=today), facts_from([new], today=today)
    for name in ("dates", "times", "numbers", "addresses", "links"):
        if getattr(before, name) != getattr(after, name):
            yield f"other {name}"
    texts = catalogue(situation.language)
    allowed = replace(before, vocabulary=texts.vocabulary if texts else frozenset())
    yield from (f"other {found.rule}" for found in check(new, "", allowed) if found.rule in _ABOUT_SPECIFICS)


def _manner(old: str, new: str, situation: Situation, plain: dict[str, Any]) -> Iterator[str]:
    if not SHORTEST <= word_count(new) / max(word_count(old), 1) <= LONGEST:
        yield "other length"
    if old.count("?") != new.count("?"):
        yield "other question"
    if len(_NEGATION.findall(old)) != len(_NEGATION.findall(new)):
        yield "other negation"
    if _FRAME.search(new) and not _FRAME.search(old):
        yield "own greeting"
    chips = [chip["text"] for chip in plain["promises"]]
    sentences = sentences_of(new)
    if any(chip not in new for chip in chips) or any(
        promises_something(sentence) and not any(chip in sentence for chip in chips) for sentence in sentences
    ):
        yield "other promise"
    if situation.previous_opening.strip() and opening_of(new) == opening_of(situation.previous_opening):
        yield "same opening"
    texts = catalogue(plain["language"])
    if texts:
        yield from _words(old, new, texts)


def _words(old: str, new: str, texts: Catalogue) -> Iterator[str]:
    """Words may be the mail's own, the templates' and light ones. Put together they could still say something else: so
    what is not a question speaks of the mail's matter, and what we ourselves do is what we did there."""
    own = {word for word in _folded(old) if word not in texts.light}
    stems = {word[:length] for word in own for length in range(_LEAST_STEM, len(word) + 1)}
    before = [set(_folded(sentence)) for sentence in sentences_of(old)]
    for sentence in sentences_of(new):
        said = _folded(sentence)
        heavy = [word for word in said if word not in texts.light]
        theirs = [word for word in heavy if word not in own and _stem(word) not in stems]
        if any(word not in texts.house_words for word in theirs):
            yield "new words"
        anchored = len(heavy) > len(theirs) or sentence.endswith("?")
        if not anchored and not any(len(one & set(said)) >= _SHARED * len(set(said)) for one in before):
            yield "new sentence"
    if _deeds(new, texts.light, _WINDOW) - _deeds(old, texts.light, 2 * _WINDOW):
        yield "other deed"


def _deeds(text: str, light: frozenset[str], window: int) -> set[str]:
    """The stems of the words close behind I and we; names and negations are judged elsewhere."""
    behind = (word for match in _WE.finditer(text) for word in match[1].split()[:window])
    small = " ".join(word for word in behind if word[0].islower() and not _NEGATION.fullmatch(word))
    return {_stem(word) for word in _folded(small) if word not in light}


def _folded(text: str) -> list[str]:
    """The words without what is drawn onto them: don't is do, I'd is I."""
    plain = (word.replace("\u2019", "'").casefold() for word in _WORD.findall(text))
    return [word.removesuffix("n't") if word.endswith("n't") else word.partition("'")[0] for word in plain]


def _stem(word: str) -> str:
    return word[: max(_LEAST_STEM, len(word) - 3)]


def _parts(situation: Situation, plain: dict[str, Any]) -> tuple[str, str, str] | None:
    """What stands before the message, the message, and what stands behind it."""
    texts = catalogue(plain["language"])
    signature = signature_of(situation, texts) if texts else situation.sender.signature
    body = str(plain["body"])
    message = message_of(body, signature)
    if not message or body.count(message) != 1:
        return None
    before, _, after = body.partition(message)
    return before, message, after


def _their_words(situation: Situation) -> str:
    texts = situation.thread.texts if situation.thread else ()
    theirs = [text.text for text in texts if text.direction == "inbound"]
    return theirs[-1][:MOST_OF_THEIRS] if theirs else ""


def _tidied(message: str) -> str:
    """Paragraphs with one blank line between them and no spaces at their ends."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", message.strip())]
    return "\n\n".join(part for part in paragraphs if part)
