"""The story of an account's deals on one printable page: due, knowable, seen and acted on; the cause; what now."""

from typing import Annotated

from fastapi import Query, Response

from agent_runtime.accounts.routes import AccountId
from agent_runtime.diagnosis.gather import record
from agent_runtime.diagnosis.story import in_common, stories
from agent_runtime.errors import NotThere
from agent_runtime.permissions import Policy, Target
from agent_runtime.web.account_sources import names, passage
from agent_runtime.web.page import PageRouter, Shown, page
from agent_runtime.web.story_line import chapter, failures, in_words

router = PageRouter("story")


@router.get("/accounts/{account_id}/story", policy=Policy(target=Target.ACCOUNT))
def show_story(call: Shown, account_id: AccountId, deal: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Every deal of the account, or the one that is named, and what belongs to no deal."""
    company = call.site.premises.company(call.connection, call.now)
    found = record(call.connection, company, call.scope.account_id, call.now)
    if found is None:
        raise NotThere("There is no such account.", fix="Load the list of accounts again.")
    told = [x for x in stories(found) if not deal or x.opportunity_id == deal]
    chapters = [chapter(x, names(call.connection), call.now) for x in told]
    wrong = failures(chapters)
    common = list(in_words(in_common(x.story for x in wrong))) if len(wrong) > 1 else []
    return page(
        call, "story/page.html", account=found.view.account, chapters=chapters, deal=deal, whose=False,
        wrong=len(wrong),
        common=common, passage=passage,
    )  # fmt: skip
