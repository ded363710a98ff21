"""What ingest says of a record that it cannot take."""

from agent_runtime.errors import BadInput


class BadRecord(BadInput):
    """One source record cannot be taken; `field` names what is wrong with it. The others go on."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason
