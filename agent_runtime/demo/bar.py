"""The demo bar on top of every page: a clock that can be moved, a worker that can be stopped, a book to give away."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from agent_runtime.accounts.arrivals import batches
from agent_runtime.demo.company import SMALL_OWNER
from agent_runtime.demo.living import LivingDemo, Missed, Twins
from agent_runtime.errors import BadInput, Forbidden, TenureError
from agent_runtime.http.entry import same_site
from agent_runtime.permissions import Policy, reach_of
from agent_runtime.settings import LOOPBACK
from agent_runtime.web.door import error_page, own_path, see_other
from agent_runtime.web.page import PageRouter, Shown, page

PLUG = timedelta(days=3)
_STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
TAKES_OVER, _DECIDES = "hanna-lindt", "birgit-sommer"
_TWINS, _TRIAGE, _GIVEN = "/demo/twins", "/handover", "/demo/given-away"
_Change = Callable[["DemoBar", str], str]


class DemoBar:
    """What the bar shows and does. `twins`: what the last stop of the worker came to."""

    def __init__(self, living: LivingDemo, zone: ZoneInfo) -> None:
        self._living, self._zone = living, zone
        self.twins: Twins | None = None
        self.given_away: str | None = None

    @property
    def clock(self) -> str:
        """The demo's time, as its company reads it."""
        return f"{self._living.clock.now().astimezone(self._zone):%a %d %b, %H:%M}"

    @property
    def ledger(self) -> dict[str, int]:
        """What was begun, ended, open, missing."""
        return self._living.ledger()

    def advance(self, step: str) -> str:
        """Moves the clock by an hour or a day; gives where to look then: where one was."""
        if step not in _STEPS:
            raise BadInput("The demo's clock goes on by an hour or by a day.")
        self._living.advance(_STEPS[step])
        return ""

    def pull_the_plug(self, _: str) -> str:
        """Stops the worker for three days and starts it again, beside a company where it never stopped."""
        self.twins = self._living.pull_the_plug(PLUG)
        return _TWINS

    def give_away(self, _: str) -> str:
        """Gives the largest book to somebody who does not know it; a second time there is nothing left to give."""
        self.given_away = self._living.give_away(SMALL_OWNER, TAKES_OVER, _DECIDES) or self.given_away
        return _GIVEN


def routes(bar: DemoBar) -> list[Route]:
    """The buttons of the bar. They change the whole company, so each has a transaction of its own, and no session."""
    changes: dict[str, _Change] = {
        "advance": DemoBar.advance,
        "plug": DemoBar.pull_the_plug,
        "give-away": DemoBar.give_away,
    }
    return [Route(f"/demo/{name}", _pressed(bar, change), methods=["POST"]) for name, change in changes.items()]


def _pressed(bar: DemoBar, change: _Change) -> Callable[[Request], object]:
    async def press(request: Request) -> Response:
        try:
            _refuse_strangers(request)
            form = await request.form()
            there = await run_in_threadpool(change, bar, str(form.get("step", "")))
        except TenureError as error:
            return error_page(request, error)
        return see_other(there or _where_they_were(request))

    return press


def _refuse_strangers(request: Request) -> None:
    if (request.client.host if request.client else "") not in LOOPBACK:
        raise Forbidden("The demo is moved only from the machine on which it runs.")
    same_site(request)


def _where_they_were(request: Request) -> str:
    parts = urlsplit(request.headers.get("referer", ""))
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""), "/inbox")


router = PageRouter("demo")


@router.get(_TWINS, policy=Policy())
def show_twins(call: Shown) -> Response:
    """What the stopped company noticed, beside the one whose worker never stopped."""
    bar: DemoBar = call.request.app.state.bar
    twins = bar.twins or Twins([], [])
    return page(call, "demo_twins.html", twins=twins, rows=_beside(twins), days=PLUG.days)


@router.get(_GIVEN, policy=Policy())
def show_given_away(call: Shown) -> Response:
    """The page of the book that was given away; who does not see it is asked whom they want to be."""
    bar: DemoBar = call.request.app.state.bar
    there = f"{_TRIAGE}/{bar.given_away}" if bar.given_away else _TRIAGE
    seen = {x.item_id for x in batches(call.connection, reach_of(call.connection, call.principal, call.now))}
    return see_other(there if bar.given_away in seen else f"/sign-in?next={there}")


def _beside(twins: Twins) -> list[tuple[Missed | None, Missed | None]]:
    """What both noticed in one line, by when it was due; what only one noticed beside nothing."""
    stopped, other = ({x.expectation_id: x for x in side} for side in (twins.stopped, twins.uninterrupted))
    found = {x.expectation_id: x for x in (*twins.stopped, *twins.uninterrupted)}
    return [(stopped.get(name), other.get(name)) for name, _ in sorted(found.items(), key=lambda x: x[1].due_at)]
