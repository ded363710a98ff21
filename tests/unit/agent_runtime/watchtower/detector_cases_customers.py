"""Cases about what customers say and use, and about their contracts."""

from tests.unit.agent_runtime.watchtower.detector_cases import (
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

WITH_BOSS = {"contacts": (person(CUSTOMER), person(BOSS, "VP Engineering"))}


def rivals() -> list[Case]:
    def named(x: Told) -> None:
        x.mentions("tue 10:00", "competitor")

    found = cases("competitor_named", "mon2 10:00", named, [
        ("named in a mail", nothing, "breach"),
        ("the window is not over", nothing, "quiet", "wed 10:00"),
        ("we answered", lambda x: x.mails("wed 10:00"), "quiet"),
        ("a holding reply", lambda x: x.mails("wed 10:00", holding=True), "breach"),
        ("a call nobody took", lambda x: x.calls("wed 10:00", talk=0), "breach"),
        ("a meeting ahead", lambda x: x.meets("tue 09:00", "wed2 10:00"), "quiet"),
        ("named twice, answered between", lambda x: (x.mails("wed 10:00"), x.mentions("thu 10:00", "competitor")),
         "quiet", "fri 10:00"),
        ("blind", nothing, "unseen", blind()),
    ])  # fmt: skip
    return found + cases("competitor_named", "mon2 10:00", nothing, [
        ("in a field of the CRM", lambda x: x.field("tue 10:00", "main_competitor", "Rival GmbH"), "breach"),
        ("the field says none", lambda x: x.field("tue 10:00", "main_competitor", "none"), "quiet"),
        ("the field was emptied", lambda x: x.field("tue 10:00", "competitor", ""), "quiet"),
        ("another field", lambda x: x.field("tue 10:00", "industry", "Rival GmbH"), "quiet"),
        ("in a note of ours", lambda x: x.crm("tue 10:00", "note", None, mentions=[{"kind": "competitor"}]), "breach"),
        ("in a list mail", lambda x: x.mentions("tue 10:00", "competitor", auto="list"), "quiet"),
    ])  # fmt: skip


def contracts() -> list[Case]:
    def ends(x: Told) -> None:
        x.field("mon 10:00", "competitor_contract_end", "2026-04-30")

    return cases("competitor_contract", "tue2 10:00", ends, [
        ("ends in seven weeks", nothing, "breach"),
        ("not yet due", nothing, "quiet", "thu 10:00"),
        ("they were called", lambda x: x.calls("wed 10:00"), "quiet"),
        ("the date was corrected to next year", lambda x: x.field("tue 10:00", "competitor_contract_end", "2027-04-30"),
         "quiet"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("competitor_contract", "tue2 10:00", nothing, [
        ("ends in a year", lambda x: x.field("mon 10:00", "competitor_contract_end", "2027-02-01"), "quiet"),
        ("ends in a year, and the window comes without any event",
         lambda x: x.field("mon 10:00", "competitor_contract_end", "2027-02-01"), "breach", "mon45 10:00"),
        ("ended last year", lambda x: x.field("mon 10:00", "competitor_contract_end", "2025-02-01"), "quiet"),
        ("our own contract", lambda x: x.field("mon 10:00", "contract_end", "2026-04-30"), "quiet"),
        ("told in a call", lambda x: x.mentions("mon 10:00", "contract_end", due="fri6 10:00"), "breach"),
    ])  # fmt: skip


def concerns() -> list[Case]:
    def raised(x: Told) -> None:
        x.mentions("tue 10:00", "concern")

    found = cases("concern_open", "mon2 10:00", raised, [
        ("nobody came back", nothing, "breach"),
        ("not yet two days", nothing, "quiet", "wed 10:00"),
        ("we came back", lambda x: x.mails("wed 10:00"), "quiet"),
        ("by phone", lambda x: x.calls("wed 10:00"), "quiet"),
        ("a colleague of theirs was written to", lambda x: x.mails("wed 10:00", COLLEAGUE, "t2"), "breach"),
        ("a holding reply", lambda x: x.mails("wed 10:00", holding=True), "breach"),
        ("an automatic mail", lambda x: x.mails("wed 10:00", caused_by="rule"), "breach"),
        ("raised again", lambda x: x.mentions("wed 10:00", "concern"), "breach"),
        ("blind", nothing, "unseen", blind()),
    ])  # fmt: skip
    return found + cases("concern_open", "mon2 10:00", nothing, [
        ("beside a question, watched as one", lambda x: x.mentions("tue 10:00", "concern", asks=True), "quiet"),
        ("in the notes of a review", lambda x: x.meets("tue 10:00", "tue 10:00", "held",
                                                       mentions=[{"kind": "concern"}]), "breach"),
        ("in a call, and followed up", lambda x: (
            x.misses("tue 10:00", status="completed", talk_s=99, mentions=[{"kind": "concern"}]),
            x.mails("tue 15:00")), "quiet"),
        ("the call itself does not settle it",
         lambda x: x.misses("tue 10:00", status="completed", talk_s=99, mentions=[{"kind": "concern"}]), "breach"),
        ("another kind of mention", lambda x: x.mentions("tue 10:00", "buying"), "quiet"),
    ])  # fmt: skip


def chances() -> list[Case]:
    def wanted(x: Told) -> None:
        x.mentions("tue 10:00", "buying")

    found = cases("buying_signal", "mon2 10:00", wanted, [
        ("not taken up", nothing, "breach"),
        ("not yet two days", nothing, "quiet", "wed 10:00"),
        ("taken up", lambda x: x.mails("wed 10:00"), "quiet"),
        ("only a holding reply", lambda x: x.mails("wed 10:00", holding=True), "breach"),
        ("to somebody else", lambda x: x.mails("wed 10:00", COLLEAGUE, "t2"), "breach"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("buying_signal", "mon2 10:00", nothing, [
        ("beside a question", lambda x: x.mentions("tue 10:00", "buying", asks=True), "quiet"),
        ("no mention", lambda x: x.writes("tue 10:00"), "quiet"),
    ])  # fmt: skip

    def interest(x: Told) -> None:
        x.crm("tue 10:00", "intent", None, topic="cold rooms", strength=0.8)

    return found + cases("intent_signal", "tue2 10:00", interest, [
        ("nobody was in touch", nothing, "breach"),
        ("not yet three days", nothing, "quiet", "thu 10:00"),
        ("they were called", lambda x: x.calls("wed 10:00"), "quiet"),
        ("a mail went the day before", lambda x: x.mails("mon 10:00"), "breach"),
        ("a meeting ahead", lambda x: x.meets("tue 09:00", "wed2 10:00"), "quiet"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("intent_signal", "tue2 10:00", nothing, [
        ("weak", lambda x: x.crm("tue 10:00", "intent", None, strength=0.2), "quiet"),
        ("weak, from 0 to 100", lambda x: x.crm("tue 10:00", "intent", None, strength=20), "quiet"),
        ("strong, from 0 to 100", lambda x: x.crm("tue 10:00", "intent", None, strength=80), "breach"),
        ("without a strength", lambda x: x.crm("tue 10:00", "intent", None), "breach"),
    ])  # fmt: skip


def usage() -> list[Case]:
    def contract(x: Told) -> None:
        told = x.renews("mon 08:00", "2026-06-30")
        x.events[-1] = told._replace(occurred_at=told.occurred_at.replace(year=2025),
                                     known_at=told.known_at.replace(year=2025))  # fmt: skip

    falls = then(contract, lambda x: x.uses(100, 95, 88, 80, 71))
    found = cases("usage_decline", "mon6 10:00", falls, [
        ("falls for four months before the renewal", nothing, "breach"),
        ("not yet due", nothing, "quiet", "tue5 09:00"),
        ("they were spoken to", lambda x: x.calls("mon5 10:00"), "quiet"),
        ("a call before the figures", lambda x: x.calls("mon 10:00"), "breach"),
        ("blind", nothing, "unseen", blind(until="fri4 00:00")),
    ]) + cases("usage_decline", "mon6 10:00", contract, [
        ("falls for two months", lambda x: x.uses(90, 90, 95, 80, 70), "quiet"),
        ("falls by little", lambda x: x.uses(100, 99, 98, 97, 96), "quiet"),
        ("fell and rose", lambda x: x.uses(100, 90, 70, 90, 100), "quiet"),
        ("a month is missing", lambda x: (x.uses(100, 90), x.uses(70, 60, first=2025 * 12 + 12)), "quiet"),
        ("alarms fall, which is good", lambda x: x.uses(100, 90, 80, 70, 60, metric="open_alarms"), "quiet"),
    ]) + cases("usage_decline", "mon6 10:00", lambda x: x.uses(100, 95, 88, 80, 71), [
        ("no contract", nothing, "quiet"),
        ("a contract that ends in two years", lambda x: x.renews("mon 08:00", "2028-06-30"), "quiet"),
    ])  # fmt: skip
    spike = cases("usage_spike", "mon6 10:00", lambda x: x.uses(100, 100, 100, 100, 190), [
        ("a silent customer uses twice as much", nothing, "breach"),
        ("not yet due", nothing, "quiet", "mon5 09:00"),
        ("they were called", lambda x: x.calls("mon5 09:00"), "quiet"),
        ("heard of them in March", lambda x: x.writes("mon 10:00"), "quiet"),
        ("blind", nothing, "unseen", blind(until="fri4 00:00")),
    ]) + cases("usage_spike", "mon6 10:00", nothing, [
        ("within the usual", lambda x: x.uses(100, 90, 110, 100, 130), "quiet"),
        ("too few months", lambda x: x.uses(100, 190), "quiet"),
        ("nothing before", lambda x: x.uses(0, 0, 0, 0, 50), "quiet"),
    ])  # fmt: skip
    return found + spike


def renewals() -> list[Case]:
    def soon(x: Told) -> None:
        x.renews("mon 08:00", "2026-05-15")

    found = cases("renewal_ahead", "wed3 10:00", soon, [
        ("ends in two months and nobody talks", nothing, "breach"),
        ("not yet two weeks", nothing, "quiet", "fri2 10:00"),
        ("they were called", lambda x: x.calls("wed 10:00"), "quiet"),
        ("a mail about it", lambda x: x.mails("wed 10:00", subject="Your contract"), "quiet"),
        ("an invoice is no talk about it", lambda x: x.mails("wed 10:00", subject="Invoice 12"), "breach"),
        ("renewed", lambda x: x.renews("wed 10:00", "2027-05-15"), "quiet"),
        ("given up", lambda x: x.add("wed 10:00", "renewal", status="churned"), "quiet"),
        ("the same date told again", lambda x: x.renews("wed 10:00", "2026-05-15"), "breach"),
        ("talked, and ended without a result", lambda x: x.calls("wed 10:00"), "breach", "mon14 10:00"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("renewal_ahead", "wed3 10:00", lambda x: x.renews("mon 08:00", "2026-12-15"), [
        ("ends in nine months", nothing, "quiet"),
        ("the window comes without any event", nothing, "breach", "mon32 10:00"),
    ])  # fmt: skip
    return found + cases("check_in", "mon14 10:00", lambda x: x.renews("mon 08:00", "2026-12-15"), [
        ("nothing exchanged for a quarter", nothing, "breach"),
        ("two months", nothing, "quiet", "mon9 10:00"),
        ("they wrote", lambda x: x.writes("mon5 10:00"), "quiet"),
        ("only we wrote", lambda x: x.mails("mon5 10:00"), "breach"),
        ("we talked", lambda x: x.calls("mon5 10:00"), "quiet"),
        ("a meeting ahead", lambda x: x.meets("mon5 10:00", "mon16 10:00"), "quiet"),
        ("the contract is over", lambda x: x.add("mon5 10:00", "renewal", status="canceled"), "quiet"),
        ("blind", nothing, "unseen", blind()),
    ]) + cases("check_in", "mon14 10:00", lambda x: x.writes("mon 10:00"), [
        ("no customer", nothing, "quiet"),
    ])  # fmt: skip


def every() -> list[Case]:
    """The cases of this file."""
    return [case for part in (rivals, contracts, concerns, chances, usage, renewals) for case in part()]
