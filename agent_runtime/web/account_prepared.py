"""What is prepared about an account, on its page: for the next meeting, the renewal, a follow-up; and the research."""

from typing import Any

from agent_runtime.prepared.service import everything
from agent_runtime.web.page import PageCall


def prepared_work(call: PageCall) -> dict[str, Any]:
    """The artefacts as they read now, in the reader's language; each source by its id, to link to its record."""
    company = call.site.premises.company(call.connection, call.now)
    reader = company.people.get(call.principal.user_id)
    language = reader.language if reader else None
    found = everything(call.connection, call.scope, company, call.now, language)
    return {"artefacts": [(one, {source.id: source for source in one.sources}) for one in found]}
