"""An invented town that telephones: calls of some weeks with callbacks, a CRM that logs them, and faults on demand."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent_runtime.calendars import BusinessCalendar, parse_hours
from agent_runtime.calls.intent import About
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.models import CallLeg, DistinctCall, Intent, Owner, Topic
from agent_runtime.calls.needs import needs
from agent_runtime.calls.week.clocks import Sighting
from agent_runtime.calls.week.context import Campaign, Context, Note, Shift
from agent_runtime.calls.week.fates import DealEnd, Deals, DealStep
from agent_runtime.calls.week.records_checks import Party
from agent_runtime.calls.week.rows import Line, LineBook, LocalTime, Setting
from agent_runtime.calls.week.tables import Measure
from agent_runtime.calls.week.trust import Check, CheckState, Gate, Pilot, Verified
from agent_runtime.calls.week.weekly import World
from agent_runtime.playbook.call_policy import Late

ZONE = ZoneInfo("Europe/Berlin")
CALENDAR = BusinessCalendar(ZONE, parse_hours("Mon-Fri 09:00-17:00"), frozenset({date(2026, 10, 9)}))
BEGIN = datetime(2026, 6, 1, tzinfo=UTC)
QUEUES = ("sales", "service", "billing")
NUMBER = {"sales": "+49301000001", "service": "+49301000002", "billing": "+49301000003"}
TOPICS: dict[str, tuple[Topic, Intent]] = {
    "sales": ("buy_or_upgrade", "commercial"),
    "service": ("technical", "service"),
    "billing": ("billing", "service"),
}


@dataclass
class Town:
    """What the phone system, the CRM and the lists say."""

    legs: list[CallLeg] = field(default_factory=list)
    owners: dict[str, list[Owner]] = field(default_factory=dict)
    logged: dict[str, list[datetime]] = field(default_factory=dict)
    parties: list[Party] = field(default_factory=list)
    deals: list[tuple[datetime, str, float | None]] = field(default_factory=list)
    topics: dict[str, About] = field(default_factory=dict)

    def classify(self, call: DistinctCall) -> About:
        """What this call was about."""
        return self.topics.get(call.call_id, About("informational", "other"))

    def sightings(self) -> list[Sighting]:
        """The calls with customers as the phone system saw them."""
        return [
            Sighting(leg.account_id or "", leg.queue or "", leg.started_at, leg.started_at + length(leg))
            for leg in self.legs
        ]


def length(leg: CallLeg) -> timedelta:
    """How long a leg rang and was spoken over."""
    return timedelta(seconds=(leg.ring_s or 0) + (leg.talk_s or 0))


def town(seed: int, *, weeks: int = 12, a_day: int = 30, missed: float = 0.35, slow: float = 1.0) -> Town:
    """A town with `a_day` calls on each working day; the same seed gives the same one. `slow` stretches callbacks."""
    rng = random.Random(seed)
    made = Town()
    customers = 40 + a_day * 3
    for number in range(customers):
        phone = f"+4930200{number:05d}"
        made.owners[phone] = [Owner(f"a{number}", f"c{number}")]
        name = f"{FIRST[rng.randrange(len(FIRST))]} {rng.choice(SYLLABLES)}{rng.choice(SYLLABLES)}{number}"
        made.parties.append(Party(f"c{number}", name, (f"p{number}@firm{number}.example",), (phone,)))
    for day in range(weeks * 7):
        begin = BEGIN + timedelta(days=day)
        if begin.weekday() < 5:
            for _ in range(a_day):
                _call(made, rng, begin, rng.randrange(customers), missed, slow)
    return made


FIRST = ("Ada", "Bruno", "Clara", "David", "Emil", "Fatma", "Greta", "Henrik", "Ines", "Jonas", "Katja", "Leonie")
SYLLABLES = ("ber", "dor", "fel", "gan", "hof", "kam", "lin", "mar", "nau", "ost", "pel", "rot", "sten", "tal", "wig")


def _call(made: Town, rng: random.Random, day: datetime, customer: int, missed: float, slow: float) -> None:
    queue = rng.choices(QUEUES, (3, 4, 2))[0]
    at = day + timedelta(hours=6.5, seconds=rng.randrange(10 * 3600))
    account, phone = f"a{customer}", f"+4930200{customer:05d}"
    is_missed = rng.random() < missed
    talk = 0 if is_missed else rng.randrange(40, 600)
    name = f"call-{len(made.legs) + 1:06d}"
    made.legs.append(
        CallLeg(
            id=name, at=at, started_at=at, direction="inbound", status="no_answer" if is_missed else "completed",
            from_number=phone, to_number=NUMBER[queue], ring_s=float(rng.randrange(12, 40)), talk_s=float(talk),
            queue=queue, tracking_number=NUMBER[queue], account_id=account, contact_id=f"c{customer}",
            user_id=None if is_missed else "u1",
        )
    )  # fmt: skip
    topic, intent = TOPICS[queue] if rng.random() < 0.8 else ("other", "informational")
    made.topics[name] = About(intent, topic)
    if not is_missed:
        _log(made, rng, account, at)
        return
    wait = rng.lognormvariate(7.2, 1.6) * slow
    if rng.random() < 0.85:
        _call_back(made, rng, customer, at + timedelta(seconds=30 + wait))
    if intent == "commercial":
        _deal(made, rng, account, at, wait)


def _call_back(made: Town, rng: random.Random, customer: int, at: datetime) -> None:
    leg = CallLeg(
        id=f"call-{len(made.legs) + 1:06d}", at=at, started_at=at, direction="outbound", status="completed",
        from_number="+49301", to_number=f"+4930200{customer:05d}", ring_s=8.0, talk_s=float(rng.randrange(60, 500)),
        user_id="u1", queue="callbacks", account_id=f"a{customer}", contact_id=f"c{customer}",
    )  # fmt: skip
    made.legs.append(leg)
    _log(made, rng, f"a{customer}", at)


def _log(made: Town, rng: random.Random, account: str, at: datetime) -> None:
    """Half of the conversations are noted in the CRM, within seconds of their beginning."""
    if rng.random() < 0.5:
        made.logged.setdefault(account, []).append(at + timedelta(seconds=rng.randrange(-15, 16)))


def _deal(made: Town, rng: random.Random, account: str, at: datetime, wait: float) -> None:
    chance = 0.45 if wait < 1800 else 0.25 if wait < 7200 else 0.12
    if rng.random() < chance:
        worth = round(rng.lognormvariate(8.5, 0.7), 2) if rng.random() < 0.6 else 0.0
        made.deals.append((at + timedelta(days=rng.random() * 6), account, worth))


def skewed(made: Town, by: timedelta, queues: tuple[str, ...] = (*QUEUES, "callbacks")) -> Town:
    """The phone system's clock is ahead, in these queues."""
    legs = [replace(leg, started_at=leg.started_at + by) if leg.queue in queues else leg for leg in made.legs]
    return replace(made, legs=legs)


