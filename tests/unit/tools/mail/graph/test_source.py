"""A mailbox and calendar of Microsoft 365 are read by what changed: nothing is missed, private entries never come."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.mail.mailbox import ADA, KIM, SENDING, graph, graph_source, graph_wire, letter
from tools.base import BadAnswer, CursorTooOld, SourceRecord, State
from tools.fakes.graph import GraphFake
from tools.fakes.graph_shapes import entry
from tools.fakes.wire import Faults
from tools.mail.graph.calls import Calls
from tools.mail.graph.source import GraphSource
from tools.mail.told import Holder

Found = dict[str, SourceRecord]


@pytest.fixture
def fake() -> GraphFake:
    return graph(Hands())


def _read(fake: GraphFake, cursor: str | None = None, stream: str = "emails") -> tuple[Found, str]:
    found: Found = {}
    for page in graph_source(fake).read(stream, cursor):
        assert page.rejected == ()
        found |= {one.source_id: one for one in page.records}
        cursor = page.cursor
    assert cursor is not None
    return found, cursor


def test_mails_are_told_with_direction_and_thread(fake: GraphFake) -> None:
    found, _ = _read(fake)
    told = {name: (one.fields.get("direction"), one.fields.get("in_reply_to")) for name, one in found.items()}
    assert told == {
        "<m1@mail.example>": ("inbound", None),
        "<m2@mail.example>": ("outbound", "<m1@mail.example>"),
        "<m3@mail.example>": ("inbound", "<m2@mail.example>"),
        "<m4@mail.example>": (None, None),
    }
    assert found["<m1@mail.example>"].fields["text"].startswith("About The price list")
    prefer = fake.asked[-1].headers["prefer"]
    assert 'IdType="ImmutableId"' in prefer
    assert 'outlook.body-content-type="text"' in prefer


def test_meetings_are_told_with_answers_and_series_and_private_ones_are_not(fake: GraphFake) -> None:
    found, cursor = _read(fake, stream="meetings")
    assert set(found) == {"graph-e1", "graph-s1-0", "graph-s1-1", "graph-s1-2"}
    assert found["graph-e1"].fields["attendees"] == [
        {"email": KIM, "answer": "accepted"}, {"email": ADA, "answer": "accepted"},
    ]  # fmt: skip
    assert {one.fields["subject"] for one in found.values()} == {"Demo", "Weekly"}
    fake.add_event({"isCancelled": True}, "e1")
    fake.remove_event("s1-2")
    fake.add_event(entry("New", NOON + timedelta(days=1), ((KIM, "declined"),)), "e9")
    changed, _ = _read(fake, cursor, "meetings")
    assert changed["graph-e1"].fields["status"] == "canceled"
    assert changed["graph-s1-2"].deleted
    assert changed["graph-e9"].fields["attendees"][0]["answer"] == "declined"


def test_calendar_moves_on_with_time(fake: GraphFake) -> None:
    _, cursor = _read(fake, stream="meetings")
    fake.add_event(entry("Far", NOON + timedelta(days=190), ((KIM, "none"),)), "far")
    assert not any(one.fields for one in _read(fake, cursor, "meetings")[0].values())
    fake.now.on(days=31)  # type: ignore[attr-defined]
    assert _read(fake, cursor, "meetings")[0]["graph-far"].fields["subject"] == "Far"


@pytest.mark.parametrize("page", [1, 2, 3])
def test_what_comes_while_it_is_read_is_not_missed(fake: GraphFake, page: int) -> None:
    fake.page = page
    found: Found = {}
    cursor = ""
    for place, one in enumerate(graph_source(fake).read("emails", None)):
        found |= {record.source_id: record for record in one.records}
        cursor = one.cursor
        if place < 3:
            fake.add(letter(f"new{place}", KIM, ADA, "New", "Now", at=NOON), at=NOON)
    last, _ = _read(fake, cursor)
    assert {f"<new{place}@mail.example>" for place in range(3)} <= set(found | last)


def test_only_what_changed_is_read_again(fake: GraphFake) -> None:
    _, cursor = _read(fake)
    key = fake.add(letter("n1", KIM, ADA, "Next", "Hello", at=NOON, answers="m3"))
    found, cursor = _read(fake, cursor)
    assert set(found) == {"<n1@mail.example>"}
    begun = len(fake.asked)
    assert _read(fake, cursor)[0] == {}
    assert len(fake.asked) == begun + 3
    fake.move(key, "archive")
    assert _read(fake, cursor)[0] == {}
    fake.move(key, "junkemail")
    assert _read(fake, cursor)[0]["<n1@mail.example>"].deleted
    fake.move(key, "inbox")
    found, cursor = _read(fake, cursor)
    assert not found["<n1@mail.example>"].deleted
    fake.delete(key)
    assert _read(fake, cursor)[0] == {}


def test_draft_that_the_person_sends_is_told_once_sent(fake: GraphFake) -> None:
    _, cursor = _read(fake)
    wire = graph_wire(fake, app=SENDING)
    draft = wire.make_draft({"internetMessageId": "<n3@mail.example>", "subject": "Hello"})
    assert _read(fake, cursor)[0] == {}
    wire.send_draft(str(draft["id"]))
    assert _read(fake, cursor)[0]["<n3@mail.example>"].fields["direction"] == "outbound"


def test_report_names_whose_address_is_refused(fake: GraphFake) -> None:
    report = (
        b"From: postmaster@ours.example\r\nTo: ada@ours.example\r\nSubject: Undeliverable\r\n"
        b"Message-ID: <b1@mail.example>\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n--x\r\n'
        b"Content-Type: text/plain\r\n\r\nIt did not arrive.\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.ours.example\r\n\r\nFinal-Recipient: rfc822; kim@northwind.example\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\n\r\n--x--\r\n"
    )
    fake.add(report, at=NOON)
    found, _ = _read(fake)
    (refused,) = [one for one in found.values() if one.stream == "crm"]
    assert refused.fields == {"kind": "contact.changed", "email": KIM, "status": "bounced"}


def test_forgotten_point_and_foreign_cursors_are_too_old(fake: GraphFake) -> None:
    _, cursor = _read(fake)
    fake.forgotten = 10_000
    for one in (cursor, "{}", "nonsense", '{"x": 1}'):
        with pytest.raises(CursorTooOld):
            _read(fake, one)


def test_subscription_is_made_kept_alive_made_anew_and_ended(fake: GraphFake) -> None:
    calls = Calls("https://tenure.example/hooks/graph", SecretStr("canary-call-word"))
    source = graph_source(fake, calls=calls)
    assert (source.called_for(), graph_source(fake).called_for()) == (["emails", "meetings"], [])
    made = source.keep_calling("emails", "")
    assert made.until == NOON + timedelta(days=6)
    (stored,) = fake.subscriptions.held.values()
    assert (stored["resource"], stored["clientState"]) == (f"users/{ADA}/messages", "canary-call-word")
    fake.now.on(days=3)  # type: ignore[attr-defined]
    again = source.keep_calling("emails", made.mark)
    assert (again.mark, again.until) == (made.mark, NOON + timedelta(days=9))
    fake.now.on(days=7)  # type: ignore[attr-defined]
    anew = source.keep_calling("emails", made.mark)
    assert anew.mark != made.mark
    source.end_calling("emails", anew.mark)
    source.end_calling("emails", anew.mark)
    assert anew.mark not in fake.subscriptions.held


def test_address_that_does_not_give_the_token_back_gets_no_subscription(fake: GraphFake) -> None:
    fake.subscriptions.reached = lambda url: ""
    with pytest.raises(BadAnswer):
        graph_source(fake, calls=Calls("https://tenure.example/h", SecretStr("w"))).keep_calling("emails", "")


def test_calendar_that_was_forgotten_is_told_anew_with_what_is_gone(fake: GraphFake) -> None:
    _, cursor = _read(fake, stream="meetings")
    fake.remove_event("s1-2")
    fake.add_event({"sensitivity": "private"}, "e1")
    fake.forgotten = 10_000
    found, cursor = _read(fake, cursor, "meetings")
    assert {name for name, one in found.items() if one.deleted} == {"graph-s1-2", "graph-e1"}
    fake.forgotten = -1
    assert _read(fake, cursor, "meetings")[0] == {}


def test_meeting_removed_while_the_window_moves_on_is_told(fake: GraphFake) -> None:
    fake.add_event(entry("Late", NOON + timedelta(days=60), ((KIM, "none"),)), "late")
    _, cursor = _read(fake, stream="meetings")
    fake.remove_event("late")
    fake.now.on(days=31)  # type: ignore[attr-defined]
    assert _read(fake, cursor, "meetings")[0]["graph-late"].deleted


def test_one_mail_and_sight(fake: GraphFake) -> None:
    source = graph_source(fake)
    page = source.get("emails", "<m1@mail.example>")
    assert page is not None
    assert page.records[0].source_id == "<m1@mail.example>"
    assert source.get("emails", "<none'@mail.example>") is None
    seen = {(one.source, one.holder) for one in source.sight(NOON - timedelta(days=1), NOON)}
    assert seen == {("email", ADA), ("calendar", ADA)}


@pytest.mark.parametrize(
    ("app", "mailbox", "faults", "state"),
    [
        (("app-read", "canary-graph-secret-71c2"), ADA, None, State.WELL),
        (("app-read", "wrong"), ADA, None, State.NOT_ALLOWED),
        (("app-read", "canary-graph-secret-71c2"), "bob@ours.example", None, State.UNREACHABLE),
        (("app-read", "canary-graph-secret-71c2"), ADA, Faults({"dropped": 100}, in_a_row=999), State.UNREACHABLE),
        (("app-read", "canary-graph-secret-71c2"), ADA, Faults({"limit": 100}, in_a_row=999), State.LIMITED),
    ],
)
def test_check_says_how_it_stands(
    fake: GraphFake, app: tuple[str, str], mailbox: str, faults: Faults | None, state: State
) -> None:
    fake.address = mailbox
    health = GraphSource(graph_wire(fake, faults, app), fake.now, NOON, Holder(ADA)).check()
    assert health.state is state
    assert "canary" not in health.said + health.fix
