"""What stands around every page: where one can go, how much waits there, and who one is."""

from dataclasses import dataclass

from agent_runtime.inbox import reading
from agent_runtime.permissions import Role, reach_of
from agent_runtime.web.door import POLICIES, PageCall
from agent_runtime.web.views import views_of


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail; `count`: how many wait there, None where nothing is counted."""

    label: str
    path: str
    key: str
    here: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Shell:
    """The rail, the views of the inbox, and the reader."""

    places: tuple[Place, ...]
    views: tuple[Place, ...]
    name: str
    role: str


# Label, path, and the key that goes there. What has no page, or none for the reader's role, is not offered.
_PLACES = (
    ("Inbox", "/inbox", "go-inbox"), ("Accounts", "/accounts", "go-accounts"), ("Reports", "/reports", "go-reports"),
    ("Audit", "/audit", "go-audit"), ("Evals", "/evals", "go-evals"), ("Connectors", "/admin", "go-connectors"),
    ("Settings", "/settings", "go-settings"),
)  # fmt: skip


def shell_of(call: PageCall) -> Shell:
    """The shell for whoever asks."""
    counts = _counts(call)
    path = call.request.url.path
    places = tuple(
        Place(
            label, there, key, path == there or path.startswith(f"{there}/"), counts.open if there == "/inbox" else None
        )
        for label, there, key in _PLACES
        if there in POLICIES and call.principal.role in POLICIES[there].roles
    )
    return Shell(places, _views(call, counts), call.name, call.principal.role.value)


def _counts(call: PageCall) -> reading.Counts:
    reach = reach_of(call.connection, call.principal, call.now)
    today = reading.today_of(call.connection, call.principal.user_id, call.now)
    return reading.counts(call.connection, reading.Wanted(reach, today))


def _views(call: PageCall, counts: reading.Counts) -> tuple[Place, ...]:
    """Views of the inbox that people come back to."""
    query = call.request.url.query
    views = [
        Place("Put off", "/inbox?state=snoozed", "", "state=snoozed" in query, counts.snoozed),
        Place("On its way", "/inbox?state=approved", "", "state=approved" in query, counts.approved),
    ]
    if call.principal.role is not Role.REP:
        views.append(Place("Everybody's", "/inbox?view=all", "", "view=all" in query))
    kept = views_of(call.request)
    views += [Place(name, f"/inbox?{asked}", "", bool(asked) and query == asked) for name, asked in kept.items()]
    return tuple(views)
