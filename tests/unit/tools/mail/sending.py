"""A mailbox to send from, on the stand-in of each provider, and a mail that was approved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.unit.tools.crm.salesforce.org import still
from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.mail.mailbox import ADA, APP, KIM, READER, SENDER, SENDING, gmail, gmail_wire, graph, graph_wire
from tests.unit.tools.mail.mailbox import letter as letter_of
from tools.base import ApprovedWrite, Writer
from tools.fakes.gmail import LIMITED
from tools.fakes.wire import FakeTransport, Faults
from tools.http import VendorClient
from tools.mail.drafts import Drafts
from tools.mail.gmail.wire import ADDRESS, MANNERS, RATES, WRITE_SCOPE, GmailWire
from tools.mail.gmail.write import GmailDrafts, GmailWriter
from tools.mail.graph.write import GraphDrafts, GraphWriter
from tools.mail.outgoing import packed

NAME = "<out1@mail.example>"
REPLY = letter_of("out1", ADA, KIM, "Re: The price list", "Here it is", at=NOON, answers="m3")
MAIL = ApprovedWrite("out_1", "mail", ("mailbox", ADA), packed(REPLY), "ada", "hash")
FIRST = ApprovedWrite(
    "out_2", "mail", ("mailbox", ADA), packed(letter_of("out2", ADA, KIM, "Hello", "New", at=NOON)), "ada", "hash"
)


@dataclass(slots=True)
class Outbox:
    """One provider's stand-in with Ada's mailbox."""

    vendor: str
    fake: Any

    def writer(self, faults: Faults | None = None, *, may_send: bool = True) -> Writer:
        """What sends from it."""
        if self.vendor == "gmail":
            return GmailWriter(self._gmail(faults) if may_send else gmail_wire(self.fake, faults, READER), ADA)
        return GraphWriter(graph_wire(self.fake, faults, SENDING if may_send else APP), ADA)

    def drafts(self) -> Drafts:
        """Its drafts."""
        if self.vendor == "gmail":
            return GmailDrafts(self._gmail(None))
        return GraphDrafts(graph_wire(self.fake, app=SENDING))

    def _gmail(self, faults: Faults | None) -> GmailWire:
        """Signed in already: to sign a statement takes longer than all the rest."""
        self.fake.tokens["given"] = (SENDER, NOON + timedelta(days=1))
        self.fake.scopes["given"] = WRITE_SCOPE
        client = VendorClient(
            "gmail", ADDRESS, auth=None, buckets=still(), rates=RATES, manners=MANNERS,
            headers={"Authorization": "Bearer given"}, transport=FakeTransport(self.fake, faults, LIMITED),
        )  # fmt: skip
        return GmailWire(client, person=True)

    def sent(self) -> list[str]:
        """The Message-IDs of what went out."""
        return [f"<{name.strip('<>')}>" for what, name in self.fake.writes if what == "sent"]

    def edit(self, draft_id: str, raw: bytes, words: str) -> None:
        """Ada writes something else into a draft."""
        if self.vendor == "gmail":
            self.fake.edit_draft(draft_id, raw.replace(b"Here it is", words.encode()))
        else:
            self.fake.edit(draft_id, {"body": {"contentType": "text", "content": words}})


_MADE: dict[str, Callable[[Hands], Any]] = {"gmail": gmail, "graph": graph}
VENDORS = tuple(_MADE)


def outbox(vendor: str) -> Outbox:
    """The mailbox as it is at noon."""
    return Outbox(vendor, _MADE[vendor](Hands()))
