"""Leads of the demo world: telephone, web, after hours, referral and trade fair; in time, late and never."""

from datetime import datetime, timedelta
from random import Random

from agent_runtime.demo.company import (
    ADVERT_LINE,
    INTAKE_ADDRESS,
    MAIN_LINE,
    Account,
    Contact,
    User,
    slots,
    slug,
)
from agent_runtime.demo.hours import at_clock
from agent_runtime.demo.names import MEN, SURNAMES, WOMEN
from agent_runtime.demo.scene import Party, Scene, Subject, large
from agent_runtime.demo.topics import TOPICS
from agent_runtime.demo.wording import long_date

TYPES = ("phone", "web", "after_hours", "referral", "event")
SOURCES = {
    "phone": "phone",
    "web": "website",
    "after_hours": "website",
    "referral": "customer",
    "event": "KälteForum",
}
_FIRMS = {
    "en": (
        "{} Deli",
        "{} Vineyards",
        "{} Seafoods",
        "{} Veterinary Centre",
        "Café {}",
        "{} Garden Centre",
        "{} Studios",
    ),
    "de": (
        "Weingut {}",
        "Feinkost {}",
        "Tierklinik {}",
        "Café {}",
        "Gärtnerei {}",
        "{} Manufaktur",
        "Markthalle {}",
    ),
}
# A lead in good order comes to its result within so many working minutes, before anybody has to be reminded.
_SETTLED = 2000
_FIRST_STEPS = {
    "lead_asks_to_meet": {
        "en": "Could somebody come and look at our cold store at {site}?",
        "de": "Können wir einen Termin vereinbaren? Es geht um unsere Kühlung in {site}.",
    },
    "lead_says_little": {"en": "Please send me information.", "de": "Bitte um Informationen zu Ihren Kühlräumen."},
    "lead_left_a_number": {"en": "Please call me back.", "de": "Bitte rufen Sie mich zurück."},
}
_ENDS = {
    "in_time": ("contacted inside the response window: nothing to do", False),
    "late": ("contacted two working days late: noticed in between", True),
    "never": ("nobody has contacted this lead", True),
}
_WISHES = {
    "en": (
        "We need a cold room of about {n} by 6 metres at {site}, at 2 degrees. When could somebody look at it?",
        "Our old plant at {site} leaks for the second time this year. Please send a price for {n} {unit}.",
        "Do you also look after plants of other makers? We have {n} units and no service for half a year.",
    ),
    "de": (
        "Wir brauchen in {site} einen Kühlraum von etwa {n} mal 6 Metern bei 2 Grad. Wann kann jemand kommen?",
        "Unsere alte Anlage verliert Kältemittel. Bitte ein Angebot über {n} {unit}.",
        "Warten Sie auch Anlagen anderer Hersteller? Wir haben {n} Geräte und seit einem halben Jahr keinen Service.",
    ),
}


def _stranger(scene: Scene, rng: Random) -> tuple[Account, Contact]:
    """A company that no CRM knows, and the person who writes for it."""
    language = "de" if rng.random() < 0.4 else "en"
    scene.book.count += 1
    surname = rng.choice(SURNAMES[language])
    firm = rng.choice(_FIRMS[language]).format(surname)
    madam = rng.random() < 0.5
    name = f"{rng.choice((WOMEN if madam else MEN)[language])} {rng.choice(SURNAMES[language])}"
    key, domain = f"lead-{scene.book.count}", f"{slug(firm)}-{scene.book.count}.example"
    country = "DE" if language == "de" else "GB"
    like = next(one for one in scene.accounts if one.country == country)
    firm_account = Account(
        key, firm, domain, "", country, like.currency, "", "", "", 0, False, language, like.timezone, "",
        like.sites,
    )  # fmt: skip
    scene.book.companies[key] = firm
    contact = Contact(key, key, name, "Inhaberin" if madam and language == "de" else "Owner", "",
                      f"{slug(name).replace('-', '.')}@{domain}", scene.numbers.take(country), language,
                      like.timezone, madam)  # fmt: skip
    return firm_account, contact


def _receiver(scene: Scene, rng: Random, account: Account, ago: int) -> User:
    names = ("nora-vieth", "anna-wolff") if account.language == "de" else ("samuel-brandt", "priya-raman")
    return scene.at_work(rng, names, at_clock(scene.ago(max(0, ago)), 12))


