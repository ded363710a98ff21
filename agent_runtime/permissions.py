"""Who may read which account: the only maker of AccountScope."""

from memory.scope import AccountScope


def agent_scope(account_id: str) -> AccountScope:
    """The scope of the account's own agent: exactly its account, nothing else."""
    return AccountScope(account_id=account_id, reader="agent")
