"""Makes the cases: questions in many phrasings over a generated company, with the truth out of its own files.

Run: python -m evals.suites.assistant.making. The truth is read from what the generator wrote, never from our answers.
"""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from agent_runtime.demo.generator import generate
from evals.suites.assistant.phrasing import ACCOUNTS, FIRST, FOLDER, SEED, WORDINGS, Making, both, says
from evals.suites.assistant.truth import Row, World, promised_thing, spoken_topic


def look_ups(making: Making) -> None:
    """Owner, deals, contract, people."""
    world = making.world
    for account in making.sample(world.accounts):
        owner = world.users[account["owner_id"]]["name"]
        making.add("owner", "look-up", account["id"], {"says": [[owner]]})
    deals = [x for x in world.open_deals() if world.one_open_deal(x["account_id"])]
    for deal in making.sample(deals):
        making.add("stage", "look-up", deal["account_id"], {"says": [[deal["stage"]]]}, deal=deal["name"])
    for deal in making.sample([x for x in deals if x["amount"]]):
        amount = f"{deal['amount']:,.0f}"
        making.add("amount", "look-up", deal["account_id"], {"says": [[amount]]}, deal=deal["name"])
    for deal in making.sample([x for x in deals if x["close_date"]]):
        day = datetime.fromisoformat(deal["close_date"])
        making.add("close_date", "look-up", deal["account_id"], {"says": [says(day)]}, deal=deal["name"])
    for account in making.sample([x for x in world.accounts if x["renewal_date"]]):
        day = datetime.fromisoformat(account["renewal_date"])
        making.add("renewal", "look-up", account["id"], {"says": [says(day)]})
    for account in making.sample([x for x in world.accounts if x["arr"]], 4):
        making.add("worth_a_year", "look-up", account["id"], {"says": [[account["arr"], f"{int(account['arr']):,}"]]})
    for contact in making.sample([x for x in world.contacts if x["role"] == "decides"]):
        making.add("decides", "look-up", contact["account_id"], {"says": [[contact["name"]]]})
    for contact in making.sample([x for x in world.contacts if x["title"]]):
        making.add("title", "look-up", contact["account_id"], {"says": [[contact["title"]]]}, who=contact["name"])


def promises(making: Making) -> None:
    """Who promised what to whom by when, and what was open at a time."""
    world = making.world
    kept_later = [(a, ids, at) for a, ids, at in making.planted("mail_promise_late")]
    pending = list(making.planted("mail_promise_broken", "mail_promise_future"))
    for account, ids, _ in making.sample(pending):
        making.add(
            "owed", "who promised what", account, {"cites": [[ids[1]]], "says": [[promised_thing(world.mail(ids[1]))]]}
        )
    for account, ids, _ in making.sample(pending):
        mail = world.mail(ids[1])
        making.add("promised_by", "who promised what", account, {"cites": [[ids[1]]], "says": [[promised_thing(mail)]]},
                   ours=world.users[mail["user_id"]]["name"])  # fmt: skip
    for account, ids, _ in making.sample(pending, 4):
        mail = world.mail(ids[1])
        day = world.promised_day(mail)
        making.add("due_day", "who promised what", account, {"cites": [[ids[1]]], "says": [says(day)]},
                   thing=promised_thing(mail))  # fmt: skip
    for account, ids, _ in making.sample(list(making.planted("call_promise_broken")), 3):
        making.add("owed", "who promised what", account, {"cites": [[ids[0]]]})
    for account, ids, _ in making.sample(kept_later):
        moment = world.promised_day(world.mail(ids[1])) + timedelta(days=1)
        making.add("past_debt", "time", account, {"cites": [[ids[1]]], "never_cites": [ids[2]]},
                   at=moment.replace(hour=20).isoformat())  # fmt: skip


def conversations(making: Making) -> None:
    """What was asked and answered."""
    world = making.world
    done = list(making.planted("question_in_time", "question_late", "question_holding_then_answer"))
    for account, ids, _ in making.sample(done):
        making.add("told", "what was said", account, {"cites": [[ids[-1]]]}, topic=spoken_topic(world.mail(ids[0])))
    for account, ids, _ in making.sample(done):
        mail = world.mail(ids[0])
        making.add("asked_about", "what was said", account, {"cites": [[ids[0]]]}, who=world.sender(mail),
                   topic=spoken_topic(mail))  # fmt: skip
    for account, ids, _ in making.sample(done, 5):
        mail = world.mail(ids[0])
        making.add("answered", "what was said", account, {"cites": [[ids[-1]]]}, who=world.sender(mail),
                   topic=spoken_topic(mail))  # fmt: skip
    waiting = list(making.planted("question_unanswered", "question_holding_only"))
    for account, ids, _ in making.sample(waiting):
        making.add("unanswered", "what was said", account, {"cites": [[ids[0]]]})


