"""Cases about deals and the people in them."""

from tests.unit.agent_runtime.watchtower.detector_cases import (
    BELA,
    BOSS,
    COLLEAGUE,
    CUSTOMER,
    Case,
    Told,
    blind,
    cases,
    nothing,
    person,
    then,
)

TWO = {"contacts": (person(CUSTOMER), person(COLLEAGUE))}
WITH_BOSS = {"contacts": (person(CUSTOMER), person(BOSS, "VP Engineering"))}


def champion(x: Told) -> None:
    x.deal("mon 09:00", "new")
    for day in ("mon 10:00", "tue 10:00", "wed 10:00"):
        x.writes(day)
    x.writes("tue 12:00", COLLEAGUE, "t2")


def silence() -> list[Case]:
    rows = [
        ("silent for three weeks", nothing, "breach"),
        ("not yet three weeks", nothing, "quiet", "tue4 09:00"),
        ("wrote again", lambda x: x.writes("mon3 10:00"), "quiet"),
        ("called us", lambda x: x.misses("mon3 10:00", status="completed", talk_s=60), "quiet"),
        ("wrote too late", lambda x: x.writes("fri4 10:00"), "breach"),
        ("a colleague of theirs wrote", lambda x: x.writes("mon3 10:00", COLLEAGUE, "t2"), "breach"),
        ("a colleague of theirs wrote about the deal",
         lambda x: x.writes("mon3 10:00", COLLEAGUE, "t2", opportunity_id="d1"), "quiet"),
        ("an automatic reply", lambda x: x.writes("mon3 10:00", auto="ooo"), "breach"),
        ("we wrote long ago", lambda x: x.mails("mon2 10:00"), "breach"),
        ("a colleague of ours wrote two days ago", lambda x: x.mails("tue4 10:00", user=BELA), "quiet"),
        ("that mail is four days ago", lambda x: x.mails("tue4 10:00", user=BELA), "breach", "mon5 10:00"),
        ("away", lambda x: x.changes("thu 10:00", "on_leave", until="2026-04-02T00:00:00+00:00"), "quiet"),
        ("back, and still silent", lambda x: x.changes("thu 10:00", "on_leave", until="2026-04-02T00:00:00+00:00"),
         "breach", "tue5 10:00"),
        ("a meeting ahead", lambda x: x.meets("thu 10:00", "thu5 10:00"), "quiet"),
        ("a canceled meeting ahead", lambda x: x.meets("thu 10:00", "thu5 10:00", "canceled"), "breach"),
        ("a task with a time ahead", lambda x: x.task("thu 10:00", "thu5 10:00", contact_id=CUSTOMER), "quiet"),
        ("a running sequence", lambda x: x.crm("thu 10:00", "sequence.enrolled", None, contact_id=CUSTOMER, name="s"),
         "quiet"),
        ("a sequence that ended", lambda x: (
            x.crm("thu 10:00", "sequence.enrolled", None, contact_id=CUSTOMER, name="s"),
            x.crm("mon2 10:00", "sequence.ended", None, contact_id=CUSTOMER, name="s", engaged=False)), "breach"),
        ("has left", lambda x: x.changes("thu 10:00", "left_company"), "quiet"),
        ("the deal was won", lambda x: x.deal("mon2 10:00", "won"), "quiet"),
        ("the mailbox is blind", nothing, "unseen", {**TWO, **blind(until="thu 00:00")}),
    ]  # fmt: skip
    found = cases("champion_quiet", "thu4 10:00", champion, rows)

    def once(x: Told) -> None:
        x.deal("mon 09:00", "new")
        x.writes("mon 10:00")
        x.writes("mon 11:00", COLLEAGUE, "t2")

    def alone(x: Told) -> None:
        x.deal("mon 09:00", "new")
        for day in ("mon 10:00", "tue 10:00", "wed 10:00"):
            x.writes(day)

    found += cases("champion_quiet", "thu4 10:00", once, [("nobody stands out", nothing, "quiet")])
    found += cases("champion_quiet", "thu4 10:00", alone, [
        ("the only person of the account", nothing, "quiet"),
        ("the CRM calls one of two so", nothing, "breach",
         {"contacts": (person(CUSTOMER, role="champion"), person(COLLEAGUE))}),
    ])  # fmt: skip
    return found


