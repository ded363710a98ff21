"""Deals of the demo world: from the first talk to won, lost or disqualified."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from agent_runtime.demo.book import Mail
from agent_runtime.demo.company import Account, Contact, User, slots
from agent_runtime.demo.scene import Party, Scene
from agent_runtime.demo.texts_calls import deal_talk, spoken
from agent_runtime.demo.wording import body, long_date, money, month_end

STAGES = (
    ("enquiry", 0, "open", 0.10, 5),
    ("qualified", 1, "open", 0.25, 10),
    ("survey", 2, "open", 0.40, 15),
    ("proposal", 3, "open", 0.55, 15),
    ("negotiation", 4, "open", 0.75, 12),
    ("won", 5, "won", 1.0, ""),
    ("lost", 6, "lost", 0.0, ""),
    ("disqualified", 7, "disqualified", 0.0, ""),
)
_NAMES = {
    "en": (
        "{site} and two further sites",
        "Cold room at {site}",
        "Replacement of {n} units, {site}",
        "Chiller at {site}, phase 2",
        "Service contract, {site} and {site2}",
        "New plant at {site}",
        "Heat recovery at {site}",
    ),
    "de": (
        "Kühlraum {site}",
        "Ersatz von {n} Verflüssigern, {site}",
        "{site} und zwei weitere Standorte",
        "Neue Anlage {site}",
        "Wartungsvertrag, {site} und {site2}",
    ),
}


@dataclass
class Deal:
    """One opportunity; each step writes what CRM, mail and telephone would hold of it."""

    scene: Scene
    rng: Random
    party: Party
    created: date
    title: str = ""
    id: str = ""
    ids: list[str] = field(default_factory=list)
    stage: str = ""
    mails: dict[str, Mail] = field(default_factory=dict)
    ended: datetime | None = None

    def __post_init__(self) -> None:
        account = self.party.account
        self.words = slots(self.rng, account)
        name = self.title or self.rng.choice(_NAMES[account.language]).format(**self.words)
        self.name = name[0].upper() + name[1:]
        self.amount = float(self.rng.randrange(34, 420) * 500 if account.large else self.rng.randrange(6, 40) * 500)
        self.scene.book.count += 1
        self.id = f"opp-{self.scene.book.count:05d}"
        self.last: Mail | None = None

    @property
    def language(self) -> str:
        return self.party.account.language

    def crm(self, kind: str, at: datetime, **fields: Any) -> str:
        key = self.scene.book.crm(kind, at, self.party.account, self.id, **fields)
        self.ids.append(key)
        return key

    def enter(self, stage: str, at: datetime) -> str:
        self.stage = stage
        return self.crm(
            "opportunity.stage", at, stage=stage, amount=self.amount, currency=self.party.account.currency,
            user_id=self.party.user.id,
        )  # fmt: skip

    def open(self, close_in: int = 45) -> datetime:
        """Creates the deal on its first day, with a name and a close date that many working days ahead."""
        at = self.scene.moment(self.rng, self.party.user, self.created, 9, 12)
        self.enter("enquiry", at)
        self.close_date = self.scene.hours.shift(at.date(), close_in)
        self.crm(
            "opportunity.updated",
            at + timedelta(seconds=20),
            name=self.name,
            close_date=self.close_date,
            forecast_category="pipeline",
            next_step="first talk",
        )
        return at

    def push(self, at: datetime, days: int) -> str:
        self.close_date = self.scene.hours.shift(self.close_date, days)
        return self.crm("opportunity.updated", at, close_date=self.close_date, forecast_category="best_case")

    def next_step(self, at: datetime, text: str, due: datetime, channel: str = "email") -> str:
        """A next step in the CRM and the task for it."""
        self.crm("opportunity.updated", at, next_step=text)
        self.scene.book.count += 1
        task_id = f"t-{self.scene.book.count:05d}"
        return self.crm("task.created", at, task_id=task_id, subject=text, channel=channel, due_at=due,
                        user_id=self.party.user.id)  # fmt: skip

    def mail(self, side: str, name: str, at: datetime, *, fresh: bool = False, event: str | None = None,
             attachments: tuple[str, ...] = (), **more: str) -> Mail:  # fmt: skip
        """A mail of the deal's thread, from "us" or from "them"."""
        party = self.party
        writer: User | Contact = party.user if side == "us" else party.contact
        reader: User | Contact = party.contact if side == "us" else party.user
        text = body(self.rng, self.language, name, {**self.words, **self._slots(at), **more})
        subject = self.subject() if event else self.name
        mail = self.scene.book.mail(
            writer, reader, at, subject, text, self.language, event=event,
            reply_to=None if fresh else self.last, attachments=attachments, account_id=party.account.id,
            opportunity_id=self.id,
        )  # fmt: skip
        self.last, self.mails[name] = mail, mail
        self.ids.append(mail.id)
        return mail

    def subject(self) -> str:
        return f"{'Angebot' if self.language == 'de' else 'Proposal'}: {self.name}"

    def _slots(self, at: datetime) -> dict[str, str]:
        language, shift = self.language, self.scene.hours.shift
        return {
            "deal": self.name,
            "amount": money(self.amount, self.party.account.currency, language),
            "valid": long_date(shift(at.date(), 30), language),
            "week": str((self.created + timedelta(days=100)).isocalendar().week),
            "day": long_date(shift(at.date(), self.rng.randint(3, 5)), language),
            "later": month_end(at.date() + timedelta(days=40), language),
        }

    def call(self, at: datetime, kind: str, direction: str = "outbound", **more: str) -> str:
        """A talk with the contact that is recorded with consent and written down."""
        party = self.party
        lines = deal_talk(self.rng, kind, party.user, party.contact, {**self.words, **self._slots(at), **more})
        script = spoken(self.rng, lines)
        key = self.scene.book.call(
            at, direction, "completed", ours=party.user.phone, theirs=party.contact.phone,
            talk=int(script[-1]["start_s"]) + 9, user=party.user, transcript=script, consent="all_party",
            answered_by="person", opportunity_id=self.id,
        )  # fmt: skip
        self.ids.append(key)
        return key

    def survey(self, day: date) -> datetime:
        """From the first mail to the visit on site; returns when the notes went out."""
        user, hours = self.party.user, self.scene.hours
        first = self.scene.moment(self.rng, user, day, 9, 16)
        visit = hours.shift(first.date(), self.rng.randint(4, 6))
        starts = self.scene.moment(self.rng, user, visit, 9, 12).replace(minute=0, second=0)
        shown = long_date(starts.date(), self.language)
        self.mail("us", "intro", first, fresh=True, day=shown)
        answered = self.scene.reply_time(self.rng, user, first, 90, 800)
        agreed = self.mail("them", "survey_yes", answered, day=shown)
        title = f"{'Aufnahme' if self.language == 'de' else 'Survey'}, {self.name}"
        self.scene.meet(self.party, agreed.at + timedelta(minutes=20), starts, title, opportunity_id=self.id)
        self.enter("survey", starts + timedelta(minutes=self.rng.randrange(130, 170)))
        notes = hours.after(starts, self.rng.randrange(200, 300))
        self.mail("us", "survey_notes", notes)
        return notes

    def propose(self, day: date, *, name: str = "proposal") -> Mail:
        """Sends the proposal (or its second version) and moves the deal to the stage."""
        at = self.scene.moment(self.rng, self.party.user, day, 9, 16.5)
        status = "selected" if name == "proposal_revised" else "created"
        mail = self.mail("us", name, at, fresh=name == "proposal", event="proposal_sent",
                         attachments=(f"{self.id}-{name}.pdf",))  # fmt: skip
        self.crm("opportunity.proposal", at + timedelta(minutes=2), status=status, user_id=self.party.user.id)
        if self.stage != "proposal":
            self.enter("proposal", at + timedelta(minutes=3))
        self.proposed = mail
        return mail

    def end(self, stage: str, at: datetime, reason: str = "", responded: datetime | None = None) -> str:
        """Ends the deal and notes the truth for the scoring."""
        if reason:
            self.crm("opportunity.updated", at, lost_reason=reason)
        key = self.enter(stage, at + timedelta(seconds=30))
        self.ended = at
        sent = self.mails.get("proposal")
        self.scene.book.outcomes.append({
            "account_id": self.party.account.id, "opportunity_id": self.id,
            "proposal_sent_at": sent.at if sent else None, "responded_at": responded,
            "ended_at": at + timedelta(seconds=30), "outcome": "converted" if stage == "won" else stage,
        })  # fmt: skip
        return key


