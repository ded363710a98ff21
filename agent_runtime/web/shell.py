"""What stands around every page: where one can go, how much waits there, and who one is."""

from dataclasses import dataclass

from agent_runtime.inbox import reading
from agent_runtime.permissions import Role, reach_of
from agent_runtime.users.preferences import Preferences
from agent_runtime.web.door import POLICIES, PageCall


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail; `count`: how many wait there, None where nothing is counted; `own`: kept by the reader."""

    label: str
    path: str
    key: str
    here: bool
    count: int | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """The rail, the views of the inbox, and the reader; `viewed`: somebody else sees the pages as they do; `notices`:
    they want a word when something arrives."""

    places: tuple[Place, ...]
    views: tuple[Place, ...]
    name: str
    role: str
    viewed: bool
    notices: bool


# Label, path, and the key that goes there. What has no page, or none for the reader's role, is not offered.
_PLACES = (
    ("Inbox", "/inbox", "go-inbox"), ("Accounts", "/accounts", "go-accounts"), ("Reports", "/reports", "go-reports"),
    ("Audit", "/audit", "go-audit"), ("Evals", "/evals", "go-evals"), ("Connectors", "/admin", "go-connectors"),
    ("Settings", "/settings", "go-settings"),
)  # fmt: skip


def shell_of(call: PageCall, own: Preferences) -> Shell:
    """The shell for whoever asks, with what they set for themselves."""
    counts = _counts(call)
    path = call.request.url.path
    places = tuple(
        Place(
            label, there, key, path == there or path.startswith(f"{there}/"), counts.open if there == "/inbox" else None
        )
        for label, there, key in _PLACES
        if there in POLICIES and call.principal.role in POLICIES[there].roles
    )
    viewed, notices = bool(call.principal.seen_by), "page" in own.channels
    return Shell(places, _views(call, counts, own), call.name, call.principal.role.value, viewed, notices)


def _counts(call: PageCall) -> reading.Counts:
    reach = reach_of(call.connection, call.principal, call.now)
    today = reading.today_of(call.connection, call.principal.user_id, call.now)
    return reading.counts(call.connection, reading.Wanted(reach, today))


def _views(call: PageCall, counts: reading.Counts, own: Preferences) -> tuple[Place, ...]:
    """Views of the inbox that people come back to."""
    query = call.request.url.query
    views = [
        Place("Put off", "/inbox?state=snoozed", "", "state=snoozed" in query, counts.snoozed),
        Place("On its way", "/inbox?state=approved", "", "state=approved" in query, counts.approved),
        Place("Held back", "/inbox/held", "", call.request.url.path == "/inbox/held"),
    ]
    if call.principal.role is not Role.REP:
        views.append(Place("Everybody's", "/inbox?view=all", "", "view=all" in query))
    here = f"{call.request.url.path}?{query}"
    views += [Place(name, address, "", address == here, own=True) for name, address in own.views.items()]
    return tuple(views)
