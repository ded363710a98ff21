"""A customer with a running contract of whom we have not asked for long how it goes."""

from collections.abc import Iterator

from agent_runtime.watchtower.contact import is_two_way
from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.held import held_until, holds
from agent_runtime.watchtower.rules.renewal_ahead import KIND, contracts
from agent_runtime.watchtower.statement import SPOKEN, Duty, expected, theirs
from agent_runtime.watchtower.view import View

RULE = "check_in"
_DUTY = Duty(RULE, KIND, "ask_how_it_goes", "both sides were in touch", channels=("email", "call", "meeting"))


def state(view: View) -> Iterator[Inside]:
    """Inside each running contract: after each exchange with the customer another within the window.

    A mail of ours alone is no exchange. A meeting or a task ahead holds it until then.
    """
    exchanges = [x for x in view.of(*SPOKEN) if is_two_way(x)]
    both = sorted({x.id: x for x in (*exchanges, *theirs(view))}.values(), key=lambda x: (x.occurred_at, x.id))
    stretches = [x for x in holds(view, None, None) if x.why in ("meeting", "task")]
    for contract in contracts(view):
        told, after = contract.told_by, contract.followed_by
        mine = [
            x for x in both if told.occurred_at < x.occurred_at and (not after or x.occurred_at < after.occurred_at)
        ]
        last_before = [x for x in both if x.occurred_at <= told.occurred_at][-1:]
        steps = [*(last_before or [told]), *mine]
        for last, following in zip(steps, [*steps[1:], None], strict=True):
            begins = max(last.occurred_at, told.occurred_at)
            window = view.company.window(RULE, begins, view.account.segment)
            if following is not None and following.occurred_at <= window:
                continue  # in time without any hold, as most are
            due, _ = held_until(window, stretches)
            if following is None or following.occurred_at > due:
                key = f"{KIND}:{last.stream}:{last.source_id}"
                yield Inside(KIND, f"{told.stream}:{told.source_id}",
                             expected(_DUTY, begins, due, [told], following, key=key))  # fmt: skip
