"""A mail of a mailbox as the records that it gives: the mail itself, and whose address it says is refused."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from tools.base import SourceRecord
from tools.mail.letter import direction_between, read_letter
from tools.mail.undelivered import undelivered

STREAM = "emails"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose mailbox it is, in lower case, and from where colleagues write beside its own domain."""

    address: str
    own_domains: Collection[str] = ()


def told(raw: bytes, came_at: datetime, holder: Holder, read_at: datetime, *, sent: bool) -> list[SourceRecord]:
    """The records of one mail; raises letter.UnreadableLetter. `sent`: the mailbox says that it went out from here.

    The same mail in another mailbox is the same record: whose mailbox it is matters only where no address tells it.
    """
    written, fields = read_letter(raw, came_at)
    way = "outbound" if sent else direction_between(fields["from"], holder.address, holder.own_domains)
    said = fields | ({"direction": way} if way else {})
    if holder.address not in " ".join([fields["from"], *fields["to"], *fields["cc"]]).lower():
        said["mailbox"] = holder.address
    source_id = fields["message_id"]
    record = SourceRecord("email", STREAM, source_id, read_at, written, fields=said)
    return [record, *(refused(source_id, one, read_at, written) for one in (() if sent else undelivered(raw)))]


def withdrawn(raw: bytes, came_at: datetime, read_at: datetime) -> SourceRecord:
    """A person said that this is no mail of theirs: what was taken of it counts no more."""
    written, fields = read_letter(raw, came_at)
    return SourceRecord("email", STREAM, fields["message_id"], read_at, written, deleted=True)


def refused(report: str, address: str, read_at: datetime, at: datetime) -> SourceRecord:
    """What the mail `report` says of an address: that it takes no mail any more."""
    key = blake2b(f"{report}|{address}".encode(), digest_size=12).hexdigest()
    fields = {"kind": "contact.changed", "email": address, "status": "bounced"}
    return SourceRecord("email", "crm", f"refused-{key}", read_at, at, fields=fields)
