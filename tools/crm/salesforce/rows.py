"""Who is who in Salesforce: users, stages, accounts and contacts as rows. Pure."""

from collections.abc import Mapping, Sequence

from tools.base import Row
from tools.crm.salesforce.given import Given, Record
from tools.crm.values import moment_of

_TYPES = {"customer": "customer", "partner": "partner", "competitor": "other", "other": "other", "prospect": "prospect"}


def user_row(given: Given) -> Row | None:
    """A user; one who is not active any more has left since they were last changed. None for what is no person."""
    if not _is_person(given):
        return None
    email = given.text("Email").lower()
    told = {
        "name": given.text("Name") or email, "email": email, "manager_id": given.text("ManagerId"),
        "timezone": given.text("TimeZoneSidKey"), "phone": given.text("Phone") or given.text("MobilePhone"),
        "team": given.text("Department"),
    }  # fmt: skip
    row = _row(given.id, told)
    if given.record_of.get("IsActive") is False and (left := moment_of(given.text("LastModifiedDate"), "IsActive")):
        row["leaves_at"] = left
    return row


def _is_person(given: Given) -> bool:
    # Neither an integration nor a customer in a portal.
    return given.text("UserType") in ("", "Standard")


def account_row(given: Given) -> Row:
    """An account."""
    told = {
        "name": given.text("Name") or given.id, "domain": given.text("Website"), "industry": given.text("Industry"),
        "country": given.text("BillingCountry"), "phone": given.text("Phone"), "owner_id": given.person(),
        "employees": given.text("NumberOfEmployees"), "parent": given.text("ParentId"),
        "currency": given.text("CurrencyIsoCode"),
    }  # fmt: skip
    kind = given.text("Type").lower()
    lifecycle = next((one for word, one in _TYPES.items() if word in kind), "prospect")
    return _row(given.id, told | {"lifecycle": lifecycle})


def contact_row(given: Given) -> Row:
    """A contact."""
    name = " ".join(part for part in (given.text("FirstName"), given.text("LastName")) if part)
    phones = dict.fromkeys(one for one in (given.text("Phone"), given.text("MobilePhone")) if one)
    told = {
        "account_id": given.text("AccountId"), "name": name or given.text("Email"), "title": given.text("Title"),
        "email": given.text("Email").lower(), "phone": ";".join(phones),
    }  # fmt: skip
    return _row(given.id, told)


def stage_rows(stages: Sequence[Record]) -> list[Row]:
    """The stages of opportunities, in their order."""
    return [_stage(one) for one in sorted(stages, key=lambda one: one.get("SortOrder") or 0)]


def _stage(stage: Record) -> Row:
    closed, won = stage.get("IsClosed") is True, stage.get("IsWon") is True
    row: Row = {"stage": str(stage["ApiName"]), "order": stage.get("SortOrder") or 0, "custom": {}}
    row["category"] = ("won" if won else "lost") if closed else "open"
    if stage.get("DefaultProbability") is not None:
        row["probability"] = float(stage["DefaultProbability"]) / 100
    return row


def _row(row_id: str, told: Mapping[str, str]) -> Row:
    return {"id": row_id, "custom": {}} | {column: value for column, value in told.items() if value}