def lead(scene: Scene, rng: Random, ago: int, lead_type: str, ending: str) -> None:
    """One lead: how it came in, its CRM record, and what was done about it."""
    account, contact = _stranger(scene, rng)
    user = _receiver(scene, rng, account, ago if lead_type != "after_hours" else ago - 1)
    subject = Subject(scene, rng, Party(account, contact, user), TOPICS[account.language][0], slots(rng, account))
    subject.title = "Ihre Anfrage" if account.language == "de" else "Your enquiry"
    at, ids = _arrives(subject, ago, lead_type)
    created = at + timedelta(seconds=rng.randrange(20, 100))
    lead_id = f"l-{contact.id[5:]}"
    ids.append(scene.book.crm(
        "lead.created", created, None, lead_id=lead_id, source=SOURCES[lead_type], lead_type=lead_type,
        email=contact.email, phone=contact.phone, company=account.name, name=contact.name, user_id=user.id,
    ))  # fmt: skip
    if ending != "never":
        ids += _contacted(subject, created, lead_type, ending, lead_id)
    expectation, notice = _ENDS[ending]
    scene.plant(f"lead_{lead_type}_{ending}", None, ids, at, expectation, notice=notice,
                open_at_end=ending == "never")  # fmt: skip


def _arrives(subject: Subject, ago: int, lead_type: str) -> tuple[datetime, list[str]]:
    scene, rng, contact, book = subject.scene, subject.rng, subject.party.contact, subject.scene.book
    day = scene.ago(ago)
    if lead_type == "phone":
        at = scene.hours.moment(rng, day, 9, 15)
        line = rng.choice((MAIN_LINE, ADVERT_LINE))
        key = book.call(at, "inbound", "no_answer", ours=line, theirs=contact.phone, ring=26, queue="sales",
                        tracking_number=line if line == ADVERT_LINE else None, answered_by="voicemail",
                        consent="unknown", voicemail_text=f"{contact.name}, {subject.party.account.name}. "
                        f"{_wish(subject)}")  # fmt: skip
        return at, [key]
    if lead_type in ("web", "after_hours"):
        at = scene.hours.moment(rng, day, *((9, 15) if lead_type == "web" else (18.5, 22.4)))
        key = book.add("forms", at, account_id=None, form="contact", page="/cold-rooms", campaign=rng.choice(
            ("cold-rooms-spring", "service-check", None)), name=contact.name, email=contact.email,
            phone=contact.phone, company=subject.party.account.name, message=_wish(subject))  # fmt: skip
        return at, [key]
    if lead_type == "referral":
        return _referred(subject, ago)
    return at_clock(day, 9) + timedelta(seconds=rng.randrange(600)), []


def _referred(subject: Subject, ago: int) -> tuple[datetime, list[str]]:
    """A customer names the new company in a mail to the seller."""
    scene, rng, (account, contact, _) = subject.scene, subject.rng, subject.party
    at = scene.hours.moment(rng, scene.ago(ago), 9, 14)
    until = scene.hours.after(at, 1000)
    friend = scene.pick(
        rng, at_clock(scene.ago(ago), 0), min(until, scene.end),
        where=lambda one: large(one) and one.language == account.language,
    )  # fmt: skip
    if friend is None:
        return at, []
    matter = scene.topic(rng, friend)
    matter.title = "Empfehlung" if account.language == "de" else "Somebody for you"
    mail = matter.theirs("referral", at, lead_company=account.name, lead_name=contact.name, lead_email=contact.email)
    return mail.at + timedelta(minutes=rng.randrange(10, 40)), [mail.id]


def _wish(subject: Subject) -> str:
    return subject.rng.choice(_WISHES[subject.party.account.language]).format(**subject.slots)


def _contacted(subject: Subject, created: datetime, lead_type: str, ending: str, lead_id: str) -> list[str]:
    """Our first contact, the answer, and the lead's new status."""
    scene, rng, (account, contact, user) = subject.scene, subject.rng, subject.party
    minutes = (2 * 540 + 60, 3 * 540) if ending == "late" else (150, 500) if lead_type == "event" else (4, 12)
    at = scene.reply_time(rng, user, created, *minutes)
    if lead_type == "phone" or rng.random() < 0.4:
        first = scene.book.call(at, "outbound", "completed", ours=user.phone, theirs=contact.phone,
                                talk=rng.randrange(90, 500), user=user, answered_by="person",
                                consent="none", purpose="first contact")  # fmt: skip
    else:
        day = long_date(scene.hours.shift(at.date(), 2), account.language)
        mail = subject.ours("lead_reply", at, day=day)
        first = mail.id
        if rng.random() < 0.8:
            subject.theirs("lead_answer", scene.reply_time(rng, user, at, 60, 500), mail, day=day)
    status = scene.book.crm(
        "lead.status", at + timedelta(minutes=12), None, lead_id=lead_id, status="contacted", user_id=user.id
    )
    last = scene.reply_time(rng, user, at, 2000, 5000)
    if ending == "in_time":
        last = min(last, scene.hours.after(at, _SETTLED))
    if last < scene.end:
        end = rng.choice(("qualified", "qualified", "disqualified", "nurture"))
        scene.book.crm("lead.status", last, None, lead_id=lead_id, status=end, user_id=user.id)
    return [first, status]


