"""Signing in with the account that people have in their company: to the OpenID provider, and back as one of ours."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Query, Request, Response

from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import BadSetting, Forbidden, NotThere, TenureError
from agent_runtime.http.routing import Visit, Visited
from agent_runtime.permissions import PUBLIC
from agent_runtime.references import secret_in
from agent_runtime.settings import Settings
from agent_runtime.users import service as users
from agent_runtime.users.openid import ERRAND, NotSignedIn, Provider, Registration, errand_of, new_seed
from agent_runtime.web.door import own_path
from agent_runtime.web.page import PageRouter, see_other
from agent_runtime.web.sessions import begin_session
from agent_runtime.web.sign_in_page import HOME, Next, sign_in_form

router = PageRouter("pages")
BACK = "/sign-in/company/back"
COOKIE = "tenure_errand"
Told = Annotated[str, Query(max_length=4_000)]


def provider_of(settings: Settings) -> Provider | None:
    """The provider that the settings name, None for none; raises BadSetting where its secret is missing."""
    if not settings.oidc_issuer:
        return None
    secret = secret_in(settings.oidc_client_secret) if settings.oidc_client_secret else None
    back = settings.public_url.rstrip("/") + BACK
    return Provider(Registration(settings.oidc_issuer, settings.oidc_client_id, secret, back))


@router.get("/sign-in/company", policy=PUBLIC)
def leave(visit: Visited, request: Request, there: Next = HOME) -> Response:
    """Sends the browser to the provider, with what it needs to come back."""
    seed = new_seed(visit.now)
    try:
        way = _provider(visit).way(errand_of(seed, visit.site.premises.install_key, visit.now), visit.now)
    except (NotSignedIn, BadSetting) as error:
        return sign_in_form(visit, request, there, wrong=error, status=502)
    response = see_other(way)
    response.set_cookie(
        COOKIE, f"{seed}~{quote(own_path(there, HOME))}", max_age=int(ERRAND.total_seconds()), path="/sign-in",
        secure=request.url.scheme == "https", httponly=True, samesite="lax",
    )  # fmt: skip
    return response


@router.get(BACK, policy=PUBLIC)
def come_back(visit: Visited, request: Request, code: Told = "", state: Told = "", error: Told = "") -> Response:
    """Begins the session of whoever the provider says it is, if they are one of ours."""
    seed, _, quoted = request.cookies.get(COOKIE, "").partition("~")
    there = unquote(quoted) or HOME
    try:
        errand = errand_of(seed, visit.site.premises.install_key, visit.now)
        if error or not code or state != errand.state:
            what = "The sign-in of your company was not finished."
            raise NotSignedIn(what, fix="Begin it again here; it must end in the same browser.")
        user_id = _one_of_ours(visit, _provider(visit).who(code, errand, visit.now))
    except TenureError as wrong:
        visit.connection.rollback()
        return _ended(sign_in_form(visit, request, there, wrong=wrong, status=403))
    response = _ended(see_other(own_path(there, HOME)))
    begin_session(visit, request, response, user_id, how="company account")
    return response


def _provider(visit: Visit) -> Provider:
    if visit.site.provider is None:
        raise NotThere("One signs in with a name and a password here.", fix="An admin can set oidc_issuer.")
    return visit.site.provider


def _one_of_ours(visit: Visit, claims: Mapping[str, Any]) -> str:
    """The id of the user whom the claims are about; raises Forbidden with what to ask an admin for."""
    settings = visit.site.premises.settings
    name = claims.get(settings.oidc_user_claim)
    if not isinstance(name, str) or not name:
        raise Forbidden(
            f"Your company did not tell your {settings.oidc_user_claim}.",
            fix="Ask an admin to let the provider send it, or to set oidc_user_claim.",
        )
    if settings.oidc_user_claim == "email" and claims.get("email_verified") is False:
        raise Forbidden(f"{name} is not confirmed at your company's sign-in.", fix="Confirm the address there first.")
    found = users.known(visit.connection, name, visit.now)
    if found is None:
        raise Forbidden(
            f"{name} is signed in, but nobody here has this address.",
            fix=f'Ask an admin to add you under "People and keys" with exactly this address: {name}.',
        )
    user_id, role = found
    if settings.oidc_roles:
        _follow_groups(visit, user_id, role, claims)
    return user_id


def _follow_groups(visit: Visit, user_id: str, role: str, claims: Mapping[str, Any]) -> None:
    """Lets the provider's groups say what somebody may do, from this sign-in on."""
    settings = visit.site.premises.settings
    given = claims.get(settings.oidc_groups_claim)
    groups = {given} if isinstance(given, str) else {x for x in given or () if isinstance(x, str)}
    fitting = next((wanted for group, wanted in settings.oidc_roles.items() if group in groups), None)
    if fitting is None:
        raise Forbidden(
            "You are in none of the groups of your company that may come in here.",
            fix=f"Ask an admin for one of: {', '.join(settings.oidc_roles)}.",
        )
    if fitting != role:
        users.set_role(visit.connection, user_id, fitting)
        detail = {"role": fitting, "before": role}
        entry = Entry(visit.now, ActorKind.RULE, "openid-groups", "user.role_set", user_id, detail)
        audit.append(visit.connection, INSTALLATION, [entry], install_key=visit.site.premises.install_key)


def _ended(response: Response) -> Response:
    """An errand is over however it ended; its answer cannot come twice."""
    response.delete_cookie(COOKIE, path="/sign-in")
    return response
