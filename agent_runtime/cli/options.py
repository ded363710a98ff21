"""Arguments and options that several commands share."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Account = Annotated[str, typer.Argument(help="The account's id, or its name as it is written.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="As it was known at this time.")]
Database = Annotated[str | None, typer.Option("--db", help="SQLite file; the configured database by default.")]
