"""What a busy person reads over: a competitor in a field, a worry that nobody takes up, a commit without a word."""

from datetime import date, timedelta
from random import Random

from agent_runtime.demo.deals import start_deal
from agent_runtime.demo.hours import at_clock
from agent_runtime.demo.scene import Party, Scene

_WORRIES = {
    "en": "Hello,\n\nthank you for the visit. We are worried about the delivery time.\n\n{name}",
    "de": "Guten Tag,\n\ndanke für den Besuch. Wir haben Bedenken wegen der Lieferzeit.\n\n{name}",
}
_TOLD_AGO = 30
_USERS = 60
_COMPETITORS = ("Nordfrost Technik", "Arctic Services", "Kältehaus Seiler")


def play(scene: Scene, rng: Random) -> None:
    """On accounts and people about whom nothing else is planted in these weeks."""
    for ago in (6, 8):
        competitor(scene, rng, ago)
    for ago in (5, 7):
        concern(scene, rng, ago)
    for ago in (16, 18):
        commit(scene, rng, ago)
    for days in (41, 55):
        contract(scene, rng, days)


def _party(scene: Scene, rng: Random, ago: int, *, whole: bool = False) -> Party | None:
    return scene.pick(rng, at_clock(scene.ago(ago), 0), scene.end, whole=whole)


def competitor(scene: Scene, rng: Random, ago: int) -> None:
    """A field of the CRM comes to name a competitor, and nobody speaks with the customer after it."""
    party = _party(scene, rng, ago, whole=True)
    if party:
        at = scene.moment(rng, party.user, scene.ago(ago))
        key = scene.book.crm("field.changed", at, party.account, field="competitor", to=rng.choice(_COMPETITORS))
        scene.plant("competitor_named", party.account, [key], at, "a competitor is named in a field: speak with them",
                    open_at_end=True)  # fmt: skip


def concern(scene: Scene, rng: Random, ago: int) -> None:
    """Somebody writes that they are worried, asks nothing, and nobody comes back to it."""
    party = _party(scene, rng, ago)
    if party:
        at = scene.moment(rng, party.user, scene.ago(ago))
        language = party.account.language
        text = _WORRIES[language].format(name=party.contact.name)
        subject = "Unser Gespräch" if language == "de" else "Our talk"
        mail = scene.book.mail(party.contact, party.user, at, subject, text, language)
        scene.plant("concern_unanswered", party.account, [mail.id], at, "a concern that nobody took up: answer it",
                    open_at_end=True)  # fmt: skip


def commit(scene: Scene, rng: Random, ago: int) -> None:
    """A deal is put into commit, and the customer has not been heard of since its beginning."""
    party = _party(scene, rng, ago + 8, whole=True)
    if party:
        deal = start_deal(scene, rng, party, scene.ago(ago + 7))
        at = scene.moment(rng, party.user, scene.ago(ago))
        key = scene.book.crm("opportunity.updated", at, party.account, deal.id, forecast_category="commit")
        scene.plant("commit_unsupported", party.account, [key], at, "the forecast says commit, the customer is silent",
                    open_at_end=True, opportunity_id=deal.id)  # fmt: skip


def contract(scene: Scene, rng: Random, days: int) -> None:
    """A contract that ends in so many days, of a customer who uses less each month; nobody has begun to talk."""
    party = scene.pick(rng, at_clock(scene.ago(_TOLD_AGO), 0), scene.end, whole=True, where=lambda one: one.customer)
    if party:
        at = scene.moment(rng, party.user, scene.ago(_TOLD_AGO))
        ends = scene.end.date() + timedelta(days=days)
        key = scene.book.crm("renewal", at, party.account, renewal_date=ends, arr=party.account.arr)
        scene.plant("renewal_near", party.account, [key], at, "the contract ends soon and nobody has begun to talk",
                    open_at_end=True)  # fmt: skip
        ids = [_figure(scene, party, back, round(_USERS * (1 - 0.15 * (5 - back)))) for back in range(5, 0, -1)]
        scene.plant("usage_down", party.account, ids, scene.book.files["usage"][-1]["at"],
                    "fewer people use it month by month, and the contract ends soon", open_at_end=True)  # fmt: skip


def _figure(scene: Scene, party: Party, back: int, users: int) -> str:
    """How many people used it in the month so many months ago, known on the second of the next."""
    months = scene.end.year * 12 + scene.end.month - 1 - back
    first, following = (date(x // 12, x % 12 + 1, 1) for x in (months, months + 1))
    return scene.book.add(
        "usage", at_clock(following + timedelta(days=1), 6), occurred_at=at_clock(first, 0),
        account_id=party.account.id, metric="active_users", value=users, period="month",
    )  # fmt: skip