def start_deal(scene: Scene, rng: Random, party: Party, created: date, title: str = "") -> Deal:
    """A deal that is created and qualified, with a first talk."""
    deal = Deal(scene, rng, party, created, title)
    at = deal.open(rng.randint(40, 55))
    deal.call(scene.reply_time(rng, party.user, at, 20, 120), "first")
    deal.enter("qualified", scene.reply_time(rng, party.user, at, 160, 600))
    return deal


def past_deal(scene: Scene, rng: Random, account: Account, created: date, ending: str) -> Deal:
    """A deal that ran its course and ended: won, lost_price, lost_silence, lost_budget or disqualified."""
    party = scene.party(account, account.contacts[0], scene.hours.moment(rng, created))
    hours = scene.hours
    deal = start_deal(scene, rng, party, created)
    notes = deal.survey(hours.shift(created, rng.randint(2, 4)))
    if ending == "disqualified":
        at = scene.reply_time(rng, party.user, notes, 700, 1600)
        deal.mail("us", "unfit", at)
        deal.end("disqualified", at + timedelta(minutes=12), "not feasible on site")
        return deal
    sent = deal.propose(hours.shift(notes.date(), rng.randint(3, 8)))
    if ending == "lost_silence":
        lost = scene.moment(rng, party.user, hours.shift(sent.at.date(), rng.randint(14, 19)))
        deal.mail("them", "lost_silence", lost)
        deal.end("lost", hours.after(lost, 70), "no answer from us in time", lost)
        return deal
    answer = scene.reply_time(rng, party.user, sent.at, 500, 2600)
    deal.mail("them", rng.choice(("proposal_ack", "proposal_change")), answer)
    if "proposal_change" in deal.mails:
        sent = deal.propose(hours.shift(answer.date(), rng.randint(1, 2)), name="proposal_revised")
    agreed = scene.reply_time(rng, party.user, max(sent.at, answer), 300, 900)
    deal.mail("us", "next_step", agreed)
    deal.enter("negotiation", agreed + timedelta(minutes=5))
    finish(deal, scene.reply_time(rng, party.user, max(sent.at, answer), 1500, 4300), ending, answer)
    return deal


def finish(deal: Deal, at: datetime, ending: str, responded: datetime) -> None:
    """The last mails of a deal that was decided."""
    scene, rng, user = deal.scene, deal.rng, deal.party.user
    if ending != "won":
        deal.mail("them", ending, at)
        deal.end("lost", scene.reply_time(rng, user, at, 20, 200),
                 {"lost_price": "price", "lost_budget": "no budget"}[ending], responded)  # fmt: skip
        return
    deal.mail("them", "order", at)
    confirmed = scene.reply_time(rng, user, at, 20, 200)
    deal.mail("us", "order_confirmed", confirmed)
    deal.crm("opportunity.proposal", confirmed, status="accepted", user_id=user.id)
    deal.end("won", confirmed + timedelta(minutes=3), "", responded)
