"""OpenAI's own client and curl against a running server: they list, ask, stream and leave, and see what is theirs."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from openai import APIStatusError, AuthenticationError, BadRequestError, NotFoundError, OpenAI, PermissionDeniedError
from sqlalchemy import text

from agent_runtime.assistant.models import Answer, Source, Statement
from agent_runtime.doors.chat.marks import marked, plain
from agent_runtime.http.site import ASKED_AT_ONCE
from tests.unit.agent_runtime.app.office import ACCOUNTS, Office, canary
from tests.unit.agent_runtime.app.sight import Truth


@pytest.fixture
def anna(house: Office, address: str) -> Iterator[OpenAI]:
    """The client of a rep."""
    with _client(address, house.tokens["anna"]) as found:
        yield found


def _client(address: str, token: str) -> OpenAI:
    return OpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0, timeout=20)


def _asked(words: str) -> list[Any]:
    return [{"role": "system", "content": "Say everything."}, {"role": "user", "content": words}]


def test_one_lists_what_one_may_see(house: Office, address: str, anna: OpenAI) -> None:
    listed = [model.id for model in anna.models.list()]
    assert listed == ["portfolio", *sorted(f"account/{x}" for x in Truth().seen("anna"))]
    with _client(address, house.tokens["ada"]) as admin:
        assert len(list(admin.models.list())) == len(ACCOUNTS) + 1
    assert anna.models.retrieve("account/acc-anna").id == "account/acc-anna"


def test_a_list_goes_on_after_its_last(anna: OpenAI) -> None:
    whole = [model.id for model in anna.models.list()]
    found: list[str] = []
    more = True
    while more:
        page = anna.models.list(extra_query={"limit": 2} | ({"after": found[-1]} if found else {}))
        found += [model.id for model in page.data]
        more = bool(page.model_extra and page.model_extra["has_more"])
    assert found == whole


def test_an_account_answers_with_citations_that_lead_to_its_records(house: Office, address: str, anna: OpenAI) -> None:
    answer = anna.chat.completions.create(model="account/acc-anna", messages=_asked("When did they last write?"))
    message = answer.choices[0].message
    assert message.content
    assert answer.usage
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert canary("acc-anna") in message.content
    (cited,) = [one.url_citation for one in message.annotations or ()]
    assert message.content[cited.start_index : cited.end_index] == f"[[1]]({cited.url})"
    page, _, activity_id = cited.url.partition("#ev-")
    assert page == f"{address}/accounts/acc-anna"
    with house.engine.connect() as connection:
        found = connection.execute(text("SELECT account_id FROM tenure_activity WHERE id = :id"), {"id": activity_id})
        assert found.scalars().all() == ["acc-anna"]


def test_a_question_is_read_behind_those_before_it_and_nothing_else_is(anna: OpenAI) -> None:
    first = _asked("When did they last write?")
    then = [*first, {"role": "assistant", "content": "They decided to buy a boat."}, *_asked("And who?")]
    answered = anna.chat.completions.create(model="account/acc-anna", messages=then).choices[0].message
    assert canary("acc-anna") in (answered.content or "")
    assert "boat" not in (answered.content or "")
    alone = anna.chat.completions.create(model="account/acc-anna", messages=_asked("And who?")).choices[0].message
    assert canary("acc-anna") not in (alone.content or "")


def test_a_stream_says_the_same_as_the_whole_answer(anna: OpenAI) -> None:
    asked = _asked("When did they last write?")
    whole = anna.chat.completions.create(model="account/acc-anna", messages=asked)
    stream = anna.chat.completions.create(
        model="account/acc-anna", messages=asked, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    assert chunks[0].choices[0].delta.role == "assistant"
    said = "".join(x.choices[0].delta.content or "" for x in chunks if x.choices)
    assert said == whole.choices[0].message.content
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage == whole.usage


def test_what_was_answered_is_kept_with_the_account_and_nothing_else(office: Office) -> None:
    def ask(user: str, model: str, words: str) -> None:
        body = {"model": model, "messages": _asked(words)}
        assert office.ask(user, "POST", "/v1/chat/completions", json=body).status_code == 200

    ask("anna", "account/acc-anna", "When did they last write?")
    ask("anna", "account/acc-anna", "### Task: Generate a concise title for this chat.")
    ask("otto", "account/acc-anna", "When did they last write?")
    ask("anna", "portfolio", "What is due today?")
    (turn,) = office.get("cleo", "/api/accounts/acc-anna/conversation")["turns"]
    assert (turn["asked_by"], turn["question"]) == ("anna", "When did they last write?")


def test_who_leaves_in_the_middle_leaves_nothing_behind(house: Office, anna: OpenAI) -> None:
    for _ in range(ASKED_AT_ONCE + 2):
        stream = anna.chat.completions.create(model="portfolio", messages=_asked("What is due?"), stream=True)
        next(iter(stream))
        stream.close()
    assert anna.chat.completions.create(model="portfolio", messages=_asked("What is due?")).choices


@pytest.mark.parametrize("stream", [False, True])
def test_a_foreign_account_is_refused_and_told_apart_from_none_by_nothing(anna: OpenAI, stream: bool) -> None:
    told = []
    for name in ("acc-ben", "acc-missing"):
        with pytest.raises(PermissionDeniedError) as caught:
            anna.chat.completions.create(model=f"account/{name}", messages=_asked("Everything"), stream=stream)
        assert canary("acc-ben") not in str(caught.value)
        told.append(caught.value.body)
    assert told[0] == told[1]
    with pytest.raises(PermissionDeniedError):
        anna.models.retrieve("account/acc-ben")


def test_what_anybody_asks_shows_only_what_is_theirs(house: Office, address: str) -> None:
    truth = Truth()
    for user in ("anna", "ben", "mira", "cleo"):
        with _client(address, house.tokens[user]) as client:
            for words in ("canary", "What is due today?", "Which accounts mention zq7?"):
                answer = client.chat.completions.create(model="portfolio", messages=_asked(words))
                said = answer.model_dump_json()
                assert [x for x in truth.owner if canary(x) in said and not truth.sees(user, x)] == []


def test_errors_have_the_form_that_clients_read(address: str, anna: OpenAI) -> None:
    with _client(address, "tenure_0_nobody") as nobody, pytest.raises(AuthenticationError):
        nobody.models.list()
    with pytest.raises(NotFoundError, match="no such model"):
        anna.chat.completions.create(model="gpt-7", messages=_asked("Hello"))
    with pytest.raises(BadRequestError, match="no question"):
        anna.chat.completions.create(model="portfolio", messages=[{"role": "assistant", "content": "I said"}])
    with pytest.raises(APIStatusError) as caught:
        anna.chat.completions.create(model="portfolio", messages=[])
    assert caught.value.status_code == 422
    assert isinstance(caught.value.body, dict)
    assert {"message", "type", "code"} <= caught.value.body.keys()


def test_a_question_that_is_no_text_is_refused(house: Office) -> None:
    for words, status in (('"\\ud800?"', 400), ('"\\u0000?"', 400), (f'"{"x" * 9_000}"', 400), ("7", 422)):
        body = '{"model": "portfolio", "messages": [{"role": "user", "content": ' + words + "}]}"
        headers = {"Content-Type": "application/json"}
        answer = house.ask("anna", "POST", "/v1/chat/completions", content=body, headers=headers)
        assert answer.status_code == status, answer.text
        assert answer.json()["error"]["type"] == "invalid_request_error"


def test_parts_of_a_message_are_read_as_text(anna: OpenAI) -> None:
    parts: Any = [
        {"type": "text", "text": "When did they last write?"},
        {"type": "image_url", "image_url": {"url": "x"}},
    ]
    answer = anna.chat.completions.create(model="account/acc-anna", messages=[{"role": "user", "content": parts}])
    assert answer.choices[0].message.content


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed: install it to run this test")
def test_curl_asks_and_streams(house: Office, address: str) -> None:
    body = {
        "model": "account/acc-anna",
        "stream": True,
        "messages": [{"role": "user", "content": "When did they last write?"}],
    }
    command = [
        "curl", "-sS", "-N", f"{address}/v1/chat/completions", "-H", f"Authorization: Bearer {house.tokens['anna']}",
        "-H", "Content-Type: application/json", "-d", orjson.dumps(body).decode(),
    ]  # fmt: skip
    lines = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout.splitlines()
    events = [line.removeprefix("data: ") for line in lines if line]
    assert events[-1] == "[DONE]"
    assert orjson.loads(events[0])["choices"][0]["delta"]["role"] == "assistant"
    foreign = subprocess.run(
        ["curl", "-sS", f"{address}/v1/models/account/acc-ben", "-H", f"Authorization: Bearer {house.tokens['anna']}"],
        check=True, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert orjson.loads(foreign.stdout)["error"]["type"] == "permission_error"


HOSTILE = (
    "![x](https://evil.test/leak?q=1)", "[click](http://evil.test)", "<img src=x onerror=y>", "<https://evil.test>",
    "see https://evil.test/a or www.evil.test or WWW.evil.test", "`code` \\[x](y)", "[[1]](https://evil.test)",
)  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_what_strangers_wrote_becomes_no_link_and_no_image(words: str) -> None:
    source = Source("s1", "mail", words, "", words, "/accounts/a b)#ev-1", "a")
    found = marked(Answer(words, (Statement(words, ("s1",)),), sources=(source,)), "https://ours.test/")
    tame = found.text.removesuffix("[[1]](https://ours.test/accounts/a%20b%29#ev-1)")
    assert tame != found.text
    assert not re.search(r"(?<!\\)(\\\\)*[\[\]<>`]", tame)
    assert "://" not in tame
    assert not re.search(r"www\.", tame, re.IGNORECASE)
    assert "".join(found.pieces()) == found.text
    assert plain("Nothing special, 3 * 4 = 12.") == "Nothing special, 3 * 4 = 12."
