"""Secrets by reference: read from where they are, and never repeated when they are not there."""

from pathlib import Path

import pytest

from agent_runtime.errors import BadSetting
from agent_runtime.references import is_reference, secret_in

CANARY = "canary-written-where-a-place-belongs-31d7"


def test_a_secret_is_read_from_a_variable_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "in a variable")
    (tmp_path / "token").write_text("in a file\r\nand what stands below it\n", encoding="utf-8")
    assert secret_in("env:TOKEN").get_secret_value() == "in a variable"
    assert secret_in(f"file:{tmp_path / 'token'}").get_secret_value() == "in a file"


@pytest.mark.parametrize("written", ["-----BEGIN KEY-----\nabc\n-----END KEY-----", '{\n "private_key": "abc"\n}'])
def test_a_key_is_read_with_all_its_lines(tmp_path: Path, written: str) -> None:
    (tmp_path / "key").write_text(written + "\n", encoding="utf-8")
    assert secret_in(f"file:{tmp_path / 'key'}").get_secret_value() == written


def test_what_is_not_there_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "no text").write_bytes(b"\xff\xfe")
    for reference in ("env:NOWHERE", f"file:{tmp_path}", f"file:{tmp_path / 'empty'}", f"file:{tmp_path / 'no text'}"):
        with pytest.raises(BadSetting) as told:
            secret_in(reference, "The key of the model")
        assert str(told.value).startswith(f"The key of the model was not found in {reference}.")


@pytest.mark.parametrize("given", [CANARY, f"env:{CANARY}", f"{CANARY}:x", f"vault:{CANARY}", ""])
def test_a_secret_in_the_place_of_a_reference_is_not_repeated(given: str) -> None:
    assert not is_reference(given)
    with pytest.raises(BadSetting) as told:
        secret_in(given)
    assert CANARY not in f"{told.value!r} {told.value} {told.value.fix}"
