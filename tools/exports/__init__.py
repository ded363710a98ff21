"""Exports as people download them: CRM lists, mailbox files and call lists, read as a world and never written."""

from tools.exports.folder import Export

__all__ = ["Export"]
