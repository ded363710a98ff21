"""What a playbook says of how much, how often and for how long."""

from pydantic import Field

from agent_runtime.calendars import Window
from agent_runtime.playbook.fields import Policy, WindowText


class Backlog(Policy):
    """What is older than this at go-live is one batch to judge, not a flood of drafts."""

    cut_days: int = Field(default=45, ge=1, examples=[45])
    review: WindowText = Field(default=Window.parse("10 business days"), examples=["10 business days"])
    items_per_day: int = Field(default=5, ge=0, examples=[5])


class Decisions(Policy):
    """What holds for people's decisions: how long one can be taken back, when what they put off returns."""

    undo_seconds: int = Field(default=10, ge=0, le=300, examples=[10])
    lease: WindowText = Field(default=Window.parse("20 min"), examples=["20 min"])
    dismissed_returns: WindowText = Field(default=Window.parse("5 business days"), examples=["5 business days"])
    snooze_most_days: int = Field(default=60, ge=1, le=400, examples=[60])


class Sending(Policy):
    """The most that is sent within any minute, hour or day: through one provider, and by one sender."""

    per_minute: int = Field(default=30, ge=1, examples=[30])
    per_hour: int = Field(default=300, ge=1, examples=[300])
    per_day: int = Field(default=1500, ge=1, examples=[1500])
    sender_per_hour: int = Field(default=40, ge=1, examples=[40])
    sender_per_day: int = Field(default=200, ge=1, examples=[200])


class Retention(Policy):
    """For how many days the words of records are kept; what is not named is kept until it is erased."""

    transcripts_days: int | None = Field(default=None, ge=1, examples=[180])
    mails_days: int | None = Field(default=None, ge=1, examples=[1095])
    messages_days: int | None = Field(default=None, ge=1, examples=[1095])
    meetings_days: int | None = Field(default=None, ge=1, examples=[1095])
    forms_days: int | None = Field(default=None, ge=1, examples=[365])
    notes_days: int | None = Field(default=None, ge=1, examples=[1095])


class Drafts(Policy):
    """When no mail is written although something is due."""

    silence_needs_person_days: int = Field(default=45, ge=1, examples=[45])
    one_mail_per_person_days: int = Field(default=3, ge=1, examples=[3])
    unanswered_limit: int = Field(default=2, ge=1, examples=[2])
