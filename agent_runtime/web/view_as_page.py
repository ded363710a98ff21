"""Seeing the pages as somebody else does, to help them: reading only, in plain sight, and written down."""

from typing import Annotated

from fastapi import Form, Response

from agent_runtime.permissions import LEADERS, Policy, viewable
from agent_runtime.web.page import PageRouter, Shown, page, see_other
from agent_runtime.web.sessions import begin_view, end_view

router = PageRouter("view as")


@router.get("/view-as", policy=Policy(LEADERS))
def show_whom(call: Shown) -> Response:
    """Those as whom the reader may look at the pages."""
    return page(call, "admin/view_as.html", people=viewable(call.connection, call.principal, call.now))


@router.post("/view-as", policy=Policy(LEADERS))
def begin(call: Shown, user_id: Annotated[str, Form(min_length=1, max_length=200)]) -> Response:
    """Begins to look at the pages as somebody else."""
    begin_view(call, user_id)
    return see_other("/inbox")


@router.post("/view-as/end", policy=Policy())
def end(call: Shown) -> Response:
    """Looks at them as oneself again."""
    end_view(call)
    return see_other("/inbox")
