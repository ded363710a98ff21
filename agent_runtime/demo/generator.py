"""Puts the demo world together: the same seed, size and end give the same bytes."""

from datetime import datetime
from pathlib import Path
from random import Random

from agent_runtime.demo import customers as service
from agent_runtime.demo import leads, missed, noise, open_deals, people, promises, signals
from agent_runtime.demo.book import Book
from agent_runtime.demo.company import Numbers, customers, users
from agent_runtime.demo.hours import ZONE, WorkingHours, at_clock
from agent_runtime.demo.scene import Scene, absences, blind_spans, hand_over
from agent_runtime.demo.truth import DemoTruth
from agent_runtime.demo.writer import write
from agent_runtime.errors import BadInput

DEFAULT_END = datetime(2026, 3, 17, 8, 40, tzinfo=ZONE)
WORKING_DAYS = 126
ACCOUNTS, FEWEST_ACCOUNTS = 120, 60


def generate(seed: int, out: Path, *, accounts: int = ACCOUNTS, end: datetime | None = None) -> DemoTruth:
    """Writes a world folder of six months that ends at `end` (default: a Tuesday in March, 08:40 in Berlin).

    Returns what was planted. Raises BadInput, with nothing written, when `end` is naive or the accounts are
    too few for the stories.
    """
    scene = _scene(seed, accounts, end or DEFAULT_END)
    # Open stories come first: they need accounts on which nothing else happens. The routine takes the rest.
    for name, play in (
        ("contracts", service.contracts),
        ("deals", open_deals.play),
        ("unseen", missed.play_unseen),
        ("people", people.play),
        ("promises", promises.play_open),
        ("missed", missed.play_open),
        ("service", service.play),
        ("leads", leads.play),
        ("past promises", promises.play_past),
        ("past calls", missed.play_past),
        ("wrong person", lambda scene, rng: noise.wrong_person(scene, rng, 2)),
        ("routine", service.routine),
        ("noise", noise.play),
        # Last, so that what was there before stays as it was.
        ("signals", signals.play),
        ("first steps", leads.first_steps),
    ):
        play(scene, Random(f"{seed}:{name}"))
    scene.truth.records = write(scene, out)
    written = {one["id"] for records in scene.book.files.values() for one in records}
    scene.truth.keep(written, [account.id for account in scene.accounts])
    return scene.truth


def _scene(seed: int, count: int, end: datetime) -> Scene:
    if end.tzinfo is None:
        raise BadInput(
            "The end of the demo world has no time zone.", fix="Give an aware datetime; nothing was written."
        )
    if count < FEWEST_ACCOUNTS:
        raise BadInput(
            f"{count} accounts are too few for the stories of the demo world.",
            fix=f"Give {FEWEST_ACCOUNTS} or more; nothing was written.",
        )
    end = end.astimezone(ZONE)
    hours, numbers = WorkingHours(end), Numbers()
    firms = customers(Random(f"{seed}:accounts"), count, numbers)
    hand_over(firms)
    book = Book(Random(f"{seed}:book"), {one.id: one.name for one in firms}, blind_spans(hours, end))
    start = at_clock(hours.shift(end.date(), -WORKING_DAYS), 0)
    return Scene(start, end, hours, users(), firms, book, DemoTruth(), absences(hours, end), numbers)
