"""How many records a replay or import read, and what became of them."""

from dataclasses import asdict, dataclass

from agent_runtime.ingest.service import Taken


@dataclass(slots=True)
class Counts:
    """Records by what became of them; `internal`, `never_logged` and `unknown` were not kept."""

    read: int = 0
    rejected: int = 0
    duplicated: int = 0
    internal: int = 0
    never_logged: int = 0
    unknown: int = 0
    ambiguous: int = 0

    def add(self, taken: Taken, read: int) -> None:
        """Adds what ingest made of `read` records."""
        self.read += read
        self.rejected += len(taken.rejected)
        self.ambiguous += len(taken.ambiguous)
        for name in ("duplicated", "internal", "never_logged", "unknown"):
            setattr(self, name, getattr(self, name) + getattr(taken, name))

    def to_json(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_json(cls, state: dict[str, int]) -> "Counts":
        """Takes back what `to_json` gave."""
        return cls(**state)