def leaving() -> list[Case]:
    gone = then(champion, lambda x: x.changes("thu 10:00", "left_company"))
    rows = [
        ("nobody else was spoken to", nothing, "breach"),
        ("the window is not over", nothing, "quiet", "mon2 10:00"),
        ("a colleague was written to", lambda x: x.mails("fri 10:00", COLLEAGUE, "t2"), "quiet"),
        ("a colleague wrote", lambda x: x.writes("fri 10:00", COLLEAGUE, "t2"), "quiet"),
        ("only the one who left was written to", lambda x: x.mails("fri 10:00"), "breach"),
        ("the deal was lost", lambda x: x.deal("fri 10:00", "lost"), "quiet"),
        ("the mailbox is blind", nothing, "unseen", blind(until="thu 12:00")),
    ]
    found = cases("champion_left", "thu2 10:00", gone, rows)
    found += cases("champion_left", "thu2 10:00", champion, [
        ("on leave is not gone", lambda x: x.changes("thu 10:00", "on_leave"), "quiet"),
        ("another person left", lambda x: x.changes("thu 10:00", "left_company", COLLEAGUE), "quiet"),
        ("left before the deal", lambda x: x.changes("mon 08:00", "left_company"), "quiet"),
    ])  # fmt: skip
    return found


def changed() -> list[Case]:
    def known(x: Told) -> None:
        x.writes("mon 10:00")
        x.writes("mon 12:00", COLLEAGUE, "t2")

    left = then(known, lambda x: x.changes("tue 10:00", "left_company"))
    promoted = then(known, lambda x: x.field("tue 10:00", "title", "Head of IT", "contact", contact_id=CUSTOMER,
                                             **{"from": "Engineer"}))  # fmt: skip
    found = cases("stakeholder_change", "thu2 10:00", left, [
        ("somebody left and nobody was in touch", nothing, "breach"),
        ("not yet five days", nothing, "quiet", "fri 10:00"),
        ("a colleague was written to", lambda x: x.mails("wed 10:00", COLLEAGUE, "t2"), "quiet"),
        ("the one who left was written to", lambda x: x.mails("wed 10:00"), "breach"),
        ("blind", nothing, "unseen", blind()),
    ])  # fmt: skip
    found += cases("stakeholder_change", "thu2 10:00", promoted, [
        ("another role", nothing, "breach"),
        ("was congratulated", lambda x: x.mails("wed 10:00"), "quiet"),
    ])  # fmt: skip
    return found + cases("stakeholder_change", "thu2 10:00", known, [
        ("a title that was only filled in", lambda x: x.field("tue 10:00", "title", "Engineer", "contact",
                                                              contact_id=CUSTOMER), "quiet"),
        ("one of whom we never heard left", lambda x: x.changes("tue 10:00", "left_company", BOSS), "quiet"),
        ("on leave", lambda x: x.changes("tue 10:00", "on_leave"), "quiet"),
        ("a phone number changed", lambda x: x.field("tue 10:00", "phone", "1", "contact", contact_id=CUSTOMER,
                                                     **{"from": "2"}), "quiet"),
        ("the champion of an open deal, told elsewhere",
         then(champion, lambda x: x.changes("thu 10:00", "left_company")), "quiet", "thu3 10:00"),
    ])  # fmt: skip


