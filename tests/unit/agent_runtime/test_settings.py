"""Settings: the order of the sources, unknown names, masking, and errors that say where and how to mend."""

from pathlib import Path

import pytest

from agent_runtime.errors import BadSetting
from agent_runtime.settings import Settings, describe, load


@pytest.fixture(autouse=True)
def empty_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file and no variable of the person who runs the tests gets in."""
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG", *(field.upper() for field in Settings.model_fields)):
        monkeypatch.delenv(f"TENURE_{name}", raising=False)


def test_defaults_need_nothing() -> None:
    settings = load()
    assert settings.data_dir == Path("var")
    assert settings.database_url == "sqlite:///var/tenure.db"
    assert {line.origin for line in describe(settings)} == {"default"}


def test_the_database_follows_the_data_folder() -> None:
    assert Settings(data_dir=Path("elsewhere")).database_url == "sqlite:///elsewhere/tenure.db"


def test_environment_wins_over_file_wins_over_default(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("tenure.toml").write_text('playbook = "from-file"\ndata_dir = "company"\n')
    monkeypatch.setenv("TENURE_PLAYBOOK", "from-environment")
    settings = load()
    assert (settings.playbook, settings.data_dir) == ("from-environment", Path("company"))
    origins = {line.name: line.origin for line in describe(settings)}
    assert origins["playbook"] == "environment TENURE_PLAYBOOK"
    assert origins["data_dir"] == "tenure.toml"
    assert origins["database_url"] == "default"


def test_an_empty_variable_is_not_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_DATA_DIR", "")
    assert load().data_dir == Path("var")


def test_the_file_can_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "company.toml"
    path.write_text('data_dir = "company"\n')
    monkeypatch.setenv("TENURE_CONFIG", str(path))
    assert load().data_dir == Path("company")


def test_by_hand_nothing_else_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_DATA_DIR", "elsewhere")
    settings = Settings(playbook="mine")
    assert settings.data_dir == Path("var")
    assert {line.name: line.origin for line in describe(settings)}["playbook"] == "given"


@pytest.mark.parametrize("name", ["TENURE_PLAYBOKO", "tenure_playboko"])
def test_an_unknown_variable_is_an_error_with_the_nearest_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "b2b_sales")
    with pytest.raises(BadSetting, match=rf"playboko .*{name}.* Did you mean playbook\?"):
        load()


def test_an_unknown_key_in_the_file_is_an_error_with_the_nearest_name() -> None:
    Path("tenure.toml").write_text('playbok = "default"\n')
    with pytest.raises(BadSetting, match=r"playbok \(tenure\.toml\).* Did you mean playbook\?"):
        load()


def test_a_name_that_is_near_to_nothing_lists_what_there_is() -> None:
    Path("tenure.toml").write_text("colour = 1\n")
    with pytest.raises(BadSetting, match="data_dir, database_url, playbook"):
        load()


def test_a_bad_value_names_the_setting_and_its_place() -> None:
    Path("tenure.toml").write_text("playbook = 7\n")
    with pytest.raises(BadSetting, match=r"playbook \(tenure\.toml\).*string"):
        load()


def test_the_value_of_a_bad_secret_is_not_repeated() -> None:
    Path("tenure.toml").write_text("database_url = ['canary']\n")
    with pytest.raises(BadSetting, match="database_url") as caught:
        load()
    assert "canary" not in str(caught.value)


def test_a_file_that_is_not_toml_says_where() -> None:
    Path("tenure.toml").write_text("playbook = \n")
    with pytest.raises(BadSetting, match=r"tenure\.toml is not valid TOML.*line 1"):
        load()


def test_a_named_file_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_CONFIG", "nowhere.toml")
    with pytest.raises(BadSetting, match=r"nowhere\.toml, which is not a file"):
        load()


def test_secrets_are_masked_everywhere() -> None:
    settings = Settings(database_url="postgresql+psycopg://tenure:canary-password@db/tenure")
    shown = {line.name: line.value for line in describe(settings)}
    assert shown["database_url"] == "postgresql+psycopg://tenure:********@db/tenure"
    assert "canary" not in f"{settings!r} {settings} {shown}"


def test_a_password_with_an_at_sign_is_masked_whole() -> None:
    settings = Settings(database_url="postgresql+psycopg://tenure:one@two@db/tenure")
    shown = {line.name: line.value for line in describe(settings)}
    assert shown["database_url"] == "postgresql+psycopg://tenure:********@db/tenure"