def contacts(making: Making) -> None:
    """Last contact, meetings, missed calls, who left, complaints."""
    world = making.world
    large = [x["id"] for x in world.accounts if x["segment"] == "large"]
    for account in making.sample(large):
        last = world.last_from(account)
        making.add("last_heard", "time", account, {"says": [says(last["when"])]}, who=last["who"])
    for account in making.sample(large):
        making.add("last_talk", "time", account, {"says": [says(world.last_talk(account))]})
    for account, ids, _ in making.sample(
        list(making.planted("missed_never", "missed_repeat_never", "missed_after_hours_never", pending=True))
    ):
        call = world.call(ids[0])
        making.add("missed", "look-up", account, {"cites": [list(ids)]}, who=world.caller(call))
    for account, meeting in making.sample(world.meetings_ahead()):
        making.add("meeting_next", "time", account, {"cites": [[meeting["id"]]]})
    for account, meeting in making.sample(world.last_meetings()):
        making.add("meeting_last", "time", account, {"cites": [[meeting["id"]]]})
    for account, ids, _ in making.sample(list(making.planted("champion_left_named", "champion_left_unnamed"))):
        change = world.crm(ids[-1])
        who = world.contact(change["contact_id"])["name"]
        making.add("left", "look-up", account, {"says": [[who]], "cites": [[ids[-1]]]}, who=who)
    for account, ids, _ in making.sample(list(making.planted("complaint_open"))):
        making.add("complaint", "look-up", account, {"cites": [list(ids)]})
    for account, ids, _ in making.sample(list(making.planted("missed_never", "question_unanswered", pending=True)), 4):
        making.add("what_next", "look-up", account, {"cites": [[ids[0]]]})


def hand_over(making: Making) -> None:
    """What a new owner asks."""
    world = making.world
    for account, ids, at in making.sample(list(making.planted("owner_changed_introduced", "owner_changed_silent"))):
        change = world.crm(ids[0])
        old, new = (world.users[change[x]]["name"] for x in ("from_user_id", "to_user_id"))
        making.add("former_owner", "hand-over", account, {"says": [[old, *says(at)]], "cites": [[ids[0]]]}, ours=new)
        expect = {"cites": [world.since(account, at)], "never_cites": world.before(account, at)}
        making.add("took_over", "hand-over", account, expect, user=change["to_user_id"])
    for account, ids, _ in making.sample(list(making.planted("inherited_promise"))):
        mail = world.mail(ids[1])
        making.add("inherited", "hand-over", account, {"cites": [[ids[1]]]}, ours=world.users[mail["user_id"]]["name"])


def changes(making: Making) -> None:
    """What happened since a day."""
    world = making.world
    for account, ids, at in making.sample(
        list(making.planted("question_unanswered", "mail_promise_broken", "missed_never", pending=True))
    ):
        day = at - timedelta(days=2)
        never = world.before(account, day.replace(hour=0, minute=0))
        making.add("changed_since", "time", account, {"cites": [[ids[0]]], "never_cites": never}, day=both(day))


def blind(making: Making) -> None:
    """Where a source cannot be seen, the answer says so."""
    for account, _, _ in making.planted("proposal_unseen"):
        who = making.world.contacts_of(account)[0]["name"]
        for _ in range(2):
            making.add(
                "blind",
                "blind spot",
                account,
                {"cannot_see": True, "says": [["no reaction", "keine Reaktion", "nicht gesehen"]]},
                who=who,
            )
    owned = [x for x in making.world.accounts if x["owner_id"] == "daniel-osei"]
    for account in making.sample(owned, 4):
        making.add("unanswered", "blind spot", account["id"], {"cannot_see": True})


