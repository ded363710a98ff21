"""Aircall's calls are read whole through its cap, its limits and its faults; its words about misses are kept."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from pydantic import SecretStr

from tests.unit.tools.hands import NOON, Hands
from tools.base import Forged, SourceRecord, State, Verified
from tools.fakes.aircall import LIMITED, AircallFake
from tools.fakes.wire import FakeTransport, Faults
from tools.http import Buckets, Call
from tools.http.client import Refused
from tools.telephony.aircall.map import MISSED
from tools.telephony.aircall.source import AircallSource
from tools.telephony.aircall.token import AircallToken
from tools.telephony.aircall.wire import AircallWire

TOKEN, LINE, KIM = "canary-aircall-77b0", "+49 30 12345670", "+49 30 999001"


@pytest.fixture
def fake() -> AircallFake:
    made = AircallFake(Hands(), "id1", TOKEN)
    made.add_user(7, "Ada", "Ada@ours.example")
    made.add_number(1, LINE, "Sales")
    for day in range(9):
        at = NOON - timedelta(days=9 - day)
        made.add_call(KIM, at=at, talk=60, user=7)
        made.add_call(KIM, at=at + timedelta(hours=1), missed="agents_did_not_answer", ring=22)
    return made


def _source(fake: AircallFake, faults: Faults | None = None, consent: str = "unknown") -> AircallSource:
    moments = [0.0]

    def wait(seconds: float) -> None:
        moments[0] += seconds

    buckets = Buckets(monotonic=lambda: moments[0], wait=wait)
    wire = AircallWire("id1", SecretStr(TOKEN), buckets, transport=FakeTransport(fake, faults, LIMITED))
    return AircallSource(wire, fake.now, NOON - timedelta(days=30), consent)


def _read(source: AircallSource, cursor: str | None = None) -> tuple[dict[str, SourceRecord], str]:
    found: dict[str, SourceRecord] = {}
    last = ""
    for page in source.read("calls", cursor):
        found.update((one.source_id, one) for one in page.records)
        last = page.cursor
        assert not page.rejected
    return found, last


def test_a_talk_and_a_miss(fake: AircallFake) -> None:
    found, _ = _read(_source(fake))
    talk, miss = found["100000"].fields, found["100001"].fields
    assert (talk["status"], talk["ring_s"], talk["talk_s"], talk["user_id"]) == ("completed", 10, 60, "7")
    assert (miss["status"], miss["ring_s"], miss["talk_s"]) == ("no_answer", 22, 0)
    assert (talk["from"], talk["to"]) == ("+4930999001", "+493012345670")


@pytest.mark.parametrize("reason", MISSED)
def test_each_reason_of_a_miss_is_kept(fake: AircallFake, reason: str) -> None:
    call = fake.add_call(KIM, missed=reason)
    fields = _read(_source(fake))[0][call].fields
    assert {name: fields[name] for name in MISSED[reason]} == dict(MISSED[reason])


def test_one_that_withheld_their_number_has_none(fake: AircallFake) -> None:
    call = fake.add_call(None, missed="short_abandoned")
    assert "from" not in _read(_source(fake))[0][call].fields


@pytest.mark.parametrize("most", [5, 12, 17, 18, 10_000])
def test_the_cap_of_a_query_hides_nothing(fake: AircallFake, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.telephony.aircall.source.MOST", most)
    fake.most = most
    assert len(_read(_source(fake))[0]) == 18


def test_a_call_that_is_removed_while_pages_are_read_hides_no_other(fake: AircallFake) -> None:
    for minute in range(130):
        fake.add_call(KIM, at=NOON - timedelta(days=3, minutes=minute), talk=5, user=7)
    pages, found = _source(fake).read("calls", None), dict[str, SourceRecord]()
    found.update((one.source_id, one) for one in next(pages).records)
    del fake.calls[3:13]
    for page in pages:
        found.update((one.source_id, one) for one in page.records)
    assert found.keys() >= {str(one["id"]) for one in fake.calls}


def test_no_link_to_a_recording_is_kept(fake: AircallFake) -> None:
    assert any(one["recording"] for one in fake.calls)
    found, _ = _read(_source(fake, consent="all_party"))
    assert "https" not in repr(found)


@pytest.mark.parametrize("query", [{"per_page": 51}, {"since": 1}, {"from": "yesterday"}, {"order": "up"}])
def test_the_stand_in_refuses_what_the_vendors_pages_do_not_name(fake: AircallFake, query: dict[str, Any]) -> None:
    client = _source(fake).wire.client
    with pytest.raises(Refused, match="400"):
        client.json(Call("GET", "/v1/calls", query))


def test_broken_off_at_any_page_and_gone_on(fake: AircallFake) -> None:
    for minute in range(130):
        fake.add_call(KIM, at=NOON - timedelta(days=3, minutes=minute), talk=5, user=7)
    whole, _ = _read(_source(fake))
    for stop in range(3):
        found: dict[str, SourceRecord] = {}
        cursor = None
        for place, page in enumerate(_source(fake).read("calls", None)):
            found.update((one.source_id, one) for one in page.records)
            cursor = page.cursor
            if place == stop:
                break
        found.update(_read(_source(fake), cursor)[0])
        assert found.keys() == whole.keys()


def test_what_ended_since_is_read_and_what_goes_on_is_not(fake: AircallFake) -> None:
    call = fake.add_call(KIM, talk=5, user=7, done=False)
    before, cursor = _read(_source(fake))
    assert call not in before
    fake.now.on(hours=3)  # type: ignore[attr-defined]
    fake.calls[-1] |= {"status": "done", "ended_at": int(fake.now().timestamp())}
    assert call in _read(_source(fake), cursor)[0]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_storm_of_faults_ends_as_without(fake: AircallFake, seed: int) -> None:
    storm = Faults({"limit": 12, "error": 12, "dropped": 8, "late": 8}, seed=seed, in_a_row=3)
    assert _read(_source(fake, storm))[0].keys() == _read(_source(fake))[0].keys()


@pytest.mark.parametrize(("consent", "asked"), [("all_party", True), ("unknown", False), ("none", False)])
def test_what_was_said_is_asked_for_only_under_consent(fake: AircallFake, consent: str, asked: bool) -> None:
    fake.transcripts["100000"] = [{"start_time": 1.5, "text": "canary words", "participant_type": "external"}]
    found, _ = _read(_source(fake, consent=consent))
    assert any(one.path.endswith("/transcription") for one in fake.asked) is asked
    assert ("transcript" in found["100000"].fields) is asked


def test_people_are_known_by_their_address_and_lines_are_seen(fake: AircallFake) -> None:
    source = _source(fake)
    (people,), (lines,) = list(source.read("people", None)), list(source.read("lines", None))
    assert people.rows["people"] == [{"id": "7", "name": "Ada", "email": "ada@ours.example"}]
    assert lines.rows["lines"][0]["number"] == "+493012345670"
    assert [one.holder for one in source.sight(NOON, NOON)] == ["+493012345670"]


def test_a_wrong_credential_is_told(fake: AircallFake) -> None:
    fake.token = "another"
    health = _source(fake).check()
    assert health.state is State.NOT_ALLOWED
    assert TOKEN not in health.said + health.fix


def _told(**more: Any) -> bytes:
    event = {"resource": "call", "event": "call.ended", "timestamp": int(NOON.timestamp()), "token": "t1"}
    return orjson.dumps(event | {"data": {"id": 812}} | more)


def test_a_call_of_theirs_hints_at_the_call_that_ended() -> None:
    told = AircallToken([SecretStr("t0"), SecretStr("t1")]).verify({}, _told(), "", NOON)
    assert isinstance(told, Verified)
    assert [(one.stream, one.source_id) for one in told.hints] == [("calls", "812")]
    again = AircallToken([SecretStr("t1")]).verify({}, _told(), "", NOON)
    assert isinstance(again, Verified)
    assert again.event_id == told.event_id


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (_told(token="t2"), 0), (_told(token=""), 0), (_told(token=None), 0), (b"", 0), (b"[]", 0), (b"{}", 0),
        (_told(), 301), (_told(), -301), (_told(timestamp="soon"), 0),
    ],
)  # fmt: skip
def test_what_is_forged_old_or_rubbish_is_not_believed(body: bytes, seconds: int) -> None:
    verifier = AircallToken([SecretStr("t1")])
    assert isinstance(verifier.verify({}, body, "", NOON + timedelta(seconds=seconds)), Forged)
