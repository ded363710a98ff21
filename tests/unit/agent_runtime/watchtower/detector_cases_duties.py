"""Cases about what we owe: sequences, meetings and what prepares them, estimates, promises, complaints."""

from tests.unit.agent_runtime.watchtower.detector_cases import (
    BOSS,
    COLLEAGUE,
    CUSTOMER,
    Case,
    Told,
    blind,
    cases,
    distrusting,
    nothing,
    person,
)

WITH_BOSS = {"contacts": (person(CUSTOMER), person(BOSS, "VP Engineering"))}


def sequences() -> list[Case]:
    def ended(x: Told) -> None:
        x.crm("mon 10:00", "sequence.enrolled", None, contact_id=CUSTOMER, name="s")
        x.crm("fri 10:00", "sequence.ended", None, contact_id=CUSTOMER, name="s", engaged=False)

    def engaged(x: Told) -> None:
        x.crm("mon 10:00", "sequence.enrolled", None, contact_id=CUSTOMER, name="s")
        x.crm("fri 10:00", "sequence.ended", None, contact_id=CUSTOMER, name="s", engaged=True)

    return cases("sequence_ended", "fri2 10:00", ended, [
        ("nothing followed", nothing, "breach"),
        ("not yet three days", nothing, "quiet", "tue2 10:00"),
        ("was called", lambda x: x.calls("mon2 10:00"), "quiet"),
        ("enrolled again", lambda x: x.crm("mon2 10:00", "sequence.enrolled", None, contact_id=CUSTOMER, name="b"),
         "quiet"),
        ("answered while it ran", lambda x: x.writes("wed 10:00"), "quiet"),
        ("an automatic reply while it ran", lambda x: x.writes("wed 10:00", auto="ooo"), "breach"),
        ("opted out", lambda x: x.changes("thu 10:00", "opted_out"), "quiet"),
        ("opted out afterwards", lambda x: x.changes("mon2 10:00", "opted_out"), "quiet"),
        ("somebody else was called", lambda x: x.calls("mon2 10:00", COLLEAGUE), "breach"),
        ("blind", nothing, "unseen", blind(until="fri 00:00")),
    ]) + cases("sequence_ended", "fri2 10:00", engaged, [("engaged", nothing, "quiet")])  # fmt: skip


