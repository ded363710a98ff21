"""Handing accounts over by HTTP: named ones, or those of somebody that meet conditions; first to look, then to do."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agent_runtime.accounts import service
from agent_runtime.accounts.handover import hand_over
from agent_runtime.accounts.policy import Where
from agent_runtime.http.routing import Asked, Call, Router
from agent_runtime.permissions import LEADERS, Policy, Right, account_scope

router = Router("ownership")
Id = Annotated[str, Field(min_length=1, max_length=200)]


class Handing(BaseModel):
    """What is handed over, and to whom: the accounts named, or those of `from_user` that meet `where`."""

    model_config = ConfigDict(extra="forbid")

    to_user: Id
    post: service.Post = service.Post.OWNER
    account_ids: list[Id] | None = Field(default=None, min_length=1, max_length=1_000)
    from_user: Id | None = None
    where: Where = Where()
    dry_run: bool = False

    @model_validator(mode="after")
    def _one_choice(self) -> "Handing":
        if (self.account_ids is None) == (self.from_user is None):
            raise ValueError("name either account_ids or from_user")
        if self.account_ids is not None and self.where != Where():
            raise ValueError("conditions go with from_user")
        return self


class Handed(BaseModel):
    """What moved, or would: the accounts, those that the new owner had already, and the actions it cancelled."""

    done: bool
    moved: list[str]
    unchanged: list[str]
    cancelled: list[str]


@router.post("/api/ownership/transfer", policy=Policy(LEADERS, Right.DECIDE))
def transfer(call: Asked, body: Handing) -> Handed:
    """Gives accounts to another owner, in force at everybody's next request; with `dry_run` it only tells which.

    What is approved and not sent is cancelled, and open items are prepared anew for the new owner, who gets one item
    about all of them.
    """
    chosen = _chosen(call, body)
    if body.dry_run:
        return Handed(done=False, moved=chosen, unchanged=[], cancelled=[])
    by, key = call.principal.user_id, call.site.premises.install_key
    found = service.transfer(call.connection, chosen, body.to_user, by, call.now, key, body.post)
    house = call.site.premises.company(call.connection, call.now)
    if found.moved and body.post is service.Post.OWNER:
        hand_over(call.connection, found.moved, body.to_user, body.from_user, call.now, house.is_working, key)
    return Handed(done=True, moved=found.moved, unchanged=found.unchanged, cancelled=found.cancelled)


def _chosen(call: Call, body: Handing) -> list[str]:
    """The accounts that are meant; raises Forbidden when one of them is not among those that the principal sees."""
    if body.account_ids is not None:
        chosen = sorted(set(body.account_ids))
    else:
        found = service.moving(call.connection, body.from_user or "", body.where, body.post)
        chosen = [x.id for x in found]
    for account_id in chosen:
        account_scope(call.connection, call.principal, account_id, call.now)
    return chosen
