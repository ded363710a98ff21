"""Slack is read once and again to the same end, tells once, and says ok: false like an error."""

from datetime import timedelta

import pytest

from tests.unit.tools.chat.workspace import SHARED, WRITE, source_of, wire_of, workspace
from tests.unit.tools.hands import Hands
from tools.base import BadAnswer, NotAllowed, SourceRecord, State, Unanswered
from tools.chat.slack.notify import SlackNotifier
from tools.chat.slack.source import SlackSource
from tools.fakes.slack import SlackFake
from tools.fakes.wire import Asked, Faults
from tools.notices import Button, Notice

NOTICE = Notice("item_1", "UADA", "Northwind · Mail", "Why <now> & what", "https://t.example/i", (Button("Yes", "{}"),))


@pytest.fixture
def fake() -> SlackFake:
    return workspace(Hands())


def _read(source: SlackSource, cursor: str | None = None) -> tuple[dict[str, SourceRecord], str]:
    found: dict[str, SourceRecord] = {}
    last = ""
    for page in source.read("messages", cursor):
        found.update((one.source_id, one) for one in page.records)
        last = page.cursor
    return found, last


def test_a_shared_channel_is_read_with_its_threads(fake: SlackFake) -> None:
    found, _ = _read(source_of(fake))
    said = sorted((one.fields["from"], one.fields["direction"], one.account_id) for one in found.values())
    kim = ("kim@northwind.example", "inbound", "501")
    assert said == [("ada@ours.example", "outbound", "501"), kim, kim]
    assert {one.fields.get("user_id") for one in found.values()} == {"UADA", None}


def test_what_came_since_is_read_and_what_was_read_is_the_same(fake: SlackFake) -> None:
    before, cursor = _read(source_of(fake))
    fake.now.on(minutes=10)  # type: ignore[attr-defined]
    fake.say(SHARED, "UKIM", "One more thing")
    after, following = _read(source_of(fake), cursor)
    assert [one.fields["text"] for name, one in after.items() if name not in before] == ["One more thing"]
    assert _read(source_of(fake), following)[0].keys() >= after.keys() - before.keys()


def test_broken_off_at_any_page_and_gone_on(fake: SlackFake) -> None:
    for one in range(9):
        fake.say(SHARED, "UKIM", f"line {one}")
    fake.most = 2
    whole, _ = _read(source_of(fake))
    pages = len(list(source_of(fake).read("messages", None)))
    for stop in range(pages):
        found: dict[str, SourceRecord] = {}
        cursor = None
        for place, page in enumerate(source_of(fake).read("messages", None)):
            found.update((one.source_id, one) for one in page.records)
            cursor = page.cursor
            if place == stop:
                break
        found.update(_read(source_of(fake), cursor)[0])
        assert found.keys() == whole.keys()


def test_what_is_taken_back_is_withdrawn(fake: SlackFake) -> None:
    gone = fake.say(SHARED, "UKIM", "Forget that")
    before, cursor = _read(source_of(fake))
    assert not before[f"{SHARED}:{gone}"].deleted
    fake.remove(SHARED, gone)
    after, cursor = _read(source_of(fake), cursor)
    assert after[f"{SHARED}:{gone}"].deleted
    assert not after[f"{SHARED}:{gone}"].fields
    assert not any(one.deleted for one in _read(source_of(fake), cursor)[0].values())


def test_an_answer_in_an_old_thread_is_read_within_the_hour_and_stays(fake: SlackFake) -> None:
    _, cursor = _read(source_of(fake))
    first = next(one["ts"] for one in fake.channels[SHARED] if one.get("reply_count"))
    fake.now.on(hours=2)  # type: ignore[attr-defined]
    late = fake.say(SHARED, "UKIM", "And the third one?", thread=first)
    after, cursor = _read(source_of(fake), cursor)
    assert after[f"{SHARED}:{late}"].fields["thread"] == first
    for minutes in (1, 70):
        fake.now.on(minutes=minutes)  # type: ignore[attr-defined]
        after, cursor = _read(source_of(fake), cursor)
        assert not any(one.deleted for one in after.values())


