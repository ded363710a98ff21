"""The command line. Heavy imports stay inside the commands that need them, so that --help answers at once."""

import sys

import typer

from agent_runtime.cli import accounts, calls, connecting, diagnosis, people, playbook, programs, running, upkeep
from agent_runtime.errors import TenureError

app = typer.Typer(
    name="tenure",
    help="Every customer account keeps an agent that never leaves.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help needs no import of rich, which is half of the time of --help
    add_completion=True,
)
for _part in (running, connecting, accounts, calls, diagnosis, playbook, people, programs, upkeep):
    app.add_typer(_part.app)

EXIT_FAILED = 1
EXIT_BAD_INPUT = 2


def main() -> None:
    """The entry point: errors of ours are one clear line, without a traceback unless --debug is given."""
    debug = "--debug" in sys.argv
    if debug:
        sys.argv.remove("--debug")
    try:
        app()
    except TenureError as error:
        if debug:
            raise
        typer.echo(f"tenure: {error}", err=True)
        raise SystemExit(EXIT_BAD_INPUT) from None
