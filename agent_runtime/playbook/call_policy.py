"""What a playbook says of telephone calls beside the rule of the missed call, and of what is recorded of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainSerializer

from agent_runtime.playbook.fields import Policy, Text

Owner = Literal["marketing", "sales", "operations"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Share = Annotated[float, Field(ge=0, le=1)]
Consent = Literal["all_party", "one_party", "nobody"]


class Late(Policy):
    """Of the misses of one queue or segment in a week, by what the caller wanted: so large a share may be late.

    At zero a single one is too many. There is no share for all calls together: a miss that wants to buy and one that
    asks for the opening hours are not the same. `owners` answer for it jointly.
    """

    commercial: Share = Field(examples=[0.0])
    service: Share = Field(examples=[0.1])
    informational: Share = Field(examples=[0.3])
    owners: tuple[Owner, ...] = Field(default=("marketing", "sales", "operations"), min_length=1)


class CallPolicy(Policy):
    """`queues`: phone queue → user or team that returns the calls of customers whom nobody knows. `late`: by queue or
    customer segment. `pilot`: the queue or segment whose figures are compared first with the phone system's own; empty:
    the whole company. `mail_day`: when the weekly page goes out to those who asked for it."""

    pilot: str = Field(default="", examples=["sales"])
    mail_day: Weekday = Field(default="monday", examples=["monday"])
    queues: Annotated[Mapping[Text, Text], AfterValidator(MappingProxyType), PlainSerializer(dict)] = Field(
        default_factory=dict
    )
    late: Annotated[Mapping[Text, Late], AfterValidator(MappingProxyType), PlainSerializer(dict)] = Field(
        default_factory=dict
    )


class Recordings(Policy):
    """What of a call's words comes in: a transcript under the consent that was given, a message on voicemail, and what
    the phone system's own AI wrote about the call, which needs the same consent as the transcript.

    For how long all of it stays says `[retention] transcripts_days`.
    """

    consent: Consent = Field(default="one_party", examples=["one_party"])
    voicemails: bool = Field(default=True, examples=[True])
    summaries: bool = Field(default=False, examples=[False])

    def allows(self, given: str | None) -> bool:
        """Whether words come in that were recorded under this consent."""
        enough = {"all_party": ("all_party",), "one_party": ("all_party", "one_party"), "nobody": ()}
        return given in enough[self.consent]
