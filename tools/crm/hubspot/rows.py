"""Who is who in HubSpot: owners, stages, companies and contacts as rows. Pure."""

from collections.abc import Sequence

from tools.base import Row
from tools.crm.hubspot.given import Given, Object
from tools.crm.values import moment_of, number

# They stand on what is told of a lead, not on a contact.
_OF_LEADS = frozenset({"source", "lead_type"})
LIFECYCLES = {"customer": "customer", "evangelist": "customer", "other": "other"}


def owner_row(owner: Object, *, archived: bool) -> Row:
    """A user; one who was removed has left since that day."""
    name = " ".join(part for part in (owner.get("firstName"), owner.get("lastName")) if part)
    teams = owner.get("teams") or []
    team = next((one.get("name") for one in teams if one.get("primary")), None) or next(
        (one.get("name") for one in teams), None
    )
    row: Row = {"id": str(owner["id"]), "name": name or owner.get("email") or str(owner["id"]), "custom": {}}
    if owner.get("email"):
        row["email"] = str(owner["email"]).lower()
    if team:
        row["team"] = str(team)
    if archived and (left := moment_of(str(owner.get("updatedAt") or ""), "updatedAt")):
        row["leaves_at"] = left
    return row


def stage_rows(pipelines: Sequence[Object]) -> tuple[list[Row], dict[str, str]]:
    """The stages as rows, and the name of each by its id; a name that two pipelines have carries its pipeline."""
    every = [(one, stage) for one in pipelines for stage in one.get("stages") or []]
    labels = [str(stage.get("label") or stage["id"]) for _, stage in every]
    rows, names = [], {}
    for (pipeline, stage), label in zip(every, labels, strict=True):
        name = f"{label} ({pipeline.get('label')})" if labels.count(label) > 1 else label
        names[str(stage["id"])] = name
        told = stage.get("metadata") or {}
        row: Row = {"stage": name, "order": stage.get("displayOrder") or 0, "custom": {}}
        probability = number(str(told.get("probability") or ""), "probability")
        closed = str(told.get("isClosed") or "").lower() == "true"
        row["category"] = ("won" if (probability or 0) >= 1 else "lost") if closed else "open"
        if probability is not None:
            row["probability"] = probability
        rows.append(row)
    return rows, names


def account_row(given: Given) -> Row:
    """An account."""
    wanted = {
        "name": "name", "domain": "domain", "industry": "industry", "country": "country", "phone": "phone",
        "owner_id": "hubspot_owner_id", "employees": "numberofemployees", "timezone": "hs_timezone",
    }  # fmt: skip
    row: Row = {"id": given.id, "custom": {}}
    row.update({column: value for column, name in wanted.items() if (value := given.text(name))})
    row["lifecycle"] = LIFECYCLES.get(given.text("lifecyclestage"), "prospect")
    row.setdefault("name", row.get("domain") or given.id)
    return row | _own(given)


def contact_row(given: Given) -> Row:
    """A contact."""
    emails = [given.text("email"), *given.text("hs_additional_emails").split(";")]
    phones = [given.text("phone"), given.text("mobilephone")]
    name = " ".join(part for part in (given.text("firstname"), given.text("lastname")) if part)
    told = {
        "account_id": given.first("companies") or "",
        "name": name or given.text("email"),
        "title": given.text("jobtitle"),
        "email": ";".join(dict.fromkeys(one.strip().lower() for one in emails if one.strip())),
        "phone": ";".join(dict.fromkeys(one for one in phones if one)),
    }
    return {"id": given.id, "custom": {}} | {column: value for column, value in told.items() if value} | _own(given)


def _own(given: Given) -> Row:
    """The columns that stand in properties of the portal's own."""
    row: Row = {}
    for column, name in given.own.items():
        if not (value := given.text(name)) or column in _OF_LEADS:
            continue
        if column == "renewal_date":
            ends = moment_of(value, name)
            row[column] = ends.date() if ends else None
        else:
            row[column] = number(value, name) if column == "arr" else value
    return row
