"""Who leaves, who takes over, and whom a letter no longer reaches."""

from datetime import datetime, timedelta
from random import Random

from agent_runtime.demo.company import LEAVER, SMALL_OWNER, Account
from agent_runtime.demo.hours import at_clock
from agent_runtime.demo.scene import HANDOVER_AGO, Party, Scene, large
from agent_runtime.demo.wording import long_date


def leaves_at(scene: Scene) -> dict[str, datetime]:
    """The last working moments of the two who leave: one weeks ago, one two weeks ahead."""
    return {
        LEAVER: at_clock(scene.ago(HANDOVER_AGO + 1), 17),
        SMALL_OWNER: at_clock(scene.hours.shift(scene.end.date(), 10), 17),
    }


def seller_left(scene: Scene, rng: Random) -> None:
    """The accounts of the seller who left change hands; she introduced her successor to every second one."""
    day = scene.ago(HANDOVER_AGO)
    for number, account in enumerate(one for one in scene.accounts if one.first_owner_id == LEAVER):
        at = at_clock(day, 9) + timedelta(minutes=3 * number)
        key = scene.book.crm("owner.changed", at, account, from_user_id=LEAVER, to_user_id=account.owner_id,
                             role="owner")  # fmt: skip
        _introduced(scene, rng, account, key, at, number % 2 == 0)
    inherited_promise(scene, rng)


def _introduced(scene: Scene, rng: Random, account: Account, key: str, at: datetime, told: bool) -> None:
    if not told:
        scene.plant(
            "owner_changed_silent",
            account,
            [key],
            at,
            "a new owner whom nobody introduced: brief and first contact",
            open_at_end=True,
        )
        return
    successor = scene.users[account.owner_id]
    subject = scene.topic(rng, Party(account, account.contacts[0], scene.users[LEAVER]))
    subject.title = "Ihr Ansprechpartner" if account.language == "de" else "Your contact at Aldermark"
    mail = subject.ours("handover", scene.hours.moment(rng, scene.ago(HANDOVER_AGO + 2), 9, 15),
                        successor=successor.name, day=long_date(at.date(), account.language))  # fmt: skip
    scene.plant("owner_changed_introduced", account, [key, mail.id], at, "introduced by the predecessor", notice=False)


def inherited_promise(scene: Scene, rng: Random) -> None:
    """What she promised in her last week, and nobody sent: it stays with the account."""
    done = 0
    for account in scene.accounts:
        start = at_clock(scene.ago(HANDOVER_AGO + 5), 0)
        contact = account.contacts[-1]
        if account.first_owner_id != LEAVER or done == 3 or not scene.free(account, contact, start, scene.end):
            continue
        scene.take(account, contact, start, scene.end)
        subject = scene.topic(rng, Party(account, contact, scene.users[LEAVER]))
        asked = subject.theirs("question", scene.hours.moment(rng, scene.ago(HANDOVER_AGO + 5), 9, 14),
                               on="next week")  # fmt: skip
        made = scene.hours.after(asked.at, 200)
        due = long_date(scene.ago(HANDOVER_AGO - 4), account.language)
        promise = subject.ours("promise", made, asked, by=due)
        scene.plant(
            "inherited_promise",
            account,
            [asked.id, promise.id],
            made,
            "promised by the predecessor, not sent: the successor owes it",
            open_at_end=True,
        )
        done += 1


def contact_left(scene: Scene, rng: Random, ago: int, successor_known: bool) -> None:
    """A contact leaves the customer and says so, with or without naming who follows."""
    party = scene.pick(rng, at_clock(scene.ago(ago), 0), scene.end, where=large)
    if party is None:
        return
    subject = scene.topic(rng, party)
    others = [one for one in party.account.contacts if one.id != party.contact.id]
    last_day = scene.hours.shift(scene.ago(ago), 2)
    ids = []
    at = scene.moment(rng, party.user, scene.ago(ago), 9, 15)
    if successor_known:
        subject.title = "Abschied" if party.account.language == "de" else "Leaving"
        ids.append(subject.theirs("leaver_note", at, successor=rng.choice(others).name,
                                  by=long_date(last_day, party.account.language)).id)  # fmt: skip
    ids.append(
        scene.book.crm(
            "contact.changed",
            at + timedelta(hours=1),
            party.account,
            contact_id=party.contact.id,
            status="left_company",
            until=None,
        )
    )
    open_at_end = ago < 10
    scene.plant(
        f"champion_left_{'named' if successor_known else 'unnamed'}", party.account, ids, at,
        "write to the successor, never again to this person", open_at_end=open_at_end,
    )  # fmt: skip


def contact_status(scene: Scene, rng: Random, ago: int, status: str) -> None:
    """On leave until a day, opted out, or bounced."""
    party = scene.pick(rng, at_clock(scene.ago(ago), 0), scene.end, where=lambda one: len(one.contacts) > 1)
    if party is None:
        return
    at = scene.moment(rng, party.user, scene.ago(ago), 9, 15)
    until = scene.hours.shift(scene.end.date(), 8) if status == "on_leave" else None
    key = scene.book.crm("contact.changed", at, party.account, contact_id=party.contact.id, status=status, until=until)
    scene.plant(f"contact_{status}", party.account, [key], at, "no mail to this person", notice=False)


def play(scene: Scene, rng: Random) -> None:
    """Everything that happens to people: a seller leaves, contacts leave, go on leave, opt out or bounce."""
    seller_left(scene, rng)
    for ago, known in ((3, True), (5, False), (2, True), (33, True), (52, False), (71, True)):
        contact_left(scene, rng, ago, known)
    for number, status in enumerate(("on_leave", "opted_out", "bounced", "on_leave", "opted_out")):
        contact_status(scene, rng, 4 + 9 * number, status)
    anna = scene.ago(6)
    scene.plant("leaver_soon", None, [], at_clock(anna, 9),
                "the owner of the small accounts leaves in two weeks: ask her what only she knows, "
                "before that",
                open_at_end=True)  # fmt: skip
