"""Signing in by name and password, or in the demo, on this machine, by choosing who one is."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Query, Request, Response
from pydantic import SecretStr

from agent_runtime.errors import Forbidden, TenureError
from agent_runtime.http.entry import same_site
from agent_runtime.http.refusals import SignInNeeded, Throttled
from agent_runtime.http.routing import Visit, Visited
from agent_runtime.permissions import PUBLIC, Policy, Role
from agent_runtime.settings import LOOPBACK
from agent_runtime.users import service as users
from agent_runtime.web.door import own_path
from agent_runtime.web.forms import fields, first
from agent_runtime.web.page import PageRouter, Shown, see_other
from agent_runtime.web.render import bare_page
from agent_runtime.web.sessions import begin_session, end_session

router = PageRouter("pages")
Form = Annotated[dict[str, list[str]], Depends(fields)]
Next = Annotated[str, Query(alias="next", max_length=2_000)]
HOME = "/inbox"


@router.get("/", policy=PUBLIC)
def home() -> Response:
    """The day begins in the inbox."""
    return see_other(HOME)


@router.get("/sign-in", policy=PUBLIC)
def ask_who(visit: Visited, request: Request, there: Next = HOME) -> Response:
    """The form, or in the demo the list of people."""
    return sign_in_form(visit, request, there)


@router.post("/sign-in", policy=PUBLIC)
def sign_in(visit: Visited, request: Request, form: Form) -> Response:
    """Begins a session, and goes where the person wanted to go."""
    same_site(request)
    name, password = first(form, "user")[:320], SecretStr(form.get("password", [""])[0][: users.MOST_PASSWORD])
    there = own_path(first(form, "next"), HOME)
    if users.waits_until(visit.connection, name, visit.now):
        often = Throttled("Too many tries for this name.", fix="Wait a quarter of an hour, or ask an admin.")
        return sign_in_form(visit, request, there, name, often, status=429)
    user_id = users.check_password(visit.connection, name, password, visit.now)
    if user_id is None:
        # Answered, not raised: what is raised is rolled back, and the failure must be counted.
        users.note_failure(visit.connection, name, visit.now)
        wrong = SignInNeeded("Name and password do not fit together.", fix="Try again, or ask an admin.")
        return sign_in_form(visit, request, there, name, wrong, status=401)
    response = see_other(there)
    begin_session(visit, request, response, user_id)
    return response


@router.post("/sign-in/as", policy=PUBLIC)
def choose_person(visit: Visited, request: Request, form: Form) -> Response:
    """The demo only: begins the session of whoever was chosen."""
    same_site(request)
    if not _may_choose(visit, request):
        raise Forbidden("One signs in by choosing a person only in the demo, on its own machine.")
    response = see_other(own_path(first(form, "next"), HOME))
    begin_session(visit, request, response, first(form, "user"), how="chosen in the demo")
    return response


@router.post("/sign-out", policy=Policy())
def sign_out(call: Shown) -> Response:
    """Ends the session."""
    response = see_other("/sign-in")
    end_session(call, response)
    return response


def sign_in_form(
    visit: Visit, request: Request, there: str, name: str = "", wrong: TenureError | None = None, status: int = 200
) -> Response:
    """The way in, with what went `wrong` before; `name`: what was typed."""
    people = _people(visit) if _may_choose(visit, request) else []
    company = visit.site.premises.settings.oidc_label if visit.site.provider else ""
    return bare_page(
        request, "sign_in.html", status, there=own_path(there, HOME), name=name, wrong=wrong, people=people,
        company=company,
    )  # fmt: skip


def _people(visit: Visit) -> list[users.Person]:
    """Whom one can be: those with work before them first, as their role says."""
    order = list(Role)
    known = [person for person in users.people(visit.connection) if person.role in order]
    return sorted(known, key=lambda person: (order.index(Role(person.role)), person.name))


def _may_choose(visit: Visit, request: Request) -> bool:
    here = request.client.host if request.client else ""
    asked = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return visit.site.choose_person and here in LOOPBACK and asked in LOOPBACK
