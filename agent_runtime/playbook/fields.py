"""How a text in a playbook becomes a value, and the words with which a wrong one is refused."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from agent_runtime.calendars import BadCalendar, Window, holiday_dates, parse_hours, zone_named


def _refusal(error: BadCalendar) -> PydanticCustomError:
    return PydanticCustomError("refused", "{what}", {"what": error.what, "fix": error.fix})


def _read_window(value: object) -> Window:
    try:
        return Window.parse(str(value))
    except BadCalendar as error:
        raise _refusal(error) from error


def _check_zone(value: str) -> str:
    try:
        zone_named(value)
    except BadCalendar as error:
        raise _refusal(error) from error
    return value


def _check_hours(value: str) -> str:
    try:
        parse_hours(value)
    except BadCalendar as error:
        raise _refusal(error) from error
    return value


def _check_country(value: str) -> str:
    try:
        holiday_dates(value, [2025] if value else [])
    except BadCalendar as error:
        raise _refusal(error) from error
    return value


def _check_address(value: str) -> str:
    domain = value.rpartition("@")[2]
    if "." not in domain.strip(".") or " " in value:
        what = f'"{value}" is neither a mail address nor a domain.'
        fix = 'Write "name@example.com" or "example.com".'
        raise PydanticCustomError("refused", "{what}", {"what": what, "fix": fix})
    return value.lower()


class Policy(BaseModel):
    """A table of the file: frozen, and a key that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Zone = Annotated[str, AfterValidator(_check_zone)]
Hours = Annotated[str, AfterValidator(_check_hours)]
Country = Annotated[str, AfterValidator(_check_country)]
Address = Annotated[str, AfterValidator(_check_address)]
WindowText = Annotated[InstanceOf[Window], BeforeValidator(_read_window), PlainSerializer(str)]
WindowsByKey = Annotated[Mapping[str, WindowText], AfterValidator(MappingProxyType), PlainSerializer(dict)]
DaysByStage = Annotated[
    Mapping[str, Annotated[float, Field(gt=0)]], AfterValidator(MappingProxyType), PlainSerializer(dict)
]


def no_windows() -> Mapping[str, Window]:
    """What a rule has that keeps its own window for everybody."""
    return MappingProxyType({})
