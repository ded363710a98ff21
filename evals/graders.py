"""What a program can judge of a mail that waits for a person: the rules of a good draft, one grader each.

They read the text and the case's own story, not the product's lists: a rule that the product lost is still judged.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from agent_runtime.grounding import check, facts_from, message_of, promises_something, sentences_of, word_count
from agent_runtime.ingest.extract import language
from evals.story import ZONE, Cast, moment

FILLER = (
    "checking in", "touching base", "touch base", "circling back", "circle back", "bumping this", "my last mail",
    "get a chance", "any updates", "finds you well", "sorry to bother", "as per", "several times", "last chance",
    "your usage dropped", "you opened", "you visited", "our system", "our crm", "pipeline", "churn", "quarter",
    "our ai", "hope this", "hi there", "dear sir", "wollte nur kurz", "wollte mich nur", "hoffe, es geht",
)  # fmt: skip
RELATIVE = re.compile(
    r"\b(?:yesterday|tomorrow|(?:last|next|this) (?:week|month|quarter|monday|tuesday|wednesday|thursday|friday)"
    r"|\w+ (?:days?|weeks?|months?) ago|recently|gestern|(?<!guten )morgen|(?:letzte|nächste|diese)[nrsm]? woche"
    r"|vor \w+ (?:tagen|wochen))\b",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(r"\[[^\]]*\]|\{[^}]*\}|<[^>]*>|\bTODO\b|\bNone\b")
LEAST, MOST = 50, 125
TAUGHT = frozenset({"date", "number", "time", "address", "link", "name", "attachment", "hidden_character", "markup"})


@dataclass(frozen=True, slots=True)
class Drafted:
    """One mail of an item, with the story that its account was told."""

    row: Mapping[str, Any]
    case: Mapping[str, Any]
    cast: Cast
    account: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def body(self) -> str:
        """The whole mail, greeting to signature."""
        return str(self.row["action"]["body"])

    @property
    def core(self) -> str:
        """The mail without greeting and signature."""
        return message_of(self.body, (_last_paragraph(self.body)))

    @property
    def delivered(self) -> datetime:
        """When it was put before a person."""
        return datetime.fromisoformat(str(self.row["delivered_at"]) + "+00:00")


Grader = Callable[[Drafted], str | None]


def grade_mail(drafted: Drafted) -> dict[str, str | None]:
    """Every rule's verdict on one mail; None is good."""
    return {name: grader(drafted) for name, grader in GRADERS.items()}


def _last_paragraph(body: str) -> tuple[str, ...]:
    return tuple(body.strip().rpartition("\n\n")[2].splitlines())


def one_ask(drafted: Drafted) -> str | None:
    """Exactly one question; none is free only where the mail pays a debt."""
    asked = drafted.core.count("?")
    pays = drafted.row["signal"] in ("promise_due", "answer_owed")
    return None if asked == 1 or (asked == 0 and pays) else f"{asked} questions"


def length(drafted: Drafted) -> str | None:
    """Fifty to 125 words in four to eight sentences."""
    words, sentences = word_count(drafted.core), len(sentences_of(drafted.core))
    good = LEAST <= words <= MOST and 4 <= sentences <= 8
    return None if good else f"{words} words in {sentences} sentences"


def banned(drafted: Drafted) -> str | None:
    """No filler, no talk of our systems, no exclamation mark."""
    text = drafted.body.casefold()
    found = [x for x in FILLER if x in text] + (["!"] if "!" in text else [])
    return ", ".join(found) or None


def slot_provenance(drafted: Drafted) -> str | None:
    """Nothing is left unfilled, and each citation is a record of this very account, quoted as it stands there."""
    if left := PLACEHOLDER.search(drafted.body):
        return f"left unfilled: {left[0]}"
    known = {x["id"] for x in drafted.account["activities"]}
    told = " ".join(" ".join(texts_of(drafted.case)).split())
    for cited in drafted.row["evidence"]:
        if cited["activity_id"] not in known:
            return f"cites {cited['activity_id']}, which is no record of the account"
        quote = " ".join(str(cited.get("quote") or "").split())
        if quote and quote.rstrip("….") not in told and not _is_label(quote):
            return f"quotes what nobody said: {quote}"
    return None


def _is_label(quote: str) -> bool:
    """The name of a record's kind or of an object, which the record's fields state."""
    return len(quote.split()) <= 6


def date_form(drafted: Drafted) -> str | None:
    """Days are named, not counted from a day that the reader has to guess."""
    found = RELATIVE.search(drafted.body)
    return found[0] if found else None


def promise_chip(drafted: Drafted) -> str | None:
    """Each promise of the text is shown to its sender, with its due time."""
    chips = " ".join(str(x["text"]) for x in drafted.row["beside"]["promises"])
    bare = [x for x in sentences_of(drafted.core) if promises_something(x) and x.rstrip(".") not in chips]
    return f"no chip: {bare[0]}" if bare else None


def same_language(drafted: Drafted) -> str | None:
    """The language in which the customer writes."""
    found = language(drafted.body)
    return None if found in (None, drafted.cast.language) else f"{found} to one who writes {drafted.cast.language}"


