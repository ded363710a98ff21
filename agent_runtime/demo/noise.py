"""What every mailbox and switchboard holds besides: machines, colleagues, mistakes, doubles."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from agent_runtime.demo.company import DOMAIN, INTAKE_ADDRESS, LEAVER, MAIN_LINE, User
from agent_runtime.demo.hours import at_clock
from agent_runtime.demo.scene import Scene, Subject, small
from agent_runtime.demo.wording import body, long_date

_NEWSLETTERS = (
    ("news@coldchain-review.example", "Cold Chain Review, week {week}",
     "In this issue: propane in food retail, a port that cools with sea water, and eleven dates for the "
     "spring.\n\n"
     "Unsubscribe at the foot of this mail."),
    ("letter@kaelteforum.example", "KälteForum: Programm und Anmeldung",
     "Die Vorträge stehen fest. Frühbucher zahlen bis zum Monatsende 190 Euro.\n\nAbmelden: Link am Ende."),
    ("offers@toolpost.example", "Manifold sets, this week only", "Gauges, hoses and cases at reduced "
    "prices until Sunday."),
)  # fmt: skip
_INTERNAL = (
    ("Tuesday meeting", "Please send me your three deals for Tuesday by tonight. The room is the small one."),
    (
        "Auto in der Werkstatt",
        "Der Kombi steht bis Donnerstag in der Werkstatt. Bitte nehmt den Zug nach Stade.",
    ),
    ("Holiday list", "Please enter your summer weeks in the list before Friday; after that I close it."),
    ("Preisliste", "Die neue Preisliste liegt im Ordner. Bitte keine alten PDF mehr verschicken."),
    ("Lunch on Thursday", "Nora is back on Thursday, we go to the place at the canal at half past twelve."),
    ("Krank heute", "Ich bin heute krank, Jonas übernimmt den Termin um elf."),
)
_STRANGERS = (
    ("ranking@webvisible.example", "Your place in the search results", "We can bring your site to the "
    "first page. Reply "
     "with yes and we send a price."),
    ("jobs@talentbruecke.example", "Drei Profile für Ihre Montage", "Wir haben drei Kälteanlagenbauer, "
    "die sich verändern "
     "wollen. Dürfen wir Ihnen die Profile schicken?"),
    ("a.bergen@uni-nordsee.example", "Umfrage zur Masterarbeit", "Für meine Masterarbeit befrage ich "
    "Betriebe zu "
     "Kältemitteln. Hätten Sie zehn Minuten Zeit?"),
)  # fmt: skip
_TEXTS = (
    ("inbound", "Running ten minutes late, please start with the roof."),
    ("outbound", "Our technician is at the gate, could somebody let him in?"),
    ("inbound", "Photo of the display: error E4. Plant runs again."),
    ("outbound", "The van is there at 7:30 tomorrow. Please keep bay 2 free."),
)


def _any_day(scene: Scene, rng: Random) -> datetime:
    return scene.hours.moment(rng, scene.ago(rng.randint(1, 120)))


def _staff(scene: Scene) -> list[User]:
    return [user for user in scene.users.values() if user.role in ("rep", "csm") and user.id != LEAVER]


def mail_noise(scene: Scene, rng: Random) -> None:
    """Newsletters, colleagues, and strangers on the sales address who want something themselves."""
    staff = _staff(scene)
    for _ in range(90):
        at, user = _any_day(scene, rng), rng.choice(staff)
        sender, title, text = rng.choice(_NEWSLETTERS)
        scene.book.loose_mail(at, sender, user.email, title.format(week=at.isocalendar().week), text,
                              auto_kind="list", user_id=user.id)  # fmt: skip
    for _ in range(110):
        one, two = rng.sample(staff, 2)
        title, text = rng.choice(_INTERNAL)
        key = scene.book.loose_mail(
            _any_day(scene, rng),
            one.email,
            two.email,
            title,
            f"{text}\n\n{one.first}",
            user_id=one.id,
            direction="outbound",
        )
        _plant_first(scene, "internal_mail", key, "between colleagues: counted, never kept")
    for _ in range(24):
        sender, title, text = rng.choice(_STRANGERS)
        scene.book.loose_mail(_any_day(scene, rng), sender, INTAKE_ADDRESS, title, text)


def _plant_first(scene: Scene, kind: str, key: str, expectation: str) -> None:
    """The first three of a kind stand in the truth as examples."""
    if len(scene.truth.of(kind)) < 3:
        at = scene.book.files["emails"][-1]["at"]
        scene.plant(kind, None, [key], at, expectation, notice=False)


def machines(scene: Scene, rng: Random) -> None:
    """Out of office and bounces in answer to mails of ours."""
    sent = [
        one
        for one in scene.book.files["emails"]
        if one["direction"] == "outbound"
        and one["event"] is None
        and one["in_reply_to"] is None
        and one["user_id"]
        and not one["to"][0].endswith(DOMAIN)
    ]
    contacts = {contact.email: contact for account in scene.accounts for contact in account.contacts}
    for number, mail in enumerate(rng.sample(sent, min(36, len(sent)))):
        contact = contacts.get(mail["to"][0])
        at = mail["occurred_at"] + timedelta(seconds=40)
        if contact is None or at > scene.end:
            continue
        if number % 6 == 0:
            key = scene.book.loose_mail(
                at, f"mailer-daemon@{contact.email.split('@')[1]}", mail["from"], "Undeliverable: "
                "mailbox full",
                f"Your message to {contact.email} could not be delivered: 452 mailbox full. It is tried "
                f"again.",
                auto_kind="bounce", user_id=mail["user_id"],
            )  # fmt: skip
            _plant_first(scene, "soft_bounce", key, "a machine's word is no answer of the customer")
            continue
        back = long_date(scene.hours.shift(at.date(), rng.randint(2, 6)), contact.language)
        text = body(rng, contact.language, "ooo", {"by": back})
        title = "Abwesenheit" if contact.language == "de" else "Out of office"
        key = scene.book.loose_mail(
            at,
            contact.email,
            mail["from"],
            f"{title}: {mail['subject']}",
            f"{text}\n\n{contact.name}",
            auto_kind="ooo",
            user_id=mail["user_id"],
        )
        _plant_first(scene, "out_of_office", key, "an absence note is no answer; wait for the return")


def wrong_person(scene: Scene, rng: Random, ago: int) -> None:
    """A mail of ours reached somebody who has nothing to do with it, and says so."""
    party = scene.pick(rng, at_clock(scene.ago(ago), 0), scene.end)
    if party is None:
        return
    subject: Subject = scene.topic(rng, party)
    at = scene.moment(rng, party.user, scene.ago(ago), 9, 13)
    day = long_date(scene.hours.shift(at.date(), 3), party.account.language)
    ours = subject.ours("site_access", at, day=day)
    theirs = subject.theirs("wrong_person", scene.reply_time(rng, party.user, at, 30, 200), ours)
    scene.plant("wrong_person", party.account, [ours.id, theirs.id], theirs.at,
                "the wrong person: ask for or find the right one", open_at_end=True)  # fmt: skip


def call_noise(scene: Scene, rng: Random) -> None:
    """Internal calls, short wrong numbers, and calls that never rang."""
    staff = _staff(scene)
    for _ in range(60):
        one, two = rng.sample(staff, 2)
        scene.book.call(
            _any_day(scene, rng),
            "internal",
            "completed",
            ours=one.extension,
            theirs=two.extension,
            talk=rng.randrange(20, 300),
            user=one,
            consent="none",
        )
    for _ in range(8):
        scene.book.call(_any_day(scene, rng), "outbound", "failed", ours=staff[0].phone, ring=0,
                        theirs=scene.numbers.take("GB"), user=staff[0])  # fmt: skip
    for _ in range(6):
        scene.book.call(_any_day(scene, rng), "inbound", "abandoned", ours=MAIN_LINE, ring=2, queue="sales",
                        theirs=scene.numbers.take("DE"))  # fmt: skip


def crm_noise(scene: Scene, rng: Random) -> None:
    """Fields that change, notes, sequences and signs of interest; text messages about vans and gates."""
    for _ in range(70):
        account = rng.choice(scene.accounts)
        at = _any_day(scene, rng)
        kind = rng.choice(("field.changed", "note", "work.done", "intent"))
        choices: dict[str, dict[str, Any]] = {
            "field.changed": {"object": "account", "field": "phone_checked", "from": "no", "to": "yes"},
            "note": {"text": rng.choice(("Gate code changed, see site sheet.", "Parken nur hinter Halle 3.",
                                         "Prefers calls before ten.", "Rechnungen nur mit Bestellnummer."))},
            "work.done": {"subject": "Plan checked", "started_at": at - timedelta(minutes=50)},
            "intent": {"topic": "cold rooms", "source": "website", "strength": rng.choice((0.2, 0.4, 0.7))},
        }  # fmt: skip
        scene.book.crm(kind, at, account, **choices[kind])
    for _ in range(10):
        party = scene.pick(rng, at_clock(scene.ago(60), 0), at_clock(scene.ago(50), 0), where=small)
        if party:
            at = scene.moment(rng, party.user, scene.ago(60))
            for kind, days in (("sequence.enrolled", 0), ("sequence.ended", 9)):
                scene.book.crm(kind, at + timedelta(days=days), party.account, contact_id=party.contact.id,
                               name="spring check", engaged=days > 0)  # fmt: skip
    for _ in range(50):
        _text_message(scene, rng)


def _text_message(scene: Scene, rng: Random) -> None:
    at, account = _any_day(scene, rng), rng.choice(scene.accounts)
    contact, user = rng.choice(account.contacts), scene.owner(account, at)
    if scene.free(account, contact, at, at + timedelta(days=2)):
        direction, text = rng.choice(_TEXTS)
        pair = (contact.phone, user.mobile) if direction == "inbound" else (user.mobile, contact.phone)
        scene.book.add(
            "messages",
            at,
            account_id=None,
            channel=rng.choice(("sms", "whatsapp")),
            direction=direction,
            **{"from": pair[0]},
            to=pair[1],
            text=text,
            user_id=user.id,
        )


def twice(scene: Scene, rng: Random) -> None:
    """Some records are exported twice: the same line again, or one mail out of two mailboxes."""
    for file in ("emails", "crm", "calls"):
        records = scene.book.files[file]
        records.extend(dict(one) for one in rng.sample(records, min(12, len(records))))
    mails = [
        one
        for one in scene.book.files["emails"]
        if one["direction"] == "inbound" and one["auto_kind"] is None and one["user_id"]
    ]
    for mail in rng.sample(mails, min(12, len(mails))):
        colleague = scene.users["hanna-lindt"]
        scene.book.count += 1
        copy = {
            **mail,
            "id": f"em-{scene.book.count:05d}",
            "cc": [colleague.email],
            "mailbox": colleague.email,
            "at": mail["at"] + timedelta(seconds=3),
        }
        mail["cc"] = [colleague.email]
        scene.book.files["emails"].append(copy)


def play(scene: Scene, rng: Random) -> None:
    """Planted mistakes first, then the noise that needs the finished records."""
    mail_noise(scene, rng)
    machines(scene, rng)
    call_noise(scene, rng)
    crm_noise(scene, rng)
    twice(scene, rng)
