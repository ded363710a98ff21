"""A case of the evaluation as a page: what is given, what is expected, what speaks against it."""

from pathlib import Path

import orjson

from tests.unit.agent_runtime.app.office import Office

CASE = {"id": "rule/one", "segments": {"kind": "seen"}, "story": [["mon 10:00", "mail_in", {"text": "<b>Hello</b>"}]],
        "expect": {"breach": ["answer_owed"]}}  # fmt: skip
SUITE = {
    "suite": "signals", "open": True, "refusals": [], "passed": 0, "cases": 2, "wilson_95": [0, 1], "segments": {},
    "broken": ["rule/one"], "mended": [], "added": [], "seconds": 1.0, "cases_hash": "ab", "cost": 0,
    "results": [{"id": "rule/one", "passed": False, "reasons": ["breach: none"], "case": CASE},
                {"id": "older", "passed": True, "reasons": []}],
}  # fmt: skip


def ran(folder: Path, words: str = "") -> None:
    """A report of one suite; `words`: what a case quotes."""
    (folder / "evals").mkdir()
    failed = SUITE["results"][0] | {"reasons": [words or "breach: none"]}  # type: ignore[index]
    suite = SUITE | {"results": [failed, *SUITE["results"][1:]]}  # type: ignore[index]
    report = {"at": "2026-03-01T09:00:00+00:00", "open": True, "model": None, "suites": [suite]}
    (folder / "evals" / "report.json").write_bytes(orjson.dumps(report))


def test_a_case_shows_what_is_given_expected_and_found(office: Office, tmp_path: Path) -> None:
    ran(tmp_path)

    def page(path: str, user: str = "mona") -> tuple[int, str]:
        answer = office.ask(user, "GET", path, headers={"Accept": "text/html"})
        return answer.status_code, answer.text

    assert "/evals/signals/case?id=rule/one" in page("/evals/signals")[1]
    status, text = page("/evals/signals/case?id=rule/one")
    assert status == 200
    for words in ("breach: none", "answer_owed", "mail_in", "kind: seen", "no longer passed"):
        assert words in text, words
    assert "<b>Hello" not in text
    assert "was not kept by that run" in page("/evals/signals/case?id=older")[1]
    assert page("/evals/signals/case?id=none")[0] == 404
    assert page("/evals/none/case?id=older")[0] == 404
    assert page("/evals/signals/case?id=older", "anna")[0] == 403