def greeting_mirror(drafted: Drafted) -> str | None:
    """Greeted as the sender greeted this person last; else by a name that a record has, never a guess."""
    first = drafted.body.splitlines()[0]
    before = [x for x in _own_mails(drafted) if x]
    if before and before[-1] != first:
        return f"{first!r} after {before[-1]!r}"
    names = drafted.cast.contact_name.split()
    return None if any(x in first for x in names) or len(first.split()) <= 2 else f"greets {first!r}"


def _own_mails(drafted: Drafted) -> list[str]:
    steps = [x for x in drafted.case["story"] if x[1] == "mail_out" and moment(x[0]) < drafted.delivered]
    ours = [x[2] for x in steps if len(x) > 2 and x[2].get("to", "kim") == "kim" and x[2].get("by", "anna") == "anna"]
    heads = [str(x.get("text") or "").splitlines()[:1] for x in ours]
    return [x[0] for x in heads if x and x[0].endswith(",")]


def debts_first(drafted: Drafted) -> str | None:
    """While we owe this person something, the mail is about that and about nothing else."""
    owing = {x["id"] for x in drafted.account["interactions"] if x["kind"] in ("promise", "open_question")}
    due = [x for x in drafted.account["expectations"] if x["interaction_id"] in owing and _was_late(x, drafted)]
    wrong = due and drafted.row["signal"] not in ("promise_due", "answer_owed", "missed_call", "callback_promised")
    return f"writes about {drafted.row['signal']} while {due[0]['rule']} is owed" if wrong else None


def _was_late(row: Mapping[str, Any], drafted: Drafted) -> bool:
    """Whether it was owed when the draft was delivered, and already late."""
    at = str(drafted.row["delivered_at"])
    settled = row["settled_at"]
    return row["turn"] == "ours" and str(row["due_at"]) < at and (settled is None or str(settled) > at)


def no_repeated_discovery(drafted: Drafted) -> str | None:
    """Asks nothing that the customer has told us; the case names words that would."""
    text = drafted.body.casefold()
    return next((f"asks again: {x}" for x in drafted.case.get("answered", ()) if x.casefold() in text), None)


def grounded(drafted: Drafted) -> str | None:
    """Each name, number, day, time, address and link stands in what this account was told."""
    texts = [*texts_of(drafted.case), drafted.cast.contact_name, drafted.cast.company_name, "Anna Berg", "Bela Roth",
             "Cold room", "Send the drawing", "Berlin", "Kim Lou Haller"]  # fmt: skip
    facts = facts_from(texts, today=drafted.delivered.astimezone(ZONE).date(), dates=_days(drafted))
    times = {f"{x.astimezone(ZONE):%H:%M}" for x in _moments(drafted)}
    allowed = replace(facts, times=facts.times | times, thread_subject=str(drafted.row["action"]["subject"]),
                      vocabulary=_Everything() if drafted.cast.language == "de" else frozenset())  # fmt: skip
    found = [x for x in check(drafted.body, str(drafted.row["action"]["subject"]), allowed) if x.rule in TAUGHT]
    return f"{found[0].rule}: {found[0].text}" if found else None


class _Everything(frozenset[str]):
    """German writes every noun with a capital: names are not judged there."""

    def __or__(self, other: object) -> "_Everything":
        return self

    def __ror__(self, other: object) -> "_Everything":
        return self

    def __contains__(self, word: object) -> bool:
        return True


def texts_of(case: Mapping[str, Any]) -> list[str]:
    """Every text that the case's records hold, subjects and names with them."""
    steps = [x[2] for x in case["story"] if len(x) > 2]
    words = [str(x[name]) for x in steps for name in _TEXTS if x.get(name)]
    spoken = [str(part["text"]) for x in steps for part in x.get("transcript") or ()]
    return [*words, *spoken]


_TEXTS = ("text", "html", "subject", "message", "voicemail_text", "name", "notes", "description", "purpose", "amount")


def _moments(drafted: Drafted) -> list[datetime]:
    rows = [*drafted.account["activities"], *drafted.account["expectations"]]
    named = [str(row[name]) for row in rows for name in ("occurred_at", "due_at", "opened_at") if row.get(name)]
    chips = [str(x["due_at"]) for x in drafted.row["beside"]["promises"]]
    found = [datetime.fromisoformat(x) for x in [*named, *chips]]
    return [x if x.tzinfo else datetime.fromisoformat(f"{x.isoformat()}+00:00") for x in found]


def _days(drafted: Drafted) -> list[date]:
    return [x.astimezone(ZONE).date() for x in _moments(drafted)]


GRADERS: dict[str, Grader] = {
    "one_ask": one_ask, "length": length, "banned": banned, "slot_provenance": slot_provenance,
    "date_form": date_form, "promise_chip": promise_chip, "language": same_language,
    "greeting_mirror": greeting_mirror, "debts_first": debts_first,
    "no_repeated_discovery": no_repeated_discovery, "grounded": grounded,
}  # fmt: skip
