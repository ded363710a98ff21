"""For whoever changes a table: `python -m agent_runtime.migrations.freeze` writes the revision that is missing.

Without a message it writes the DDL of the baseline anew (only before the first release that has it); with one it makes
a scratch database of the last revision and writes what differs between that and the models.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from sqlalchemy import Dialect, create_engine
from sqlalchemy.schema import CreateIndex, CreateTable

from agent_runtime import db
from agent_runtime.migrations.tables import metadata
from agent_runtime.migrations.upgrade import SCRIPTS, configuration, upgrade


def baseline(dialect: Dialect) -> str:
    """The DDL of all tables and indexes of the models, in an order in which each finds what it refers to."""
    statements = []
    for table in metadata().sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)))
        indexes = sorted(table.indexes, key=lambda x: str(x.name))
        statements += [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes]
    clean = ("\n".join(line.rstrip().expandtabs(4) for line in each.strip().splitlines()) for each in statements)
    return "".join(f"{each};\n" for each in clean)


def write_baseline(folder: Path = SCRIPTS / "versions") -> None:
    """Writes the baseline's DDL for both databases."""
    for address in ("sqlite://", "postgresql+psycopg://"):
        dialect = create_engine(address).dialect
        (folder / f"r0001_{dialect.name}.sql").write_text(baseline(dialect), encoding="utf-8")


def write_revision(message: str, scripts: Path = SCRIPTS) -> None:
    """Writes the next revision: what the models have and the last revision has not. Read it before you keep it."""
    with TemporaryDirectory() as folder:
        engine = db.make_engine(f"sqlite:///{folder}/scratch.db")
        upgrade(engine, scripts)
        with engine.connect() as connection:
            config = configuration(connection, scripts)
            number = f"{len(list((scripts / 'versions').glob('r*.py'))) + 1:04}"
            config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
            command.revision(config, message, autogenerate=True, rev_id=number)
        engine.dispose()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write_revision(" ".join(sys.argv[1:]))
    else:
        write_baseline()
