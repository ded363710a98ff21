"""The truth about a generated company, read from the files that its generator wrote; nothing of ours is asked."""

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from agent_runtime.grounding import GERMAN_MONTHS, MONTHS

Row = dict[str, Any]
_MONTH = {name: n for names in (MONTHS, GERMAN_MONTHS) for n, name in enumerate(names, 1)}
_PROMISE = re.compile(r"(?:I will send you|Ich schicke Ihnen|I'll send you) (.+?) (?:by|until|bis) ", re.DOTALL)
_BY = re.compile(rf"(?:by|until|bis)\s+(?:\w+,? )?(\d{{1,2}})\.? ({'|'.join(_MONTH)})", re.IGNORECASE)


class World:
    """The files of a world folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.accounts = self._table("accounts")
        self.contacts = self._table("contacts")
        self.users = {x["id"]: x for x in self._table("users")}
        for x in self._stream("crm"):  # the last entry counts, not what the list of accounts began with
            if x["kind"] == "renewal" and x["account_id"]:
                self.account(x["account_id"])["renewal_date"] = x["renewal_date"]
            if x["kind"] == "owner.changed":
                self.account(x["account_id"])["owner_id"] = x["to_user_id"]

    def _table(self, name: str) -> list[Row]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def _stream(self, name: str) -> list[Row]:
        return [orjson.loads(x) for x in (self.folder / f"{name}.jsonl").read_bytes().splitlines()]

    @cached_property
    def emails(self) -> dict[str, Row]:
        """Mails by id."""
        return {x["id"]: x for x in self._stream("emails")}

    @cached_property
    def calls(self) -> list[Row]:
        """Call legs in order."""
        return self._stream("calls")

    @cached_property
    def changes(self) -> list[Row]:
        """What the CRM wrote, in order."""
        return self._stream("crm")

    @cached_property
    def meetings(self) -> dict[str, Row]:
        """The last word on each meeting, by id."""
        return {x["id"]: x for x in self._stream("meetings")}

    @cached_property
    def end(self) -> datetime:
        """The last moment of the world."""
        found = re.search(r"^end = (.+)$", (self.folder / "world.toml").read_text(encoding="utf-8"), re.MULTILINE)
        assert found
        return datetime.fromisoformat(found[1])

    def mail(self, key: str) -> Row:
        """One mail."""
        return self.emails[key]

    def call(self, key: str) -> Row:
        """One call leg."""
        return next(x for x in self.calls if x["id"] == key)

    def crm(self, key: str) -> Row:
        """One entry of the CRM."""
        return next(x for x in self.changes if x["id"] == key)

    def account(self, key: str) -> Row:
        """One account."""
        return next(x for x in self.accounts if x["id"] == key)

    def contact(self, key: str) -> Row:
        """One contact."""
        return next(x for x in self.contacts if x["id"] == key)

    def contacts_of(self, account: str) -> list[Row]:
        """The people of one account."""
        return [x for x in self.contacts if x["account_id"] == account]

    def sender(self, mail: Row) -> str:
        """Who of the customer wrote a mail."""
        return str(next(x["name"] for x in self.contacts if x["email"] == mail["from"]))

    def caller(self, call: Row) -> str:
        """Who of the customer called."""
        return str(next((x["name"] for x in self.contacts if call["from"] in x["phone"].split(";")), "somebody"))

    def promised_day(self, mail: Row) -> datetime:
        """The day that a mail of ours promises something by."""
        found = _BY.search(mail["text"] or mail["html"])
        assert found, mail["id"]
        at = datetime.fromisoformat(mail["occurred_at"])
        month = _MONTH[found[2].lower()]
        return at.replace(year=at.year + (month < at.month), month=month, day=int(found[1]))

    def open_deals(self) -> list[Row]:
        """Deals that are in an open stage at the end, with their last name, amount and close date."""
        deals: dict[str, Row] = {}
        for x in self.changes:
            if x["kind"] in ("opportunity.stage", "opportunity.updated") and x["opportunity_id"]:
                deal = deals.setdefault(x["opportunity_id"], {"amount": None, "close_date": None, "name": ""})
                deal["account_id"] = x["account_id"]
                deal |= {k: x[k] for k in ("stage", "amount", "close_date", "name") if x.get(k)}
        closed = {x["stage"] for x in self._table("stages") if x["category"] != "open"}
        return [x for x in deals.values() if x.get("stage") and x["stage"] not in closed and x["name"]]

    def one_open_deal(self, account: str) -> bool:
        """Whether the account has no other open deal."""
        return len([x for x in self.open_deals() if x["account_id"] == account]) == 1

    def _of_contacts(self, account: str) -> tuple[dict[str, str], dict[str, str]]:
        people = self.contacts_of(account)
        return {x["email"]: x["name"] for x in people}, {
            y: x["name"] for x in people for y in x["phone"].split(";") if y
        }

    def touches(self, account: str) -> Iterator[Row]:
        """Mails and connected calls with people of the account: when, who of theirs, direction, kind."""
        emails, phones = self._of_contacts(account)
        for mail in self.emails.values():
            inbound = mail["direction"] == "inbound"
            address = mail["from"] if inbound else mail["to"][0]
            if address in emails and not mail["auto_kind"]:
                when = datetime.fromisoformat(mail["occurred_at"])
                yield {"when": when, "who": emails[address], "inbound": inbound, "kind": "mail", "id": mail["id"]}
        for call in self.calls:
            number = call["from"] if call["direction"] == "inbound" else call["to"]
            if number in phones and call["talk_s"] and call.get("answered_by") in ("person", None):
                when = datetime.fromisoformat(call["started_at"])
                yield {"when": when, "who": phones[number], "inbound": call["direction"] == "inbound", "kind": "call",
                       "id": call["id"]}  # fmt: skip

    def last_from(self, account: str) -> Row:
        """The last time that they came to us."""
        return max((x for x in self.touches(account) if x["inbound"]), key=lambda x: x["when"])

    def last_talk(self, account: str) -> datetime:
        """The last connected call or held meeting."""
        found: list[datetime] = [x["when"] for x in self.touches(account) if x["kind"] == "call"]
        held = [x for x in self.meetings.values() if x["account_id"] == account and x["status"] == "held"]
        return max([*found, *(datetime.fromisoformat(x["starts_at"]) for x in held)])

    def meetings_ahead(self) -> list[tuple[str, Row]]:
        """The next appointment of each account that has one."""
        ahead: dict[str, Row] = {}
        for x in sorted(self.meetings.values(), key=lambda x: str(x["starts_at"])):
            if x["account_id"] and x["status"] == "scheduled" and datetime.fromisoformat(x["starts_at"]) > self.end:
                ahead.setdefault(x["account_id"], x)
        return list(ahead.items())

    def last_meetings(self) -> list[tuple[str, Row]]:
        """The last meeting of each account in which one was held."""
        held: dict[str, Row] = {}
        for x in sorted(self.meetings.values(), key=lambda x: str(x["starts_at"])):
            if x["account_id"] and x["status"] == "held":
                held[x["account_id"]] = x
        return list(held.items())

    def since(self, account: str, moment: datetime) -> list[str]:
        """What came from the account or changed in it after `moment`: ids."""
        found = [x["id"] for x in self.touches(account) if x["when"] >= moment]
        return found + [x["id"] for x in self.changes if x["account_id"] == account and _at(x) >= moment]

    def before(self, account: str, moment: datetime) -> list[str]:
        """The same before `moment`."""
        found = [x["id"] for x in self.touches(account) if x["when"] < moment]
        return found + [x["id"] for x in self.changes if x["account_id"] == account and _at(x) < moment]


def _at(row: Row) -> datetime:
    return datetime.fromisoformat(row["at"])


def promised_thing(mail: Row) -> str:
    """What a mail of ours promises to send."""
    found = _PROMISE.search(" ".join((mail["text"] or mail["html"]).split()))
    assert found, mail["text"]
    return found[1]


def spoken_topic(mail: Row) -> str:
    """What a mail is about, as somebody says it who remembers its subject."""
    return str(mail["subject"]).removeprefix("Re: ").removeprefix("AW: ")