def executives() -> list[Case]:
    joined = then(lambda x: x.writes("mon 10:00"), lambda x: x.changes("tue 10:00", "joined", BOSS))
    found = cases("new_executive", "thu2 10:00", joined, [
        ("a new VP and no word from us", nothing, "breach", WITH_BOSS),
        ("the title comes with the change", lambda x: x.changes("tue 10:00", "joined", "c-new", title="CTO"),
         "breach"),
        ("was written to", lambda x: x.mails("wed 10:00", BOSS, "t3"), "quiet", WITH_BOSS),
        ("somebody else was written to", lambda x: x.mails("wed 10:00"), "breach", WITH_BOSS),
        ("has left again", lambda x: x.changes("thu 10:00", "left_company", BOSS), "quiet", WITH_BOSS),
        ("no executive", nothing, "quiet", {"contacts": (person(BOSS, "Engineer"),)}),
        ("an assistant of one", nothing, "quiet", {"contacts": (person(BOSS, "Assistant to the CEO"),)}),
        ("not yet due", nothing, "quiet", WITH_BOSS, "fri 10:00"),
        ("blind", nothing, "unseen", {**WITH_BOSS, **blind()}),
    ])  # fmt: skip
    return found + cases("new_executive", "thu2 10:00", lambda x: x.writes("mon 10:00", BOSS), [
        ("known for long", lambda x: x.changes("tue 10:00", "active", BOSS), "quiet", WITH_BOSS),
        ("has become one", lambda x: x.field("tue 10:00", "title", "Geschäftsführer", "contact", contact_id=BOSS,
                                             **{"from": "Leitstand"}), "breach"),
    ])  # fmt: skip


def single() -> list[Case]:
    def one(x: Told) -> None:
        x.deal("mon 09:00", "new")
        x.writes("mon 10:00")
        x.mails("mon 12:00")
        x.writes("tue 10:00")

    return cases("single_threaded", "wed4 10:00", one, [
        ("one of two for three weeks", nothing, "breach", TWO),
        ("not yet three weeks", nothing, "quiet", TWO, "fri3 10:00"),
        ("a second one wrote", lambda x: x.writes("mon2 10:00", COLLEAGUE, "t2"), "quiet", TWO),
        ("a second one in copy", lambda x: x.mails("mon2 10:00", to=[f"{CUSTOMER}@acme.example"],
                                                   cc=["lou@acme.example"]), "quiet", TWO),
        ("a second one of ours in copy", lambda x: x.mails("mon2 10:00", **{"from": "anna@ours.example"},
         to=["kim@acme.example"], cc=["bela@ours.example"]), "breach", TWO),
        ("the account has one person", nothing, "quiet"),
        ("the deal was won", lambda x: x.deal("mon2 10:00", "won"), "quiet", TWO),
        ("a second one joined too late", lambda x: x.writes("tue4 10:00", COLLEAGUE, "t2"), "breach", TWO),
        ("blind", nothing, "unseen", {**TWO, **blind()}),
    ]) + cases("single_threaded", "wed4 10:00", lambda x: x.deal("mon 09:00", "new"), [
        ("a single mail is a beginning", lambda x: x.writes("mon 10:00"), "quiet", TWO),
    ])  # fmt: skip


