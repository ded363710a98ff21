"""The selling company of the demo and its customers: who they are, where they sit, how they are reached."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

from agent_runtime.demo.names import (
    LARGE_COMPANIES,
    MEN,
    NUMBER_RANGES,
    SITES,
    SMALL_SITES,
    SMALL_TRADES,
    SURNAMES,
    TITLES,
    UNITS,
    WOMEN,
)

COMPANY = "Aldermark Cooling"
DOMAIN = "aldermark.example"
MAIN_LINE = "+494066969000"
ADVERT_LINE = "+494066969001"
SERVICE_LINE = "+494066969002"
LONDON_LINE = "+442079460000"
INTAKE_ADDRESS = f"sales@{DOMAIN}"
SMALL_OWNER = "anna-wolff"
LEAVER = "katrin-ebel"
BLIND_NOW = "daniel-osei"
BLIND_BEFORE = "marc-feldner"
MOBILE_ONLY = "ines-kowalski"
# Of a thousand customers more people are known than there are names: who finds none free so often has a double one.
_TRIES = 100


@dataclass(frozen=True)
class User:
    """A person of the selling company; `madam` decides between Frau and Herr."""

    id: str
    name: str
    role: str
    title: str
    manager_id: str
    team: str
    timezone: str
    phone: str
    extension: str
    language: str
    madam: bool
    mobile: str = ""

    @property
    def email(self) -> str:
        return f"{self.id.replace('-', '.')}@{DOMAIN}"

    @property
    def first(self) -> str:
        return self.name.split()[0]


@dataclass(frozen=True)
class Contact:
    """A person at a customer."""

    id: str
    account_id: str
    name: str
    title: str
    role: str
    email: str
    phone: str
    language: str
    timezone: str
    madam: bool
    second_phone: str = ""

    @property
    def first(self) -> str:
        return self.name.split()[0]

    @property
    def surname(self) -> str:
        return self.name.split()[-1]


@dataclass
class Account:
    """A customer; `owner_id` is the owner at the end of the world, `first_owner_id` at its beginning."""

    id: str
    name: str
    domain: str
    industry: str
    country: str
    currency: str
    owner_id: str
    first_owner_id: str
    csm_id: str
    employees: int
    large: bool
    language: str
    timezone: str
    phone: str
    sites: list[str]
    contacts: list[Contact] = field(default_factory=list)
    customer: bool = False
    arr: int = 0
    renewal_date: str = ""


_PEOPLE = (
    ("Lea Hartmann", "rep", "Account Executive", "birgit-sommer", "North", "de", True),
    ("Samuel Brandt", "rep", "Account Executive", "philip-ashworth", "London", "en", False),
    ("Nora Vieth", "rep", "Senior Account Executive", "birgit-sommer", "North", "de", True),
    ("Daniel Osei", "rep", "Account Executive", "philip-ashworth", "London", "en", False),
    ("Ines Kowalski", "rep", "Account Executive", "birgit-sommer", "North", "de", True),
    ("Marc Feldner", "rep", "Account Executive", "birgit-sommer", "North", "de", False),
    ("Priya Raman", "rep", "Senior Account Executive", "philip-ashworth", "London", "en", True),
    ("Jonas Tiedemann", "rep", "Account Executive", "birgit-sommer", "North", "de", False),
    ("Anna Wolff", "rep", "Account Manager, small customers", "birgit-sommer", "North", "de", True),
    ("Katrin Ebel", "rep", "Account Executive", "philip-ashworth", "London", "de", True),
    ("Tom Reyes", "csm", "Customer Success Manager", "philip-ashworth", "Service", "en", False),
    ("Hanna Lindt", "csm", "Customer Success Manager", "birgit-sommer", "Service", "de", True),
    ("Birgit Sommer", "manager", "Head of Sales, North", "", "North", "de", True),
    ("Philip Ashworth", "manager", "Head of Sales, UK and Ireland", "", "London", "en", False),
    ("Olaf Renz", "admin", "Revenue Operations", "birgit-sommer", "Operations", "de", False),
    ("Ruth Adeyemi", "auditor", "Internal Audit", "", "Operations", "en", True),
)
_ENGLISH_SELLERS = ("lea-hartmann", "samuel-brandt", "priya-raman", "daniel-osei", "katrin-ebel")
_GERMAN_SELLERS = ("nora-vieth", "ines-kowalski", "marc-feldner", "jonas-tiedemann", "lea-hartmann")
_ZONES = {"DE": "Europe/Berlin", "GB": "Europe/London"}
_CURRENCIES = {"DE": "EUR", "GB": "GBP"}


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens: an id, or a name in a mail address."""
    for letter, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.lower().replace(letter, plain)
    plain_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain_text).strip("-")


def users() -> dict[str, User]:
    """The staff by id, sellers first, each with a direct line and a mobile number."""
    staff = {}
    for number, (name, role, title, manager, team, language, madam) in enumerate(_PEOPLE, start=10):
        london = team == "London"
        staff[slug(name)] = User(
            slug(name), name, role, title, manager, team,
            "Europe/London" if london else "Europe/Berlin",
            f"{'+442079460' if london else '+494066969'}{number * 7:03d}",
            str(number), language, madam, f"+4917139200{number}",
        )  # fmt: skip
    return staff