def unanswerable(making: Making) -> None:
    """What no record says."""
    world = making.world
    phrasings = making.phrases["nothing"]
    first = range(len(phrasings["en"]) + len(phrasings["de"]) // 2)
    for _ in first if making.wording == FIRST else making.worded("nothing"):
        account = making.rng.choice([x for x in world.accounts if x["segment"] == "large"])
        who = making.rng.choice(world.contacts_of(account["id"]))["name"]
        making.add("nothing", "unanswerable", account["id"], {"refused": True}, who=who)
    for _ in range(5):
        mine, other = making.rng.sample(world.accounts, 2)
        known = {x["name"] for x in world.contacts_of(mine["id"])}
        stranger = next(x["name"] for x in world.contacts_of(other["id"]) if x["name"] not in known)
        making.add("foreign", "unanswerable", mine["id"], {"refused": True}, stranger=stranger)


def portfolio(making: Making) -> None:
    """Questions over all that somebody sees."""
    world = making.world
    for user in ("priya-raman", "samuel-brandt", "lea-hartmann"):
        day = world.end + timedelta(days=90)
        mine = [x for x in world.accounts if x["owner_id"] == user and x["renewal_date"]]
        due = [x["name"] for x in mine if world.end.date().isoformat() <= x["renewal_date"] < day.date().isoformat()]
        later = [x["name"] for x in mine if x["renewal_date"] >= day.date().isoformat()]
        expect = {"says": [[x] for x in due], "never": later} if due else {"refused": True}
        making.add("portfolio_renewals", "portfolio", "portfolio", expect, day=both(day), user=user)
    for account, ids, _ in making.sample(list(making.planted("question_in_time")), 4):
        owner = world.account(account)
        making.add("portfolio_mention", "portfolio", "portfolio", {"says": [[owner["name"]]]},
                   topic=spoken_topic(world.mail(ids[0])), user=owner["owner_id"])  # fmt: skip
    for account, _, _ in making.sample(list(making.planted("mail_promise_broken", "question_unanswered")), 3):
        owner = world.account(account)
        making.add("portfolio_owed", "portfolio", "portfolio", {"says": [[owner["name"]]]}, user=owner["owner_id"])


def follow_ups(making: Making) -> None:
    """What is asked behind another question, and makes no sense without it."""
    world = making.world
    pending = list(making.planted("mail_promise_broken", "mail_promise_future"))
    for account, ids, _ in making.sample(pending, 3):
        mail = world.mail(ids[1])
        who = world.users[mail["user_id"]]["name"]
        expect = {"cites": [[ids[1]]], "says": [[who]]}
        making.add("then_who_promised", "follow-up", account, expect, thing=promised_thing(mail))
    for account, ids, _ in making.sample(pending, 3):
        mail = world.mail(ids[1])
        expect = {"cites": [[ids[1]]], "says": [says(world.promised_day(mail))]}
        making.add("then_by_when", "follow-up", account, expect, ours=world.users[mail["user_id"]]["name"])
    done = list(making.planted("question_in_time", "question_late", "question_holding_then_answer"))
    for account, ids, _ in making.sample(done, 4):
        mail = world.mail(ids[0])
        making.add("then_what_answered", "follow-up", account, {"cites": [[ids[-1]]]}, who=world.sender(mail),
                   topic=spoken_topic(mail))  # fmt: skip
    large = [x["id"] for x in world.accounts if x["segment"] == "large"]
    for account in making.sample(large, 4):
        last = world.last_from(account)
        other = next(x["name"] for x in world.contacts_of(account) if x["name"] != last["who"])
        making.add(
            "then_another_person", "follow-up", account, {"says": [says(last["when"])]}, who=last["who"], other=other
        )
    for account, ids, at in making.sample(list(making.planted("question_unanswered", "missed_never", pending=True)), 3):
        making.add(
            "then_before_that", "follow-up", account, {"never_cites": [ids[0]]}, day=both(at - timedelta(days=2))
        )
    for user in ("priya-raman", "samuel-brandt", "lea-hartmann"):
        day = world.end + timedelta(days=90)
        mine = [x for x in world.accounts if x["owner_id"] == user and x["renewal_date"]]
        due = [x["name"] for x in mine if world.end.date().isoformat() <= x["renewal_date"] < day.date().isoformat()]
        expected: dict[str, Any] = {"says": [[x] for x in due]} if due else {"refused": True}
        making.add("then_another_day", "follow-up", "portfolio", expected, day=both(day), user=user)


PARTS = (look_ups, promises, conversations, contacts, hand_over, changes, blind, unanswerable, portfolio, follow_ups)


def made() -> list[Row]:
    """All cases of the company."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "world"
        truth = generate(SEED, folder, accounts=ACCOUNTS)
        cases = []
        for wording in WORDINGS:
            making = Making(World(folder), truth, wording)
            for part in PARTS if wording == FIRST else PARTS[:-1]:
                part(making)
            cases += making.cases
    return cases


if __name__ == "__main__":
    lines = b"".join(orjson.dumps(x, option=orjson.OPT_APPEND_NEWLINE) for x in made())
    (FOLDER / "cases.jsonl").write_bytes(lines)
