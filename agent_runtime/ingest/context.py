"""What ingest must be told about the company whose records it takes."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from agent_runtime.playbook.call_policy import Recordings


@dataclass(frozen=True, slots=True)
class IngestContext:
    """How the company can be told from its customers; addresses and domains are lower case.

    `intake`: our addresses and numbers where strangers may write or call. `never_log`: addresses and
    domains whose mail is not stored, only counted. `default_region`: where national numbers are read.
    `recordings`: what of a call's words comes in.
    """

    zone: ZoneInfo
    default_region: str = ""
    own_domains: frozenset[str] = frozenset()
    intake: frozenset[str] = frozenset()
    never_log: frozenset[str] = frozenset()
    recordings: Recordings = field(default_factory=Recordings)