PASSED = Gate((Check("clock", CheckState.PASSED, 0.0, "minutes", 100, "they agree"),))
LINES = [Line(number, queue, f"{queue} campaign", f"{queue}-team", None, None) for queue, number in NUMBER.items()]


def world(made: Town, now: datetime, *, gate: Gate | None = None, verified: tuple[Verified, ...] = ()) -> World:
    """The town as the weekly page reads it."""
    calls = join_legs(leg for leg in made.legs if leg.started_at <= now)
    context = Context(
        campaigns=[
            Campaign("sales campaign", "search", "repair near me", date(2026, 6, 1), date(2026, 12, 31), 21000.0),
            Campaign("service campaign", "letter", None, None, None, None),
        ],
        shifts=[Shift("sales", BEGIN, BEGIN + timedelta(weeks=60))],
        notes=[Note(datetime(2026, 7, 15, 9, tzinfo=UTC), "Sales calls now ring two more phones")],
        lines=LINES,
        is_holiday=lambda day: day in CALENDAR.holidays,
    )
    setting = Setting(
        local=LocalTime(ZONE),
        is_open=CALENDAR.is_open,
        due_at=lambda begun, intent, segment: CALENDAR.add(begun, 10 if intent == "commercial" else 60),
        lines=LineBook(LINES),
        classify=made.classify,
        sources={"sales campaign": "search", "service campaign": "letter"},
        segments={owner.account_id or "": "town" for owners in made.owners.values() for owner in owners},
    )
    return World(
        legs=[leg for leg in made.legs if leg.started_at <= now],
        calls=calls,
        needs=needs(calls, (), made.owners),
        askings=(),
        strangers={},
        deals=deals(made),
        context=context,
        setting=setting,
        late={"sales": Late(commercial=0, service=0.1, informational=0.3)},
        responsible={"marketing": "Max", "sales": "Sue", "operations": "Ola"},
        gate=gate or PASSED,
        pilot=Pilot("", gate or PASSED, len(calls)),
        verified=verified,
        definition="rule missed_call of the playbook town",
        owners=[("queues and shifts", "operations")],
        zone=ZONE,
        measure=Measure(now, lambda begun, ended: CALENDAR.minutes_between(begun, ended) * 60),
    )


def deals(made: Town) -> Deals:
    """The deals by account, each with its end."""
    steps: dict[str, list[DealStep]] = {}
    ends: dict[str, DealEnd] = {}
    for place, (at, account, worth) in enumerate(sorted(made.deals)):
        steps.setdefault(account, []).append(DealStep(at, f"d{place}"))
        if worth is not None:
            ends[f"d{place}"] = DealEnd(worth, "EUR")
    return Deals(steps, ends)