class Numbers:
    """Hands out telephone numbers kept for fiction, each once."""

    def __init__(self) -> None:
        self._next = dict.fromkeys(NUMBER_RANGES, 0)

    def take(self, country: str) -> str:
        ranges = NUMBER_RANGES[country]
        count = self._next[country]
        self._next[country] += 1
        begin, digits = ranges[count % len(ranges)]
        # The company itself sits on the lower numbers of its two ranges.
        return f"{begin}{(count // len(ranges) * 7 + 200) % 10**digits:0{digits}d}"


def _large_names(count: int) -> Iterator[tuple[str, str, str, int]]:
    for number in range(count):
        name, industry, country, employees = LARGE_COMPANIES[number % len(LARGE_COMPANIES)]
        again = number // len(LARGE_COMPANIES)
        yield (f"{name} {again + 1}" if again else name), industry, country, employees


def _small_names(rng: Random, count: int) -> Iterator[tuple[str, str, str, int]]:
    for number in range(count):
        language = "de" if number % 4 == 0 else "en"
        trades, surnames = SMALL_TRADES[language], SURNAMES[language]
        form, industry = trades[number % len(trades)]
        name = form.format(surnames[(number * 3 + number // len(surnames)) % len(surnames)])
        again = number // (2 * len(surnames))
        yield (f"{name} {again + 1}" if again else name), industry, language, rng.randrange(4, 45)


def _contact(rng: Random, account: Account, place: int, numbers: Numbers, taken: set[str]) -> Contact:
    language = account.language
    for tries in count():
        madam = rng.random() < 0.5
        name = f"{rng.choice((WOMEN if madam else MEN)[language])} {rng.choice(SURNAMES[language])}"
        if tries > _TRIES:
            name = f"{name}-{rng.choice(SURNAMES[language])}"
        if name not in taken:
            break
    taken.add(name)
    title, role = (
        TITLES[language][place % 6]
        if account.large
        else ("Inhaberin" if madam else "Inhaber", "decides")
        if language == "de"
        else ("Owner", "decides")
    )
    return Contact(
        f"c-{slug(name)}", account.id, name, title, role,
        f"{slug(name).replace('-', '.')}@{account.domain}",
        numbers.take(account.country), language, account.timezone, madam,
        numbers.take(account.country) if rng.random() < 0.3 else "",
    )  # fmt: skip


def _account(rng: Random, name: str, industry: str, country: str, employees: int, large: bool) -> Account:
    language = "de" if country == "DE" else "en"
    sites = rng.sample((SITES if large else SMALL_SITES)[language], 4)
    return Account(
        slug(name), name, f"{slug(name)}.example", industry, country, _CURRENCIES[country], "", "", "",
        employees, large, language, _ZONES[country], "", sites,
    )  # fmt: skip


def customers(rng: Random, count: int, numbers: Numbers) -> list[Account]:
    """`count` accounts: a third large ones spread over nine sellers, two thirds small ones of one seller."""
    taken = {name for name, *_ in _PEOPLE}
    large = count // 3
    accounts = []
    for number, (name, industry, country, employees) in enumerate(_large_names(large)):
        account = _account(rng, name, industry, country, employees, True)
        sellers = _GERMAN_SELLERS if account.language == "de" else _ENGLISH_SELLERS
        account.owner_id = account.first_owner_id = sellers[number % 5]
        account.csm_id = "hanna-lindt" if account.language == "de" else "tom-reyes"
        accounts.append(account)
    for name, industry, language, employees in _small_names(rng, count - large):
        account = _account(rng, name, industry, "DE" if language == "de" else "GB", employees, False)
        account.owner_id = account.first_owner_id = SMALL_OWNER
        accounts.append(account)
    for account in accounts:
        account.phone = numbers.take(account.country)
        people = rng.randint(5, 6) if account.large else rng.choice((1, 1, 2))
        account.contacts = [_contact(rng, account, place, numbers, taken) for place in range(people)]
    accounts[0].owner_id = accounts[0].first_owner_id = "lea-hartmann"
    return accounts


def _deciders(account: Account) -> dict[str, str]:
    """Whom the contact asks before a decision: a board in a large house, one person in a small one."""
    if account.language == "de":
        return {"board": "unserer Geschäftsleitung" if account.large else "meinem Steuerberater"}
    who = "our board" if account.large else "my partner"
    return {"board": who, "Board": who.capitalize()}


def slots(rng: Random, account: Account) -> dict[str, str]:
    """The concrete things that a text about this account may name."""
    site, other = rng.sample(account.sites, 2)
    price = rng.randrange(18, 96) * (100 if account.large else 10)
    thousands = "." if account.language == "de" else ","
    return {
        "company": account.name,
        "site": site,
        "site2": other,
        **_deciders(account),
        "unit": rng.choice(UNITS),
        "n": str(rng.choice((2, 3, 4, 6, 8, 12, 24, 40) if account.large else (2, 2, 3, 4))),
        "price": f"{account.currency} {price:,}".replace(",", thousands),
        "serial": f"{rng.randrange(20, 26)}-{rng.randrange(1000, 9999)}",
    }
