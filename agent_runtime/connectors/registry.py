"""Which adapters there are: those of the house, and those that a setting names."""

from importlib import import_module

from agent_runtime.errors import BadInput, BadSetting
from tools.adapter import Adapter

# Where each adapter of the house is; it is imported when it is asked for.
HOUSE = {
    "aircall": "tools.telephony.aircall.adapter:ADAPTER",
    "caldav": "tools.calendars.adapters:CALDAV",
    "gmail": "tools.mail.gmail.adapter:ADAPTER",
    "gong": "tools.telephony.gong.adapter:ADAPTER",
    "graph": "tools.mail.graph.adapter:ADAPTER",
    "hubspot": "tools.crm.hubspot.adapter:ADAPTER",
    "ics": "tools.calendars.adapters:ICS",
    "imap": "tools.mail.imap.adapter:ADAPTER",
    "salesforce": "tools.crm.salesforce.adapter:ADAPTER",
    "slack": "tools.chat.slack.adapter:ADAPTER",
    "twilio": "tools.telephony.twilio.adapter:ADAPTER",
}


def adapter_of(name: str, outside: tuple[str, ...] = ()) -> Adapter:
    """The adapter of this name; `outside`: the setting adapters. Raises BadInput where there is none."""
    if name in HOUSE:
        return _load(HOUSE[name])
    for place in outside:
        found = _load(place)
        if found.name == name:
            return found
    known = ", ".join(sorted({*HOUSE, *(_load(place).name for place in outside)}))
    raise BadInput(f"There is no adapter {name}.", fix=f"There are: {known}.")


def adapters(outside: tuple[str, ...] = ()) -> list[Adapter]:
    """Every adapter, in a fixed order."""
    return sorted((_load(place) for place in (*HOUSE.values(), *outside)), key=lambda one: one.name)


def _load(place: str) -> Adapter:
    """An Adapter, or a class that carries one as `adapter`."""
    module, _, name = place.partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError):
        raise BadSetting(f"{place} (setting adapters) cannot be imported.", fix="Write module:NAME of it.") from None
    found = getattr(found, "adapter", found)
    if not isinstance(found, Adapter):
        raise BadSetting(f"{place} (setting adapters) is no adapter.", fix="It must be a tools.adapter.Adapter.")
    return found
