"""The plan for a renewal: the contract, how much they use it, what is open, and dated steps. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from agent_runtime.prepared import matters, persons
from agent_runtime.prepared.artefact import Line, Prepared
from agent_runtime.prepared.changes import changes
from agent_runtime.prepared.material import Material
from agent_runtime.prepared.wording import Words, plain
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.rules.renewal_ahead import RULE, Contract, contracts, first_talk
from agent_runtime.watchtower.usage import Month, follows, months
from agent_runtime.watchtower.view import View
from memory.people import persons as known_people

# The offer is there, and the answer, so many days before the contract ends.
OFFER_BEFORE = timedelta(days=45)
ANSWER_BEFORE = timedelta(days=14)
_MONTHS_SHOWN = 3
_VALUE = "account.arr"
_RECENT = timedelta(days=180)


def contract_ahead(view: View, key: str = "") -> Contract | None:
    """The contract of this key, else the first that ends ahead; None where the next one is there already."""
    running = [x for x in contracts(view) if x.followed_by is None]
    if key:
        return next((x for x in running if f"{x.told_by.stream}:{x.told_by.source_id}" == key), None)
    return min((x for x in running if x.ends > view.now), key=lambda x: x.ends, default=None)


def renewal_plan(material: Material, contract: Contract) -> Prepared:
    """The plan: what is known, what is open, what to do by when, and what nobody knows."""
    words = material.words
    sections = [
        *material.section("contract", _contract(material, contract)),
        *material.section("steps", steps(material, contract)),
        *material.section("usage", _usage(material)),
        *material.section("people", _people(material)),
        *material.section("rivals", matters.rivals(material)),
        *material.section("concerns", matters.concerns(material)),
        *material.section("ours", matters.promises(material, "ours")),
        *material.section("theirs", matters.promises(material, "theirs")),
        *material.section("unknown", _unknown(material, contract)),
    ]
    title = words.title("renewal", account=plain(material.known.account.name), day=words.day(contract.ends))
    told = contract.told_by
    return material.finish("renewal", title, f"{told.stream}:{told.source_id}", contract.ends, sections)


def _contract(material: Material, contract: Contract) -> Iterator[Line]:
    words, days = material.words, (contract.ends - material.now).days
    name = "contract" if days >= 0 else "contract_over"
    yield Line(words.line(name, day=words.day(contract.ends), days=days), (contract.told_by.source_id,))
    worth = contract.told_by.data.get("arr")
    if isinstance(worth, (int, float)):
        value = f"{worth:,.0f} {plain(material.known.account.currency)}".strip()
        yield Line(
            words.line("value", name=words.named("account_facts", _VALUE), value=value), (contract.told_by.source_id,)
        )
    for slot, label in words.texts["account_facts"].items():
        for fact in material.standing(slot):
            yield Line(words.line("value", name=label, value=plain(fact.value)), matters.cited(fact))


def _usage(material: Material) -> Iterator[Line]:
    """The last months of each measure that follow one another."""
    words = material.words
    for metric, every in months(material.view).items():
        shown = _last_in_row(every)
        if not shown:
            continue
        figures = ", ".join(
            words.line("figure", value=f"{x.value:,.6g}", month=words.month(*x.month)) for x in shown
        )  # fmt: skip
        text = words.line("usage", metric=plain(metric).replace("_", " "), figures=figures, trend=_trend(words, shown))
        yield Line(text, tuple(x.told_by.source_id for x in shown))


def _last_in_row(every: list[Month]) -> list[Month]:
    shown = every[-1:]
    for earlier in reversed(every[:-1]):
        if len(shown) == _MONTHS_SHOWN or not follows(shown[0], earlier):
            break
        shown.insert(0, earlier)
    return shown


def _trend(words: Words, shown: list[Month]) -> str:
    first, last = shown[0].value, shown[-1].value
    if len(shown) == 1 or not first:
        return ""
    return words.line("trend", change=f"{100 * (last - first) / first:+.0f}")


def _people(material: Material) -> Iterator[Line]:
    yield from persons.deciders(material)
    yield from persons.champions(material)
    since = material.now - _RECENT
    moved = {x.source_id for x in material.view.of("contact.changed")}
    yield from (line for line in changes(material, since) if moved.intersection(line.citations))


def steps(material: Material, contract: Contract) -> Iterator[Line]:
    """What to do by when, on working days of the company; a step whose time has passed is due now."""
    words, company, now = material.words, material.view.company, material.now
    shown_by = (contract.told_by.source_id,)
    begins = max(
        contract.told_by.occurred_at, contract.ends - timedelta(days=company.playbook.signals.renewal_days)
    )  # fmt: skip
    due = min(company.window(RULE, begins, material.view.account.segment), max(contract.ends, begins))
    talk = first_talk(material.view, begins)
    if talk:
        values = {"kind": words.named("kinds", talk.kind), "day": words.day(talk.occurred_at)}
        yield Line(words.line("step_begun", **values), (talk.source_id,))
    elif due > now:
        yield Line(words.line("step_talk", day=words.day(due), who=_whom(material)), shown_by)
    else:
        yield Line(words.line("step_talk_late", due=words.day(due), who=_whom(material)), shown_by)
    offer, answer = (_working_day(company, contract.ends - before) for before in (OFFER_BEFORE, ANSWER_BEFORE))
    open_lines = list(matters.concerns(material))
    if open_lines and offer > now:
        cited = tuple(dict.fromkeys(one for line in open_lines for one in line.citations))
        day = words.day(_working_day(company, now + (offer - now) / 2))
        yield Line(words.line("step_settle", day=day, number=len(open_lines)), cited)
    for name, day_of in (("step_offer", offer), ("step_answer", answer)):
        if day_of > now:
            yield Line(words.line(name, day=words.day(day_of)), shown_by)


def _working_day(company: Company, moment: datetime) -> datetime:
    """The same day where it is worked on, else the last such day before."""
    while not company.is_working(moment.astimezone(company.calendar.zone).date()):
        moment -= timedelta(days=1)
    return moment


def _whom(material: Material) -> str:
    """Who decides, else who speaks for us, else whoever was heard from last."""
    present = [x for x in known_people(material.known.contacts, material.known.facts) if not x.gone]
    for wanted in (persons.DECIDING, ("champion",)):
        for person in present:
            if any(role.role in wanted and role.until is None for role in person.roles):
                return plain(person.name)
    there = {person.key for person in present}
    heard = [(at, key) for key, (at, _) in material.known.last_heard.items() if key in there]
    return material.who(max(heard)[1] if heard else None)


def _unknown(material: Material, contract: Contract) -> Iterator[Line]:
    shown_by = (contract.told_by.source_id,)
    lacking = {
        "no_decider": not list(persons.deciders(material)),
        "no_champion": not list(persons.champions(material)),
        "no_usage": not list(_usage(material)),
        "no_value": "arr" not in contract.told_by.data and not list(material.standing(_VALUE)),
    }
    for name, missing in lacking.items():
        if missing:
            yield Line(material.words.line(name), shown_by)
