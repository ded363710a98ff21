"""The stage that all stories share: calendar, people, records, and who is already taken when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from agent_runtime.demo.book import Book, Mail
from agent_runtime.demo.company import (
    BLIND_BEFORE,
    BLIND_NOW,
    DOMAIN,
    LEAVER,
    SMALL_OWNER,
    Account,
    Contact,
    Numbers,
    User,
    slots,
)
from agent_runtime.demo.hours import WorkingHours, at_clock
from agent_runtime.demo.topics import TOPICS, Topic
from agent_runtime.demo.truth import DemoTruth, Planted
from agent_runtime.demo.wording import body, expand

SUCCESSORS = ("priya-raman", "samuel-brandt")
HANDOVER_AGO = 20


class Absence(NamedTuple):
    """A user is away from the first to the last day; the delegate covers."""

    user_id: str
    first: date
    last: date
    delegate_id: str


class Party(NamedTuple):
    """A customer's person and ours, who have something to do with each other."""

    account: Account
    contact: Contact
    user: User


@dataclass
class Scene:
    """Everything a story needs. `start` and `end` bound the world; days are counted back from `end`."""

    start: datetime
    end: datetime
    hours: WorkingHours
    users: dict[str, User]
    accounts: list[Account]
    book: Book
    truth: DemoTruth
    absences: list[Absence]
    numbers: Numbers
    taken: list[tuple[str, str | None, datetime, datetime]] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)

    def ago(self, working_days: int) -> date:
        """The working day that many working days before the last one."""
        return self.hours.shift(self.end.date(), -working_days)

    def moment(self, rng: Random, user: User, day: date, first: float = 8.7, last: float = 17.2) -> datetime:
        """A moment of `day`, or of the first day after it on which `user` works."""
        day = self.hours.shift(day, 0)
        while any(one.user_id == user.id and one.first <= day <= one.last for one in self.absences):
            day = self.hours.shift(day, 1)
        return self.hours.moment(rng, day, first, last)

    def reply_time(self, rng: Random, user: User, after: datetime, low: int, high: int) -> datetime:
        """Between `low` and `high` working minutes after `after`, on a day on which `user` works."""
        at = self.hours.after(after, rng.randrange(low, high))
        while any(one.user_id == user.id and one.first <= at.date() <= one.last for one in self.absences):
            at = self.hours.after(at, 540)
        return at

    def at_work(self, rng: Random, names: tuple[str, str], at: datetime) -> User:
        """One of the two, by chance, or the other where that one is away on the day; never a blind mailbox."""
        first, other = rng.sample(names, 2)
        begin, end = self.book.blind.get(first, (at, at))
        away = any(one.user_id == first and one.first <= at.date() <= one.last for one in self.absences)
        return self.users[other if away or begin <= at < end else first]

    def owner(self, account: Account, at: datetime) -> User:
        """Who owned the account at that time."""
        handed_over = at.date() >= self.ago(HANDOVER_AGO)
        return self.users[account.owner_id if handed_over else account.first_owner_id]

    def party(self, account: Account, contact: Contact, at: datetime) -> Party:
        return Party(account, contact, self.owner(account, at))

    def free(self, account: Account, contact: Contact | None, start: datetime, until: datetime) -> bool:
        """Whether nothing planted with this contact (or with the whole account) overlaps the span."""
        name = contact.id if contact else None
        return not any(
            key == account.id and begin < until and start < end and (name is None or who is None or who == name)
            for key, who, begin, end in self.taken
        )

    def take(self, account: Account, contact: Contact | None, start: datetime, until: datetime) -> None:
        """Keeps the span for one story, so that no other story answers or disturbs it."""
        self.taken.append((account.id, contact.id if contact else None, start, until))

    def _works(self, user: User, start: datetime, until: datetime) -> bool:
        """Whether the user's mailbox is seen in the whole span and no holiday begins or ends in it."""
        begin, end = self.book.blind.get(user.id, (until, until))
        seen = not (begin < until and start < end)
        return seen and not any(
            one.user_id == user.id and one.first <= until.date() and start.date() <= one.last
            for one in self.absences if one.first < self.end.date()
        )  # fmt: skip

    def pick(
        self, rng: Random, start: datetime, until: datetime, *, whole: bool = False,
        where: Callable[[Account], bool] = lambda account: True,
    ) -> Party | None:  # fmt: skip
        """A contact that has nothing else planted in the span, taken for the caller; None when all are taken.

        Accounts with fewer stories come first, so that the stories spread.
        """
        for account in sorted(self.accounts, key=lambda one: (self.marks.get(one.id, 0), rng.random())):
            user = self.owner(account, start)
            if not where(account) or not self._works(user, start, until) or user is not self.owner(account, until):
                continue
            for contact in rng.sample(account.contacts, len(account.contacts)):
                if self.free(account, None if whole else contact, start, until):
                    self.take(account, None if whole else contact, start, until)
                    self.marks[account.id] = self.marks.get(account.id, 0) + 1
                    return Party(account, contact, user)
        return None

    def topic(self, rng: Random, party: Party) -> "Subject":
        """A topic with the sites, units and prices of this account filled in."""
        filled = slots(rng, party.account)
        return Subject(self, rng, party, rng.choice(TOPICS[party.account.language]), filled)

    def meet(
        self, party: Party, planned: datetime, starts: datetime, title: str, *, status: str = "held",
        opportunity_id: str | None = None,
    ) -> str:  # fmt: skip
        """A meeting of one hour as the calendar tells it: planned first, then how it ended, as a revision."""
        key = self.book.add(
            "meetings", planned, account_id=party.account.id, opportunity_id=opportunity_id, starts_at=starts,
            ends_at=starts + timedelta(hours=1), status="scheduled", subject=title, user_id=party.user.id,
            attendees=[party.user.email, party.contact.email], description=None, notes=None,
            ical_uid=f"{planned:%Y%m%d%H%M%S}-{party.contact.id}@{DOMAIN}",
        )  # fmt: skip
        if status != "scheduled":
            known = starts - timedelta(days=1) if status == "canceled" else starts + timedelta(minutes=65)
            calendar = self.book.files["meetings"]
            calendar.append({**calendar[-1], "at": known, "status": status})
        return key

    def plant(
        self, kind: str, account: Account | None, ids: Iterable[str], at: datetime, expectation: str,
        *, notice: bool = True, open_at_end: bool = False, opportunity_id: str | None = None,
    ) -> None:  # fmt: skip
        """Lists a planted situation in the truth."""
        account_id = account.id if account else None
        self.truth.planted.append(
            Planted(kind, account_id, opportunity_id, tuple(ids), at, expectation, notice, open_at_end)
        )


