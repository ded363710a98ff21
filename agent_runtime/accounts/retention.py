"""Lets the words of old records go, as the playbook's [retention] says; in the caller's transaction, audited."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from pydantic import SecretStr
from sqlalchemy import Connection

from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.playbook.bounds import Retention
from memory import retention

EVENT, RULE = "words.expired", "rule:retention"
# One transaction deletes so many, so that nobody waits long behind it.
MOST = 200


def kept_days(policy: Retention) -> Mapping[str, int]:
    """For how many days the words of each kind of record are kept; a kind that is not named is kept."""
    days = {
        "call": policy.transcripts_days,
        "email": policy.mails_days,
        "message": policy.messages_days,
        "meeting": policy.meetings_days,
        "form": policy.forms_days,
        "note": policy.notes_days,
    }
    return {kind: kept for kind, kept in days.items() if kept is not None}


def apply_retention(
    connection: Connection, policy: Retention, now: datetime, install_key: SecretStr, most: int = MOST
) -> int:
    """Deletes the words of up to `most` records that are past their time; zero: nothing is left to delete today.

    The audit of each account tells how many of which kind went, with a hash over the records' ids.
    """
    done = 0
    for kind, days in kept_days(policy).items():
        before = now - timedelta(days=days)
        expired = retention.expire(connection, kind, before, most - done)
        _tell(connection, kind, before, expired, now, install_key)
        done += len(expired)
        if done >= most:
            break
    return done


def _tell(
    connection: Connection,
    kind: str,
    before: datetime,
    expired: list[retention.Expired],
    now: datetime,
    install_key: SecretStr,
) -> None:
    by_account: defaultdict[str, list[str]] = defaultdict(list)
    for one in expired:
        if one.account_id:
            by_account[one.account_id].append(one.activity_id)
    for account_id, ids in sorted(by_account.items()):
        named = sha256("|".join(sorted(ids)).encode()).hexdigest()
        told = {"kind": kind, "before": before.isoformat(), "count": len(ids), "records": named}
        entry = Entry(now, ActorKind.RULE, RULE, EVENT, account_id, told)
        audit.append(connection, account_id, [entry], install_key=install_key)
