"""Keys and passwords open for whom they were made, as long as they hold, and are stored nowhere in clear."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, insert, text

from agent_runtime.errors import BadInput, NotThere
from agent_runtime.users import service as users
from agent_runtime.users.models import TokenKind
from memory.records import User

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PASSWORD = SecretStr("correct horse battery")


@pytest.fixture
def connection(sqlite_engine: Engine) -> Connection:
    """A database with two people, in a transaction that is never committed."""
    opened = sqlite_engine.connect()
    for name in ("anna", "ben"):
        opened.execute(
            insert(User), {"id": name, "name": name, "email": f"{name}@we.test", "role": "rep", "custom": {}}
        )
    return opened


def _key(connection: Connection, user: str = "anna", ends: datetime | None = None) -> users.NewToken:
    return users.make_token(connection, user, TokenKind.API, "read", "", ends, NOW)


def _opens(connection: Connection, made: users.NewToken, at: datetime = NOW) -> str | None:
    found = users.bearer(connection, made.secret.get_secret_value(), at)
    return found.user_id if found else None


def test_a_key_opens_for_its_person_until_it_ends(connection: Connection) -> None:
    made = _key(connection, ends=NOW + DAY)
    assert _opens(connection, made) == "anna"
    assert _opens(connection, made, NOW + DAY - timedelta(seconds=1)) == "anna"
    assert _opens(connection, made, NOW + DAY) is None


def test_a_key_opens_no_more_once_it_is_revoked(connection: Connection) -> None:
    made, other = _key(connection), _key(connection)
    assert users.revoke(connection, made.id, NOW) == "anna"
    assert (_opens(connection, made), _opens(connection, other)) == (None, "anna")
    assert [x.id for x in users.tokens(connection, "anna")] == [other.id]
    with pytest.raises(NotThere):
        users.revoke(connection, made.id, NOW)


def test_a_key_opens_no_more_for_whoever_left_or_is_shut_out(connection: Connection) -> None:
    made = _key(connection)
    connection.execute(text("UPDATE tenure_user SET leaves_at = '2026-03-03 09:00:00' WHERE id = 'anna'"))
    assert (_opens(connection, made), _opens(connection, made, NOW + DAY)) == ("anna", None)
    other = _key(connection, "ben")
    users.disable(connection, "ben", NOW)
    assert _opens(connection, other) is None


@pytest.mark.parametrize("secret", ["", "x", "tenure", "tenure__", "tenure_0_", "tenure_%_x", "\ud800", "tenure_é_x"])
def test_what_is_no_key_opens_nothing(connection: Connection, secret: str) -> None:
    assert users.bearer(connection, secret, NOW) is None


def test_half_of_a_key_opens_nothing(connection: Connection) -> None:
    secret = _key(connection).secret.get_secret_value()
    for wrong in (secret[:-1], secret + "A", secret.rpartition("_")[0] + "_", secret.upper()):
        assert users.bearer(connection, wrong, NOW) is None


def test_no_secret_is_stored(connection: Connection) -> None:
    secret = _key(connection).secret.get_secret_value()
    users.set_password(connection, "anna", PASSWORD, NOW)
    users.note_failure(connection, PASSWORD.get_secret_value(), NOW)
    stored = str([connection.execute(text(f"SELECT * FROM tenure_{x}")).all() for x in ("token", "login", "attempt")])
    assert secret.rpartition("_")[2] not in stored
    assert PASSWORD.get_secret_value() not in stored
    assert "$argon2id$" in stored


def test_a_password_opens_by_id_or_mail_and_only_the_right_one(connection: Connection) -> None:
    users.set_password(connection, "anna", PASSWORD, NOW)
    assert users.check_password(connection, "anna", PASSWORD, NOW) == "anna"
    assert users.check_password(connection, "ANNA@we.test", PASSWORD, NOW) == "anna"
    assert users.check_password(connection, "anna", SecretStr("correct horse batterx"), NOW) is None
    assert users.check_password(connection, "ben", PASSWORD, NOW) is None
    assert users.check_password(connection, "nobody", PASSWORD, NOW) is None


def test_a_mail_address_of_two_people_opens_for_neither(connection: Connection) -> None:
    for name in ("anna", "ben"):
        users.set_password(connection, name, PASSWORD, NOW)
    connection.execute(text("UPDATE tenure_user SET email = 'both@we.test'"))
    assert users.check_password(connection, "both@we.test", PASSWORD, NOW) is None


def test_a_new_password_ends_sessions_and_lets_one_in_again(connection: Connection) -> None:
    session = users.make_token(connection, "anna", TokenKind.SESSION, "administer", "", NOW + DAY, NOW)
    users.set_password(connection, "anna", PASSWORD, NOW)
    assert _opens(connection, session) is None
    users.disable(connection, "anna", NOW)
    assert users.check_password(connection, "anna", PASSWORD, NOW) is None
    users.set_password(connection, "anna", PASSWORD, NOW)
    assert users.check_password(connection, "anna", PASSWORD, NOW) == "anna"


@pytest.mark.parametrize("password", ["", "x" * (users.LEAST_PASSWORD - 1), "x" * (users.MOST_PASSWORD + 1)])
def test_a_password_of_a_bad_length_is_refused(connection: Connection, password: str) -> None:
    with pytest.raises(BadInput):
        users.set_password(connection, "anna", SecretStr(password), NOW)


def test_guessing_is_stopped_for_a_while(connection: Connection) -> None:
    for number in range(users.MOST_FAILURES):
        assert users.waits_until(connection, "Anna", NOW) is None
        users.note_failure(connection, "anna", NOW + timedelta(seconds=number))
    later = NOW + timedelta(minutes=1)
    assert users.waits_until(connection, "ANNA", later) == NOW + users.FAILURES_COUNT
    assert users.waits_until(connection, "ben", later) is None
    assert users.waits_until(connection, "anna", NOW + users.FAILURES_COUNT) is None


def test_a_person_is_added_once(connection: Connection) -> None:
    users.add_user(connection, User(id="cleo", name="Cleo", role="csm"))
    with pytest.raises(BadInput):
        users.add_user(connection, User(id="cleo", name="Cleo", role="csm"))
    assert [(x.id, x.password, x.disabled) for x in users.people(connection)] == [
        ("anna", False, False), ("ben", False, False), ("cleo", False, False),
    ]  # fmt: skip