@dataclass
class Subject:
    """One matter between two people: its words, and the mails about it."""

    scene: Scene
    rng: Random
    party: Party
    about: Topic
    slots: dict[str, str]

    def __post_init__(self) -> None:
        self.slots["ask"] = expand(self.rng, self.about.ask, self.slots)
        self.slots["answer"] = expand(self.rng, self.about.answer, self.slots)
        self.slots["thing"] = expand(self.rng, self.about.thing, self.slots)
        self.title = expand(self.rng, self.about.subject, self.slots)
        self.title = self.title[0].upper() + self.title[1:]

    @property
    def file(self) -> str:
        return f"{self.about.file}-{self.slots['serial']}.pdf"

    def words(self, name: str, **more: str) -> str:
        return body(self.rng, self.party.account.language, name, {**self.slots, **more})

    def theirs(self, name: str, at: datetime, reply_to: Mail | None = None, /, **more: str) -> Mail:
        """A mail from the customer to us."""
        party = self.party
        return self.scene.book.mail(
            party.contact, party.user, at, self.title, self.words(name, **more), party.account.language,
            reply_to=reply_to,
        )  # fmt: skip

    def ours(
        self,
        name: str,
        at: datetime,
        reply_to: Mail | None = None,
        attachments: Iterable[str] = (),
        /,
        **more: str,
    ) -> Mail:
        """A mail from us to the customer."""
        party = self.party
        return self.scene.book.mail(
            party.user, party.contact, at, self.title, self.words(name, **more), party.account.language,
            reply_to=reply_to, attachments=tuple(attachments),
        )  # fmt: skip


def large(account: Account) -> bool:
    """Whether the account is one of the rich ones."""
    return account.large


def small(account: Account) -> bool:
    """Whether the account is one of the many with little data."""
    return not account.large


def blind_spans(hours: WorkingHours, end: datetime) -> dict[str, tuple[datetime, datetime]]:
    """Two mailboxes that were not connected for two weeks: one in the past, one until now."""
    past = hours.shift(end.date(), -25)
    return {
        BLIND_BEFORE: (at_clock(past, 0), at_clock(past + timedelta(days=14), 0)),
        BLIND_NOW: (at_clock(hours.shift(end.date(), -10), 0), end + timedelta(seconds=1)),
    }


def absences(hours: WorkingHours, end: datetime) -> list[Absence]:
    """Holidays with their delegates: some past, one that covers the last day."""
    plan = (
        ("nora-vieth", 26, 22, "jonas-tiedemann"),
        ("priya-raman", 61, 56, "samuel-brandt"),
        ("lea-hartmann", 98, 94, "nora-vieth"),
        ("tom-reyes", 44, 40, "hanna-lindt"),
        (SMALL_OWNER, 70, 66, "hanna-lindt"),
        ("jonas-tiedemann", 0, -4, "nora-vieth"),
    )
    return [
        Absence(user, hours.shift(end.date(), -first), hours.shift(end.date(), -last), delegate)
        for user, first, last, delegate in plan
    ]


def hand_over(accounts: list[Account], leaver: str = LEAVER) -> None:
    """Gives the accounts of the seller who left to her two successors in turn."""
    owned = [account for account in accounts if account.owner_id == leaver]
    for number, account in enumerate(owned):
        account.owner_id = SUCCESSORS[number % 2]
