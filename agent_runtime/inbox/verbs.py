"""What a person may say about an item: one shape for each verb, the same from every door."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

# Nothing that a database or a mail would not carry: no control characters, in one line no line breaks either.
_PLAIN, _ONE_LINE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$", r"^[^\x00-\x1f\x7f]*$"
Text = Annotated[str, Field(max_length=20_000, pattern=_PLAIN)]
Note = Annotated[str, Field(max_length=500, pattern=_PLAIN)]
Short = Annotated[str, Field(max_length=500, pattern=_ONE_LINE)]
Address = Annotated[str, Field(max_length=320, pattern=_ONE_LINE)]
How = Literal["we_called", "they_called", "we_wrote", "they_wrote", "met"]
Result = Literal["reached", "voicemail", "no_answer", "wrong_number"]
DismissReason = Literal["bad_timing", "wrong_person", "wrong_facts", "not_worth_it", "other"]
# Words of a list, because reasons stand in the ledger and the audit, where nothing personal may stand.
OutcomeReason = Literal[
    "won", "answered", "handled", "price", "competitor", "no_budget", "no_decision", "no_response", "timing",
    "longer_path", "not_a_fit", "duplicate", "spam", "other",
]  # fmt: skip
OutcomeName = Literal["converted", "lost", "disqualified", "deferred"]


class Verb(BaseModel):
    """A decision about one item. `version` and `hash` say what the person saw; another content is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Seen(Verb):
    """A decision that is bound to the content that was shown."""

    draft_version: int = Field(ge=1, le=1_000_000)
    hash: str = Field(pattern="^[0-9a-f]{64}$")


class Changes(BaseModel):
    """What a person changed in a draft; what is not given stays as it was."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: tuple[Address, ...] | None = Field(default=None, max_length=20)
    cc: tuple[Address, ...] | None = Field(default=None, max_length=20)
    subject: Short | None = None
    body: Text | None = None


class Approve(Seen):
    """Yes, to exactly this content; with `draft`, to the content as the person changed it."""

    verb: Literal["approve"]
    draft: Changes | None = None
    execute_at: AwareDatetime | None = None


class Edit(Seen):
    """Another content, not approved yet."""

    verb: Literal["edit"]
    draft: Changes


class NextStep(BaseModel):
    """What was agreed to come next: ours to do by a time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: Short
    due_at: AwareDatetime


class Done(Verb):
    """It was done elsewhere: how, when, with what result, and what comes next."""

    verb: Literal["done"]
    how: How
    at: AwareDatetime
    result: Result = "reached"
    note: Text = ""
    next: NextStep | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> "Done":
        if self.result != "reached" and self.how != "we_called":
            raise ValueError("only a call of ours ends without somebody being reached")
        if self.result == "voicemail" and self.next is None:
            raise ValueError("a message on voicemail needs a next step: what, and by when")
        return self


class Dismiss(Verb):
    """Not this; the matter itself stays open and returns when its recovery goes on."""

    verb: Literal["dismiss"]
    reason: DismissReason
    note: Note = ""


class Snooze(Verb):
    """Not now: until a time, or until they reply but no longer than a time."""

    verb: Literal["snooze"]
    until: AwareDatetime
    event: Literal["reply"] | None = None


class Mute(Verb):
    """Nothing of this kind from this account until a time; the item itself comes back then."""

    verb: Literal["mute"]
    until: AwareDatetime


class Reassign(Verb):
    """Somebody else's: the matter goes to `to`, for whom it is prepared anew."""

    verb: Literal["reassign"]
    to: Annotated[str, Field(min_length=1, max_length=200, pattern=_ONE_LINE)]
    note: Note = ""


class Outcome(Verb):
    """How the interaction ended, by a person's word."""

    verb: Literal["outcome"]
    outcome: OutcomeName
    reason: OutcomeReason
    note: Note = ""
    wake_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _deferred_wakes(self) -> "Outcome":
        if (self.outcome == "deferred") != (self.wake_at is not None):
            raise ValueError("deferred needs wake_at, the other outcomes have none")
        return self


class Accept(Verb):
    """I have taken these accounts over."""

    verb: Literal["accept"]


class Claim(Verb):
    """I take this one from the pool, for the length of a lease."""

    verb: Literal["claim"]


class Release(Verb):
    """Back to the pool."""

    verb: Literal["release"]


class Undo(Verb):
    """Take back an approval whose action has not begun, or wake a snoozed or dismissed item."""

    verb: Literal["undo"]


Command = Annotated[
    Approve | Edit | Done | Dismiss | Snooze | Mute | Reassign | Outcome | Accept | Claim | Release | Undo,
    Field(discriminator="verb"),
]