def committed() -> list[Case]:
    def commit(x: Told) -> None:
        x.deal("mon 09:00", "offer")
        x.writes("mon 10:00")
        x.crm("tue 10:00", "opportunity.updated", forecast_category="commit", user_id="anna", caused_by="person")

    return cases("commit_without_evidence", "tue3 10:00", commit, [
        ("commit, and silence", nothing, "breach"),
        ("not yet two weeks", nothing, "quiet", "fri2 10:00"),
        ("they wrote", lambda x: x.writes("wed2 10:00"), "quiet"),
        ("we wrote", lambda x: x.mails("wed2 10:00"), "breach"),
        ("the forecast was corrected", lambda x: x.crm("wed2 10:00", "opportunity.updated",
                                                       forecast_category="pipeline"), "quiet"),
        ("corrected too late", lambda x: x.crm("tue3 09:30", "opportunity.updated", forecast_category="pipeline"),
         "breach"),
        ("the deal was won", lambda x: x.deal("wed2 10:00", "won"), "quiet"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("commit_without_evidence", "tue3 10:00", lambda x: x.deal("mon 09:00", "offer"), [
        ("best case is no commit", lambda x: x.crm("tue 10:00", "opportunity.updated", forecast_category="best_case"),
         "quiet"),
    ])  # fmt: skip


def age() -> list[Case]:
    return cases("unresolved_age", "mon30 10:00", lambda x: x.deal("mon 09:00", "new"), [
        ("open for half a year", nothing, "breach"),
        ("open for a month", nothing, "quiet", "mon5 10:00"),
        ("won", lambda x: x.deal("mon3 10:00", "won"), "quiet"),
        ("opened again a month ago", lambda x: (x.deal("mon3 10:00", "lost"), x.deal("mon26 10:00", "new")), "quiet"),
    ])  # fmt: skip


def hand_overs() -> list[Case]:
    def moved(x: Told) -> None:
        x.writes("mon 10:00")
        x.crm("tue 10:00", "owner.changed", None, from_user_id="anna", to_user_id="bela")

    return cases("hand_over", "tue2 10:00", moved, [
        ("not taken up", nothing, "breach"),
        ("the window is not over", nothing, "quiet", "thu 10:00"),
        ("the new owner wrote", lambda x: x.mails("wed 10:00", user=BELA), "quiet"),
        ("the new owner made a task", lambda x: x.task("wed 10:00", user_id=BELA), "quiet"),
        ("the owner before introduced the new one", lambda x: x.mails("wed 10:00"), "quiet"),
            ("the owner before took leave the day before", lambda x: x.mails("mon 12:00"), "quiet"),
            ("the owner before made a task", lambda x: x.task("wed 10:00"), "breach"),
        ("the customer wrote", lambda x: x.writes("wed 10:00"), "breach"),
        ("handed on", lambda x: x.crm("wed 10:00", "owner.changed", None, from_user_id="bela", to_user_id="mona"),
         "quiet", "fri 16:00"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("hand_over", "tue2 10:00", lambda x: x.mails("mon 10:00"), [
        ("a first owner", lambda x: x.crm("tue 10:00", "owner.changed", None, to_user_id="bela"), "quiet"),
        ("the same owner again", lambda x: x.crm("tue 10:00", "owner.changed", None, from_user_id="bela",
                                                 to_user_id="bela"), "quiet"),
        ("to nobody of ours", lambda x: x.crm("tue 10:00", "owner.changed", None, from_user_id="anna",
                                              to_user_id="queue"), "quiet"),
    ])  # fmt: skip


def leads() -> list[Case]:
    def lead(x: Told) -> None:
        x.add("mon 10:00", "lead.created", lead_id="l1", lead_type="web", contact_id=CUSTOMER)

    worked = then(lead, lambda x: x.mails("mon 10:30"))
    return cases("unworked_lead", "fri 10:00", lead, [
        ("nobody began", nothing, "breach"),
        ("not yet three days", nothing, "quiet", "wed 16:00"),
        ("was written to", lambda x: x.mails("tue 10:00"), "quiet"),
        ("an unanswered call is work", lambda x: x.calls("tue 10:00", talk=0), "quiet"),
        ("a task", lambda x: x.task("tue 10:00", contact_id=CUSTOMER), "quiet"),
        ("an automatic receipt is none", lambda x: x.mails("mon 10:01", auto="list", caused_by="rule"), "breach"),
        ("disqualified", lambda x: x.add("tue 10:00", "lead.status", lead_id="l1", status="disqualified"), "quiet"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("zombie_lead", "wed5 10:00", worked, [
        ("forgotten after a first mail", nothing, "breach"),
        ("three weeks ago", nothing, "quiet", "mon4 10:00"),
        ("they wrote since", lambda x: x.writes("mon3 10:00"), "quiet"),
        ("qualified", lambda x: x.add("tue 10:00", "lead.status", lead_id="l1", status="qualified"), "quiet"),
        ("put off", lambda x: x.add("tue 10:00", "lead.status", lead_id="l1", status="nurture",
                                    until="2026-06-01T00:00:00+00:00"), "quiet"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("zombie_lead", "wed5 10:00", lead, [("never contacted, told elsewhere", nothing, "quiet")])  # fmt: skip


def every() -> list[Case]:
    """The cases of this file."""
    parts = (silence, leaving, changed, executives, single, committed, age, hand_overs, leads)
    return [case for part in parts for case in part()]