def meetings() -> list[Case]:
    def held(x: Told) -> None:
        x.meets("mon 10:00", "wed 10:00")

    found = cases("meeting_follow_up", "mon2 16:00", held, [
        ("nothing followed", nothing, "breach"),
        ("not yet two days", nothing, "quiet", "thu 10:00"),
        ("a mail followed", lambda x: x.mails("thu 10:00"), "quiet"),
        ("a mail before it", lambda x: x.mails("tue 10:00"), "breach"),
        ("they wrote", lambda x: x.writes("thu 10:00"), "breach"),
        ("a mail to another who was there", lambda x: x.mails("thu 10:00", COLLEAGUE, "t2", to=["lou@acme.example"]),
         "breach"),
        ("a call nobody took", lambda x: x.calls("thu 10:00", talk=0), "breach"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("meeting_follow_up", "mon2 16:00", nothing, [
        ("canceled", lambda x: x.meets("mon 10:00", "wed 10:00", "canceled"), "quiet"),
        ("nobody came", lambda x: x.meets("mon 10:00", "wed 10:00", "no_show"), "quiet"),
        ("still to come", lambda x: x.meets("mon 10:00", "wed4 10:00"), "quiet"),
        ("a review is told elsewhere", lambda x: x.meets("mon 10:00", "wed 10:00", subject="QBR Acme"), "quiet"),
        ("the other who was there was written to", lambda x: (
            x.meets("mon 10:00", "wed 10:00", attendees=["lou@acme.example"]),
            x.mails("thu 10:00", COLLEAGUE, "t2", to=["lou@acme.example"])), "quiet"),
    ])  # fmt: skip
    found += cases("qbr_follow_up", "wed2 10:00", lambda x: x.meets("mon 10:00", "wed 10:00", subject="QBR Acme"), [
        ("nothing followed", nothing, "breach"),
        ("not yet three days", nothing, "quiet", "fri 10:00"),
        ("the results went out", lambda x: x.mails("thu 10:00"), "quiet"),
        ("a yearly review", lambda x: x.meets("mon 11:00", "wed 12:00", subject="Jahresgespräch Acme"), "breach"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("qbr_follow_up", "wed2 10:00", nothing, [
        ("canceled", lambda x: x.meets("mon 10:00", "wed 10:00", "canceled", subject="QBR Acme"), "quiet"),
        ("no review", lambda x: x.meets("mon 10:00", "wed 10:00"), "quiet"),
    ])  # fmt: skip
    found += cases("no_show", "fri 12:00", lambda x: x.meets("mon 10:00", "wed 10:00", "no_show"), [
        ("nobody offered a new date", nothing, "breach"),
        ("not yet a day", nothing, "quiet", "wed 16:00"),
        ("we wrote", lambda x: x.mails("wed 15:00"), "quiet"),
        ("they called", lambda x: x.misses("wed 15:00", status="completed", talk_s=30), "quiet"),
        ("a new date stands", lambda x: x.meets("wed 15:00", "wed2 10:00"), "quiet"),
        ("the new date was canceled", lambda x: x.meets("wed 15:00", "wed2 10:00", "canceled"), "breach"),
        ("we wrote before", lambda x: x.mails("tue 15:00"), "breach"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("no_show", "fri 12:00", lambda x: x.meets("mon 10:00", "wed 10:00", "held"), [
        ("they came", nothing, "quiet"),
    ])  # fmt: skip
    return found


def preparations() -> list[Case]:
    def boss(x: Told) -> None:
        x.meets("mon 10:00", "fri 10:00", contact_id=BOSS)

    crm_blind = blind("crm", "tue 00:00")
    found = cases("executive_brief", "thu 11:00", boss, [
        ("no brief the day before", nothing, "breach", WITH_BOSS),
        ("two days before", nothing, "quiet", WITH_BOSS, "wed 10:00"),
        ("a task of that name is done", lambda x: (
            x.crm("tue 10:00", "task.created", None, task_id="b", subject="Prepare brief for Friday"),
            x.crm("wed 10:00", "task.completed", None, task_id="b")), "quiet", WITH_BOSS),
        ("another task is done", lambda x: (
            x.crm("tue 10:00", "task.created", None, task_id="b", subject="Send the brochure"),
            x.crm("wed 10:00", "task.completed", None, task_id="b")), "breach", WITH_BOSS),
        ("no executive", nothing, "quiet", {"contacts": (person(BOSS, "Engineer"),)}),
        ("the crm is blind", nothing, "unseen", {**WITH_BOSS, **crm_blind}),
    ]) + cases("executive_brief", "thu 11:00", nothing, [
        ("the title says so", lambda x: x.meets("mon 10:00", "fri 10:00", subject="Executive meeting Acme"), "breach"),
        ("canceled", lambda x: x.meets("mon 10:00", "fri 10:00", "canceled", subject="Executive meeting"), "quiet"),
        ("told when it was over", lambda x: x.meets("mon 10:00", "mon 08:00", "held", subject="Board meeting"),
         "quiet"),
    ])  # fmt: skip
    return found + cases("appointment_confirm", "thu 11:00", lambda x: x.meets("mon 10:00", "fri 10:00"), [
        ("nobody confirmed", nothing, "breach"),
        ("two days before", nothing, "quiet", "wed 10:00"),
        ("they wrote the day before", lambda x: x.writes("wed 10:00"), "quiet"),
        ("we wrote two days before", lambda x: x.mails("wed 10:00"), "quiet"),
        ("blind", nothing, "unseen", blind(until="tue 00:00")),
    ]) + cases("appointment_confirm", "thu 11:00", nothing, [
        ("just made", lambda x: x.meets("wed 10:00", "fri 10:00"), "quiet"),
        ("canceled", lambda x: x.meets("mon 10:00", "fri 10:00", "canceled"), "quiet"),
        ("has come", lambda x: x.meets("mon 10:00", "fri 10:00"), "breach", "mon2 10:00"),
    ])  # fmt: skip


def estimates() -> list[Case]:
    def estimate(x: Told) -> None:
        x.mails("mon 10:00", attachments=["Angebot_2026-114.pdf"])

    return cases("estimate_response", "tue2 10:00", estimate, [
        ("no answer", nothing, "breach"),
        ("not yet five days", nothing, "quiet", "fri 10:00"),
        ("they wrote", lambda x: x.writes("thu 10:00"), "quiet"),
        ("somebody else wrote elsewhere", lambda x: x.writes("thu 10:00", COLLEAGUE, "t2"), "breach"),
        ("somebody else answered in the thread", lambda x: x.writes("thu 10:00", COLLEAGUE), "quiet"),
        ("a newer one", lambda x: x.mails("thu 10:00", attachments=["Angebot_2.pdf"]), "quiet"),
        ("an automatic reply", lambda x: x.writes("thu 10:00", auto="ooo"), "breach"),
        ("a meeting ahead", lambda x: x.meets("tue 10:00", "thu2 10:00"), "quiet"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("estimate_response", "tue2 10:00", nothing, [
        ("by its subject", lambda x: x.mails("mon 10:00", subject="Your estimate", attachments=["a.pdf"]), "breach"),
        ("a reply about one", lambda x: x.mails("mon 10:00", subject="Re: Your estimate"), "quiet"),
        ("an invoice", lambda x: x.mails("mon 10:00", attachments=["invoice-12.pdf"]), "quiet"),
        ("a special offer to all", lambda x: x.mails("mon 10:00", subject="Special offer", attachments=["a.pdf"],
                                                     auto="list"), "quiet"),
        ("from the customer", lambda x: x.writes("mon 10:00", attachments=["quote.pdf"]), "quiet"),
        ("of a deal, told elsewhere", lambda x: (x.deal("mon 09:00", "offer"), x.mails(
            "mon 10:00", opportunity_id="d1", attachments=["Angebot.pdf"])), "quiet"),
    ]) + cases("proposal_response", "tue2 10:00", lambda x: x.deal("mon 09:00", "offer"), [
        ("an estimate in a mail of the deal", lambda x: x.mails("mon 10:00", opportunity_id="d1",
                                                                attachments=["Quote 7.pdf"]), "breach"),
    ])  # fmt: skip


def promises() -> list[Case]:
    found = cases("callback_promised", "thu 10:00", lambda x: x.mentions("tue 10:00", "callback", inbound=False), [
        ("nobody called", nothing, "breach"),
        ("not yet a day", nothing, "quiet", "tue 16:00"),
        ("we called", lambda x: x.calls("wed 09:00"), "quiet"),
        ("nobody took the call", lambda x: x.calls("wed 09:00", talk=0), "breach"),
        ("a mail is no call", lambda x: x.mails("wed 09:00"), "breach"),
        ("they called", lambda x: x.misses("wed 09:00", status="completed", talk_s=60), "quiet"),
        ("another person was called", lambda x: x.calls("wed 09:00", COLLEAGUE), "breach"),
        ("the phone is blind", nothing, "unseen", blind("phone")),
    ])  # fmt: skip
    said = cases("follow_up_said", "thu2 10:00", lambda x: x.mentions("tue 10:00", "follow_up", inbound=False), [
        ("nothing followed", nothing, "breach"),
        ("not yet five days", nothing, "quiet", "fri 10:00"),
        ("a mail followed", lambda x: x.mails("thu 10:00"), "quiet"),
        ("a holding reply followed", lambda x: x.mails("thu 10:00", holding=True), "breach"),
        ("to somebody else", lambda x: x.mails("thu 10:00", COLLEAGUE, "t2"), "breach"),
        ("they wrote", lambda x: x.writes("thu 10:00"), "breach"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("follow_up_said", "thu2 10:00", nothing, [
        ("a holding reply, told elsewhere", lambda x: x.mentions("tue 10:00", "follow_up", inbound=False, holding=True),
         "quiet"),
        ("an automatic mail", lambda x: x.mentions("tue 10:00", "follow_up", inbound=False, auto="list"), "quiet"),
    ]) + cases("follow_up_said", "thu2 10:00", lambda x: x.sums_up("tue 10:00"), [
        ("a summary says what we do", nothing, "breach"),
        ("not yet five days", nothing, "quiet", "fri 10:00"),
        ("it was done", lambda x: x.mails("thu 10:00"), "quiet"),
        ("while the checks of the calls fail", nothing, "quiet", distrusting()),
        ("the phone is blind", nothing, "unseen", blind()),
    ]) + cases("follow_up_said", "thu 10:00", lambda x: x.sums_up("tue 10:00", due="wed 18:00"), [
        ("the day that it names is over", nothing, "breach"),
        ("that day is still to come", nothing, "quiet", "wed 10:00"),
    ]) + cases("follow_up_said", "thu2 10:00", lambda x: x.sums_up("tue 10:00", promises=[{"quote": "…"}]), [
        ("the words promise it themselves", nothing, "quiet"),
    ])  # fmt: skip
    found += said
    return found + cases("customer_promise", "thu2 10:00", lambda x: x.mentions("tue 10:00", "their_promise",
                                                                               due="fri 18:00"), [
        ("nothing came", nothing, "breach"),
        ("the day is still to come", nothing, "quiet", "thu 10:00"),
        ("within the grace", nothing, "quiet", "mon2 10:00"),
        ("it came", lambda x: x.writes("fri 10:00"), "quiet"),
        ("somebody else wrote", lambda x: x.writes("fri 10:00", COLLEAGUE, "t2"), "breach"),
        ("we wrote", lambda x: x.mails("fri 10:00"), "breach"),
        ("away", lambda x: x.changes("thu 10:00", "on_leave", until="2026-04-01T00:00:00+00:00"), "quiet"),
        ("blind", nothing, "unseen", blind()),
    ])  # fmt: skip


def escalations() -> list[Case]:
    def case(x: Told) -> None:
        x.crm("tue 10:00", "case", None, case_id="k1", severity="high", status="open")

    return cases("escalation", "tue 16:00", case, [
        ("nobody was in touch", nothing, "breach"),
        ("not yet four hours", nothing, "quiet", "tue 12:00"),
        ("we called", lambda x: x.calls("tue 11:00"), "quiet"),
        ("closed", lambda x: x.crm("tue 12:00", "case", None, case_id="k1", severity="high", status="closed"), "quiet"),
        ("another case was closed", lambda x: x.crm("tue 12:00", "case", None, case_id="k2", severity="high",
                                                    status="closed"), "breach"),
        ("blind", nothing, "unseen", blind(until="tue 00:00")),
    ]) + cases("escalation", "tue 16:00", nothing, [
        ("an ordinary case", lambda x: x.crm("tue 10:00", "case", None, case_id="k1", severity="low", status="open"),
         "quiet"),
        ("became grave", lambda x: (
            x.crm("mon 10:00", "case", None, case_id="k1", severity="low", status="open"),
            x.crm("tue 10:00", "case", None, case_id="k1", severity="critical", status="open")), "breach"),
    ])  # fmt: skip


def every() -> list[Case]:
    """The cases of this file."""
    parts = (sequences, meetings, preparations, estimates, promises, escalations)
    return [case for part in parts for case in part()]
