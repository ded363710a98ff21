"""What a case expects of its account, held against what the runtime left behind."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from agent_runtime.ledger.policy import PART, WITHDRAWN
from evals.frame import Verdicts
from evals.stage import Row, cast_of
from evals.story import Cast, moment

Account = Mapping[str, Sequence[Row]]


def grade(case: Mapping[str, Any], output: Mapping[str, Any]) -> Verdicts:
    """One verdict for each thing that the case expects, and that its ledger holds nothing without an end."""
    account, cast = output["account"], cast_of(case, output["number"])
    verdicts: dict[str, str | None] = {"conserved": conserved(account), "cited": cited(account)}
    for name, wanted in case["expect"].items():
        verdicts[name] = _GRADERS[name](wanted, account, cast)
    return verdicts


def conserved(account: Account) -> str | None:
    """Every interaction is open with owner, action, due time and recovery, or ended with an outcome and a reason."""
    for row in account["interactions"]:
        needs = ("owner_id", "next_action", "next_due_at", "recovery") if row["state"] == "open" else ("reason",)
        missing = [x for x in needs if not row[x]]
        if missing or (row["state"] == "open") != (row["outcome"] is None):
            return f"{row['kind']} {row['key']} is {row['state']} without {', '.join(missing) or 'its outcome'}"
    return None


def cited(account: Account) -> str | None:
    """Every item is before somebody, by a time, with something to do and a record that says why."""
    for row in account["items"]:
        if missing := [x for x in ("owner_id", "due_at", "evidence", "action") if not row[x]]:
            return f"item {row['signal']} without {', '.join(missing)}"
    return None


def standing(account: Account) -> set[str]:
    """The rules that have a breach which was not taken back."""
    return {x["rule"] for x in account["breaches"] if x["retracted_at"] is None}


def _breach(wanted: Sequence[str], account: Account, cast: Cast) -> str | None:
    return _missing(wanted, standing(account), "no breach of")


def _quiet(wanted: Sequence[str], account: Account, cast: Cast) -> str | None:
    wrong = sorted(set(wanted) & (standing(account) | {x["signal"] for x in account["items"]}))
    return f"claimed: {', '.join(wrong)}" if wrong else None


def _unseen(wanted: Sequence[str], account: Account, cast: Cast) -> str | None:
    claimed = sorted(set(wanted) & standing(account))
    if claimed:
        return f"an absence was claimed that could not be seen: {', '.join(claimed)}"
    return _missing(wanted, {x["rule"] for x in account["expectations"] if x["state"] == "unverified"}, "not marked:")


def _met(wanted: Sequence[str], account: Account, cast: Cast) -> str | None:
    return _missing(wanted, {x["rule"] for x in account["expectations"] if x["state"] == "met"}, "not met:")


def _missing(wanted: Iterable[str], found: set[str], what: str) -> str | None:
    missing = sorted(set(wanted) - found)
    return f"{what} {', '.join(missing)}" if missing else None


def _due(wanted: Mapping[str, Sequence[str]], account: Account, cast: Cast) -> str | None:
    """The due times of each rule's expectations, of interactions that were not taken back."""
    gone = {x["id"] for x in account["interactions"] if x["reason"] in (PART, WITHDRAWN)}
    for rule, times in wanted.items():
        expected = sorted(f"{moment(x):%Y-%m-%d %H:%M}" for x in times)
        rows = (x for x in account["expectations"] if x["rule"] == rule and x["interaction_id"] not in gone)
        found = sorted(str(x["due_at"])[:16] for x in rows)
        if found != expected:
            return f"{rule} is due at {', '.join(found) or 'no time'} UTC, expected {', '.join(expected) or 'none'}"
    return None


def _steps(wanted: Mapping[str, Sequence[str]], account: Account, cast: Cast) -> str | None:
    """The kinds of a signal's items, in the order in which they were put before somebody."""
    for signal, kinds in wanted.items():
        found = [x["action"]["kind"] for x in account["items"] if x["signal"] == signal]
        if found != list(kinds):
            return f"{signal} came as {', '.join(found) or 'nothing'}, expected {', '.join(kinds) or 'nothing'}"
    return None


def _item(wanted: Mapping[str, Any], account: Account, cast: Cast) -> str | None:
    return _some(wanted, [x | {f"action.{k}": v for k, v in x["action"].items()} for x in account["items"]], cast)


def _ledger(wanted: Sequence[Mapping[str, Any]], account: Account, cast: Cast) -> str | None:
    found = [_some(x, account["interactions"], cast) for x in wanted]
    return "; ".join(x for x in found if x) or None


def _count(wanted: Mapping[str, int], account: Account, cast: Cast) -> str | None:
    """How many interactions there are of a kind, those aside that turned out never to have begun."""
    for kind, number in wanted.items():
        rows = [x for x in account["interactions"] if x["kind"] == kind and x["reason"] not in (PART, WITHDRAWN)]
        if len(rows) != number:
            return f"{len(rows)} of {kind}, expected {number}"
    return None


def _call(wanted: Mapping[str, Any], account: Account, cast: Cast) -> str | None:
    """The first inbound call's line, field by field."""
    if not account["calls"]:
        return "no call was told"
    return _unlike(wanted, account["calls"][0])


def _held(wanted: str, account: Account, cast: Cast) -> str | None:
    """A reason on record why nothing was proposed."""
    reasons = [str(x["reason"]) for x in account["suppressed"]]
    return None if any(wanted in x for x in reasons) else f"held for: {'; '.join(reasons) or 'no reason'}"


def _facts(wanted: Mapping[str, str | None], account: Account, cast: Cast) -> str | None:
    known = {x["slot"]: x["value"] for x in account["facts"] if x["superseded_at"] is None}
    return _unlike(wanted, known)


def _invariants(known: Sequence[str], account: Account, cast: Cast) -> str | None:
    """The product's invariants over the whole company, but for those that a case holds against one account."""
    found = [f"{x['name']}: {x['count']}" for x in account["violations"] if x["name"] not in known]
    return "; ".join(found) or None


def _some(wanted: Mapping[str, Any], rows: Sequence[Row], cast: Cast) -> str | None:
    """None where a row is as wanted; else how the last one differs."""
    told = {name: _named(name, value, cast) for name, value in wanted.items()}
    reasons = [_unlike(told, row) for row in rows]
    return None if None in reasons else (reasons[-1] if reasons else f"there is none; expected {told}")


def _named(name: str, value: Any, cast: Cast) -> Any:
    """People of the story by their ids; addressees by their address."""
    if name == "owner_id" and isinstance(value, str):
        return cast.user(value)
    return [cast.mail_of(x) for x in value] if name == "action.to" else value


def _unlike(wanted: Mapping[str, Any], row: Mapping[str, Any]) -> str | None:
    for name, value in wanted.items():
        found = row.get(name)
        if not (isinstance(value, bool) and found == int(value)) and found != value:
            return f"{name} is {found!r}, expected {value!r}"
    return None


_GRADERS: dict[str, Callable[[Any, Account, Cast], str | None]] = {
    "breach": _breach, "quiet": _quiet, "unseen": _unseen, "met": _met, "due": _due, "steps": _steps, "item": _item,
    "ledger": _ledger, "count": _count, "call": _call, "held": _held, "facts": _facts,
    "invariants": _invariants,
}  # fmt: skip
