"""Mailboxes, wake flags and checkpoints, on both databases."""

from sqlalchemy import Engine, text

from agent_runtime import jobs


def test_post_wakes_and_a_run_drains(engine: Engine) -> None:
    with engine.begin() as connection:
        jobs.post(connection, [("B", "act_1"), ("A", "act_2"), ("A", "act_3")])
        assert jobs.woken(connection) == ["A", "B"]
        assert jobs.begin_run(connection, "A") == 1
        assert jobs.woken(connection) == ["B"]
        left = connection.scalars(text("SELECT activity_id FROM tenure_letter")).all()
        assert left == ["act_1"]
        jobs.wake(connection, ["A", "A"])
        jobs.wake(connection, [])
        assert jobs.begin_run(connection, "A") == 2
        assert jobs.all_accounts(connection) == ["A", "B"]


def test_posting_nothing_wakes_nobody(engine: Engine) -> None:
    with engine.begin() as connection:
        jobs.post(connection, [])
        assert jobs.woken(connection) == []
        assert jobs.begin_run(connection, "unknown") == 0


def test_a_checkpoint_says_where_it_stands(engine: Engine) -> None:
    with engine.begin() as connection:
        assert jobs.checkpoint(connection, "x") is None
        for value in ({"at": 1}, {"at": 2}):
            jobs.set_checkpoint(connection, "x", value)
            assert jobs.checkpoint(connection, "x") == value


def test_only_the_latest_run_holds_the_account(engine: Engine) -> None:
    with engine.begin() as connection:
        jobs.wake(connection, ["A"])
        first = jobs.begin_run(connection, "A")
        assert jobs.hold(connection, "A", first)
        second = jobs.begin_run(connection, "A")
        assert not jobs.hold(connection, "A", first)
        assert jobs.hold(connection, "A", second)
        assert not jobs.hold(connection, "unknown", 0)