def intake_mail(scene: Scene, rng: Random, ago: int, answered: bool) -> None:
    """A stranger writes to the sales address."""
    account, contact = _stranger(scene, rng)
    words = slots(rng, account)
    wish = rng.choice(_WISHES[account.language]).format(**words)
    at = scene.hours.moment(rng, scene.ago(ago), 9, 15)
    title = "Anfrage Kühlraum" if account.language == "de" else "Cold room enquiry"
    ids = [scene.book.loose_mail(at, contact.email, INTAKE_ADDRESS, title, f"{wish}\n\n{contact.name}\n{account.name}")]
    if answered:
        user = _receiver(scene, rng, account, ago)
        subject = Subject(scene, rng, Party(account, contact, user), TOPICS[account.language][0], words)
        subject.title = f"Re: {title}"
        day = long_date(scene.hours.shift(at.date(), 3), account.language)
        ids.append(subject.ours("lead_reply", scene.reply_time(rng, user, at, 15, 100), day=day).id)
    scene.plant(f"intake_mail_{'answered' if answered else 'unanswered'}", None, ids, at,
                "a stranger on the sales address: a provisional account with owner and due time",
                notice=not answered, open_at_end=not answered)  # fmt: skip


def play(scene: Scene, rng: Random) -> None:
    """Leads over the six months; the unanswered ones in the last days, and a few that were forgotten."""
    for number, ago in enumerate(range(5, 120, 2)):
        lead(scene, rng, ago, TYPES[number % 5], "late" if number % 3 == 1 else "in_time")
    for number, lead_type in enumerate(TYPES):
        lead(scene, rng, 2 + number % 3, lead_type, "never")
        lead(scene, rng, 40 + 9 * number, lead_type, "never")
    lead(scene, rng, 2, "after_hours", "never")
    for ago in (2, 3):
        intake_mail(scene, rng, ago, False)
    for ago in range(9, 110, 13):
        intake_mail(scene, rng, ago, True)


def first_steps(scene: Scene, rng: Random) -> None:
    """Leads by what they ask for: to meet, too little to be answered, only a number; and one that fell silent."""
    for ago, language in ((1, "en"), (1, "de")):
        for kind in _FIRST_STEPS:
            by_form(scene, rng, ago, kind, language)
    for language in ("en", "de"):
        silent(scene, rng, 8, language)


def _of_language(scene: Scene, rng: Random, language: str) -> tuple[Account, Contact]:
    while True:
        account, contact = _stranger(scene, rng)
        if account.language == language:
            return account, contact


def by_form(scene: Scene, rng: Random, ago: int, kind: str, language: str) -> None:
    """A web form whose first step is told by what it says and leaves; nobody has taken it up."""
    account, contact = _of_language(scene, rng, language)
    email = None if kind == "lead_left_a_number" else contact.email
    message = _FIRST_STEPS[kind][language].format(**slots(rng, account))
    at = scene.hours.moment(rng, scene.ago(ago), 9, 15)
    form = scene.book.add("forms", at, account_id=None, form="contact", page="/cold-rooms", name=contact.name,
                          email=email, phone=contact.phone, company=account.name, message=message)  # fmt: skip
    ids = [form, _entered(scene, at, account, contact, email, _receiver(scene, rng, account, ago))]
    scene.plant(kind, None, ids, at, "a new lead whose first step is told by what it says", open_at_end=True)


def silent(scene: Scene, rng: Random, ago: int, language: str) -> None:
    """A lead that was answered by mail in time, and has not been heard of since."""
    account, contact = _of_language(scene, rng, language)
    user = _receiver(scene, rng, account, ago)
    at = scene.hours.moment(rng, scene.ago(ago), 9, 13)
    _entered(scene, at, account, contact, contact.email, user)
    subject = Subject(scene, rng, Party(account, contact, user), TOPICS[account.language][0], slots(rng, account))
    subject.title = "Ihre Anfrage" if language == "de" else "Your enquiry"
    day = long_date(scene.hours.shift(at.date(), 2), language)
    mail = subject.ours("lead_reply", scene.hours.after(at, 20), day=day)
    scene.plant("lead_silent", None, [mail.id], mail.at, "our mail to a new lead has had no answer: remind them",
                open_at_end=True)  # fmt: skip


def _entered(scene: Scene, at: datetime, account: Account, contact: Contact, email: str | None, user: User) -> str:
    return scene.book.crm(
        "lead.created", at + timedelta(seconds=40), None, lead_id=f"l-{contact.id[5:]}", source="website",
        lead_type="web", email=email, phone=contact.phone, company=account.name, name=contact.name, user_id=user.id,
    )  # fmt: skip