def test_too_often_said_with_status_200_is_waited_for(fake: SlackFake) -> None:
    wire = wire_of(fake, Faults({"limit": 100}, in_a_row=2))
    assert wire.post(wire.open("UADA"), "x", [], "k")
    assert len(fake.told("DUADA")) == 1


def test_storm_of_faults_ends_as_without(fake: SlackFake) -> None:
    calm, _ = _read(source_of(fake))
    storm = Faults({"limit": 15, "error": 15, "dropped": 10, "late": 5, "broken": 0}, in_a_row=3)
    assert _read(source_of(fake, storm))[0].keys() == calm.keys()


def test_a_notice_is_told_once_and_replaced_in_its_place(fake: SlackFake) -> None:
    notifier = SlackNotifier(wire_of(fake))
    place = notifier.notify(NOTICE, None)
    changed = Notice("item_1", "UADA", "Done", "It is settled.")
    assert notifier.notify(changed, place) == place
    (said,) = fake.told("DUADA")
    assert said["text"] == "Done\nIt is settled."
    assert len(said["blocks"]) == 2


def test_words_of_others_become_no_mention(fake: SlackFake) -> None:
    SlackNotifier(wire_of(fake)).notify(Notice("k", "UADA", "<!channel> *hi*", "<@U1>"), None)
    (said,) = fake.told("DUADA")
    assert "<!channel>" not in said["text"]
    assert said["blocks"][0]["text"]["text"] == "*&lt;!channel&gt; hi*"
    assert said["blocks"][1]["text"]["type"] == "plain_text"


def test_silence_is_looked_up_and_nothing_is_said_twice(fake: SlackFake) -> None:
    lost = Faults({"late": 100}, only=lambda asked: asked.path.endswith("chat.postMessage"))
    notifier = SlackNotifier(wire_of(fake, lost))
    with pytest.raises(Unanswered):
        notifier.notify(NOTICE, None)
    place = SlackNotifier(wire_of(fake)).find(NOTICE)
    assert place == f"DUADA:{fake.told('DUADA')[0]['ts']}"
    assert SlackNotifier(wire_of(fake)).find(Notice("item_2", "UADA", "", "")) is None


def test_messages_to_one_channel_go_out_one_a_second(fake: SlackFake) -> None:
    wire, moments = wire_of(fake), list[str]()
    for _ in range(3):
        moments.append(wire.post("DUADA" if "DUADA" in fake.channels else wire.open("UADA"), "x", [], "k"))
    lane = wire.client._buckets.of("slack:", "send DUADA", 1.0, 1.0)
    assert lane._monotonic() >= 2.0
    assert len(set(moments)) == 3


def test_a_refusal_with_status_200_is_an_error(fake: SlackFake) -> None:
    with pytest.raises(BadAnswer, match="channel_not_found"):
        wire_of(fake).post("C404", "x", [], "k")
    with pytest.raises(NotAllowed, match="invalid_auth"):
        wire_of(fake, token="other").me()
    assert source_of(fake).check().state is State.WELL


def test_nothing_is_written_with_the_token_that_reads(fake: SlackFake) -> None:
    source = source_of(fake)
    source.check()
    _read(source)
    assert not any(_writes(one) for one in fake.asked)
    assert not any(WRITE in one.headers["authorization"] for one in fake.asked)


def _writes(asked: Asked) -> bool:
    return asked.path.endswith(("chat.postMessage", "chat.update", "conversations.open"))


def test_sight_is_of_the_shared_channel_alone(fake: SlackFake) -> None:
    since = fake.now() - timedelta(days=1)
    assert [(one.source, one.holder) for one in source_of(fake).sight(since, fake.now())] == [("messages", SHARED)]
