"""The pages about data say what the tables have: every table, and every column that can name one of ours."""

import re
from pathlib import Path

from agent_runtime.backup.write import NOT_KEPT
from agent_runtime.migrations.tables import metadata

DOCS = Path(__file__).parents[1] / "docs"
# Columns that hold the id or the address of somebody, or of something that acts in their place.
NAMES_SOMEBODY = re.compile(
    r"(.*_by|user_id|owner_id|csm_id|manager_id|delegate_id|actor_id|executor_id|holder|sender|speaker|team)"
)


def quoted(page: str) -> set[str]:
    """The tables and columns that a page names."""
    return set(re.findall(r"`(tenure_[a-z_.]+)`", (DOCS / page).read_text(encoding="utf-8")))


def columns() -> set[str]:
    """Every column as table.column."""
    return {f"{table.name}.{column.name}" for table in metadata().tables.values() for column in table.columns}


def test_every_table_stands_in_the_flow_of_data() -> None:
    assert quoted("data-flow.md") == set(metadata().tables)


def test_every_column_that_can_name_one_of_ours_is_told() -> None:
    naming = {name for name in columns() if NAMES_SOMEBODY.fullmatch(name.partition(".")[2])}
    assert naming - quoted("staff-data.md") == set()


def test_what_the_page_about_staff_names_exists() -> None:
    assert quoted("staff-data.md") - columns() - set(metadata().tables) == set()


def test_no_table_counts_or_ranks_a_person() -> None:
    about_staff = {"tenure_user", "tenure_login", "tenure_absence", "tenure_sender"}
    found = [x for x in columns() if x.partition(".")[0] in about_staff and re.search(r"score|rank|count|rate$|_n$", x)]
    assert found == []


def test_what_a_backup_leaves_out_exists() -> None:
    assert set(metadata().tables) >= NOT_KEPT
