"""Calendars as they are connected: by an address or file, and on a CalDAV server."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tools.adapter import Adapter, Ask, Opening
from tools.base import BadAnswer, NotAllowed, Unreachable
from tools.calendars import caldav, ics
from tools.calendars.caldav_wire import VENDOR as CALDAV_VENDOR
from tools.calendars.caldav_wire import open_wire
from tools.http import Call, VendorClient

_MOST = 32 * 1024 * 1024
_UNDO = "stops reading at once; in the calendar nothing was changed"


def _zone(opening: Opening, vendor: str) -> ZoneInfo:
    told = opening.told.get("timezone") or "UTC"
    try:
        return ZoneInfo(told)
    except (ZoneInfoNotFoundError, ValueError):
        raise NotAllowed(vendor, "the time zone is not known", fix="Write it as Europe/Berlin.") from None


def _file(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            if path.stat().st_size > _MOST:
                raise BadAnswer(ics.VENDOR, f"the file is longer than {_MOST} bytes")
            return path.read_bytes()
        except OSError:
            raise Unreachable(ics.VENDOR, "the file cannot be read") from None

    return read


def _address(opening: Opening) -> Callable[[], bytes]:
    """The address is a secret: whoever has it reads the calendar."""
    told = urlsplit(opening.secrets["address"].get_secret_value().replace("webcal://", "https://", 1))
    client = VendorClient(
        ics.VENDOR, f"{told.scheme}://{told.netloc}", auth=None, buckets=opening.buckets, rates={"": (5.0, 1.0)},
        owner=told.netloc, transport=opening.transport,
    )  # fmt: skip
    opening.closing.callback(client.close)
    path = told.path + (f"?{told.query}" if told.query else "")
    return lambda: client.ask(Call("GET", path)).content


def _ics(opening: Opening) -> ics.IcsSource:
    if "address" in opening.secrets:
        fetch = _address(opening)
    elif opening.told.get("path"):
        fetch = _file(Path(opening.told["path"]))
    else:
        raise NotAllowed(ics.VENDOR, "neither an address nor a file was given", fix="Give address, or path.")
    holder = opening.told["holder"].lower()
    return ics.IcsSource(fetch, opening.now, opening.since, holder, _zone(opening, ics.VENDOR))


def _caldav(opening: Opening) -> caldav.CalDavSource:
    told = opening.told
    wire = open_wire(told["address"], told["user"], opening.secrets["password"], opening.buckets, opening.transport)
    opening.closing.callback(wire.client.close)
    holder = (told.get("holder") or told["user"]).lower()
    return caldav.CalDavSource(wire, opening.now, opening.since, holder, _zone(opening, CALDAV_VENDOR))


_TIMEZONE = Ask("timezone", "the time zone of entries that name none, as Europe/Berlin", needed=False, default="UTC")
_READS = (
    "the meetings of one calendar with who takes part and what they answered, each occurrence of a series; not what is "
    "marked as private. One calendar is one connection"
)
ICS = Adapter(
    name=ics.VENDOR,
    title="Calendar (iCalendar address or file)",
    page="your calendar's settings: the secret address in iCal format",
    asks=(
        Ask("holder", "the mail address of whose calendar it is"),
        Ask("address", "its secret address (https://….ics)", secret=True, needed=False,
            where="the settings of the calendar; whoever has it reads the calendar"),
        Ask("path", "or a file on this machine", needed=False),
        _TIMEZONE,
    ),
    reads=f"{_READS}: tenure connect ics:anna",
    writes="nothing",
    undo=f"tenure disconnect ics {_UNDO}",
    source=_ics,
    proven="stand-in",
)  # fmt: skip
CALDAV = Adapter(
    name=CALDAV_VENDOR,
    title="Calendar (CalDAV)",
    page="your calendar server's page on CalDAV, and on passwords for programs",
    asks=(
        Ask("address", "the address of the calendar itself (https://…/calendars/…/)"),
        Ask("user", "the user name, mostly the mail address"),
        Ask("password", "the password for programs (app password)", secret=True),
        Ask("holder", "the mail address of whose calendar it is, if the user name is another", needed=False),
        _TIMEZONE,
    ),
    reads=f"{_READS}: tenure connect caldav:anna",
    writes="nothing",
    undo=f"tenure disconnect caldav {_UNDO}",
    source=_caldav,
    proven="stand-in",
)  # fmt: skip
