"""Every body that the API takes, with times, ids, texts and numbers at their bounds and beyond, gets an answer."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.agent_runtime.app.office import NOW, Office

_MOMENTS = st.one_of(
    st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    st.sampled_from(
        [
            "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-12:00", "1969-12-31T23:59:59Z", NOW.isoformat(),
            "2026-03-02T09:00:00", "2026-02-30T00:00:00Z", "now", "", 0, -1, 1e308, 2**63, None,
        ]
    ),
)  # fmt: skip
_TEXTS = st.one_of(
    st.text(max_size=40), st.sampled_from(["", "x" * 20_001, "a\r\nBcc: b@c.de", "\0", "<b>", "{{7*7}}", None, 7])
)
_NUMBERS = st.one_of(st.integers(), st.sampled_from([0, -1, 1, 2**31, 2**63, 2**70, 1.5, "1", True, None]))
_IDS = st.one_of(
    st.sampled_from(["anna", "ben", "acc-anna", "int-anna", "item-anna", "", "x" * 300]), st.text(max_size=20)
)
_HASHES = st.sampled_from(["0" * 64, "", "f" * 65, "G" * 64, None])
_DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        "to": st.lists(_TEXTS, max_size=3),
        "cc": st.lists(_TEXTS, max_size=30),
        "subject": _TEXTS,
        "body": _TEXTS,
    },
)
_SEEN = {"draft_version": _NUMBERS, "hash": _HASHES}
_OUTCOMES = st.fixed_dictionaries(
    {"verb": st.just("outcome"), "outcome": st.sampled_from(["lost", "deferred", "won"])},
    optional={"reason": st.sampled_from(["price", "other", "x"]), "note": _TEXTS, "wake_at": _MOMENTS},
)
_DECISIONS: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries({"verb": st.just("approve"), **_SEEN}, optional={"draft": _DRAFTS, "execute_at": _MOMENTS}),
    st.fixed_dictionaries({"verb": st.just("edit"), **_SEEN, "draft": _DRAFTS}),
    st.fixed_dictionaries(
        {"verb": st.just("done"), "how": st.sampled_from(["we_called", "met", "sang"]), "at": _MOMENTS},
        optional={
            "result": st.sampled_from(["reached", "voicemail", "no_answer"]),
            "note": _TEXTS,
            "next": st.fixed_dictionaries({"what": _TEXTS, "due_at": _MOMENTS}),
        },
    ),
    st.fixed_dictionaries({"verb": st.just("snooze"), "until": _MOMENTS}, optional={"event": st.just("reply")}),
    st.fixed_dictionaries(
        {"verb": st.just("dismiss"), "reason": st.sampled_from(["other", "?"])}, optional={"note": _TEXTS}
    ),
    st.fixed_dictionaries({"verb": st.just("reassign"), "to": _IDS}),
    st.fixed_dictionaries({"verb": st.sampled_from(["claim", "release", "undo", "accept", "fire"])}),
    _OUTCOMES,
)
_BODIES = st.one_of(
    st.tuples(st.just("/api/inbox/item-anna/decide"), _DECISIONS),
    st.tuples(
        st.just("/api/inbox/bulk"),
        st.fixed_dictionaries(
            {"items": st.lists(st.fixed_dictionaries({"item_id": _IDS, "decision": _DECISIONS}), max_size=3)},
            optional={"confirmation": _TEXTS},
        ),
    ),
    st.tuples(
        st.just("/api/ownership/transfer"),
        st.fixed_dictionaries(
            {"to_user": _IDS},
            optional={"account_ids": st.lists(_IDS, max_size=3), "from_user": _IDS, "dry_run": st.booleans(),
                      "where": st.fixed_dictionaries({}, optional={"segment": _TEXTS, "renewal_before": _MOMENTS})},
        ),
    ),
    st.tuples(
        st.just("/api/switches"),
        st.fixed_dictionaries(
            {"scope": st.sampled_from(["all", "team", "account", "moon"]), "reason": _TEXTS}, optional={"value": _TEXTS}
        ),
    ),
    st.tuples(
        st.just("/api/backlog/none/judge"),
        st.fixed_dictionaries({"interaction_ids": st.lists(_IDS, max_size=3)}, optional={"outcome": _OUTCOMES}),
    ),
    st.tuples(st.just("/api/session"), st.fixed_dictionaries({"user": _TEXTS, "password": _TEXTS})),
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=_BODIES)
def test_any_body_gets_an_answer(office: Office, request: tuple[str, dict[str, Any]]) -> None:
    path, body = request
    answer = office.ask("ada", "POST", path, json=body)
    assert answer.status_code < 500, (path, body, answer.text)
    if answer.status_code >= 400:
        assert {"code", "what", "fix"} <= answer.json().keys()
