"""What must hold at the end of every replay; each is one query that must find nothing."""

from sqlalchemy import Connection, text

from agent_runtime.audit.service import verify_all

# Name → a query that counts violations.
INVARIANTS = {
    "open interaction without owner, next action, due time or recovery": """
        SELECT count(*) FROM tenure_interaction WHERE state = 'open' AND (coalesce(owner_id, '') = ''
        OR coalesce(next_action, '') = '' OR next_due_at IS NULL OR coalesce(recovery, '') = '')""",
    "interaction neither open nor ended with one outcome": """
        SELECT count(*) FROM tenure_interaction WHERE NOT (state = 'open' AND outcome IS NULL)
        AND NOT (state = 'ended' AND outcome IN ('converted', 'lost', 'disqualified', 'deferred'))""",
    "expectation without its interaction": """
        SELECT count(*) FROM tenure_expectation WHERE interaction_id NOT IN (SELECT id FROM tenure_interaction)""",
    "breach without its expectation": """
        SELECT count(*) FROM tenure_breach WHERE expectation_id NOT IN (SELECT id FROM tenure_expectation)""",
    "open interaction that nothing will look at again": """
        SELECT count(*) FROM tenure_interaction i WHERE state = 'open' AND NOT EXISTS (
        SELECT 1 FROM tenure_expectation e WHERE e.interaction_id = i.id AND e.look_at IS NOT NULL)""",
    "activity of an account that no run has looked at": """
        SELECT count(*) FROM tenure_letter""",
    "item without owner, due time, evidence or prepared action": """
        SELECT count(*) FROM tenure_item WHERE coalesce(owner_id, '') = '' OR due_at IS NULL
        OR CAST(evidence AS TEXT) = '[]' OR CAST(action AS TEXT) = '{}'""",
    "item delivered after its interaction was known to have ended": """
        SELECT count(*) FROM tenure_item t JOIN tenure_audit_entry a ON a.account_id = t.account_id
        AND a.subject_id = t.interaction_id AND a.event = 'interaction.ended' WHERE t.delivered_at > a.at""",
    "action executed without a decision of a person or a named rule": """
        SELECT count(*) FROM tenure_action WHERE state IN ('sent', 'confirmed') AND decided_by NOT LIKE 'rule:%'
        AND NOT EXISTS (
        SELECT 1 FROM tenure_decision d WHERE d.item_id = tenure_action.item_id AND d.verb = 'approve')""",
    "action that was begun and not finished": """
        SELECT count(*) FROM tenure_action WHERE state = 'claimed'""",
}


def violations(connection: Connection) -> dict[str, int]:
    """Each invariant that does not hold, with how often; empty when all is well."""
    found = {name: int(connection.scalar(text(query)) or 0) for name, query in INVARIANTS.items()}
    found["audit chain that does not verify"] = len(verify_all(connection))
    return {name: count for name, count in found.items() if count}
