"""`tenure ask`: a question about one account, or over all that somebody sees, answered out of the records."""

from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Console
from sqlalchemy import Connection, Table, select

from agent_runtime.assistant.models import Answer, Question
from agent_runtime.assistant.service import ask, ask_portfolio, worded
from agent_runtime.brief.command import print_json
from agent_runtime.brief.opening import account_named, moment_of, open_database
from agent_runtime.clock import Clock
from agent_runtime.commands.diagnosing import company_at, present
from agent_runtime.embedding import embedder_of
from agent_runtime.errors import NotThere
from agent_runtime.installation import open_installation
from agent_runtime.permissions import Principal, Right, Role, account_scope, agent_scope, rights_up_to
from agent_runtime.settings import Settings
from agent_runtime.settings import load as load_settings
from memory.embed import Embedder
from memory.records import User

PORTFOLIO = "portfolio"
_user: Table = User.__table__  # type: ignore[attr-defined]


def ask_command(
    about: str, words: str, database: str | None, at: str | None, user: str | None, *, as_json: bool,
    clock: Clock | None = None,
) -> None:  # fmt: skip
    """Prints the answer as it is now, or as it would have been at the time `at`; nothing is kept.

    The model of the settings, where one is set, words an answer about the present of the installation itself.
    `user`: with whose rights, and who "I" is; without, whoever runs the command sees everything.
    """
    settings = load_settings()
    chosen = embedder_of(settings)
    engine = open_database(database)
    try:
        with engine.connect() as connection:
            moment = moment_of(at, present(connection, clock))
            question = Question(words, moment, user or "")
            about, answer = _answer(connection, about, question, user, chosen.embedder if chosen else None)
    finally:
        engine.dispose()
    if settings.model_url and database is None and at is None:
        answer = _in_its_words(settings, about, question, answer)
    if as_json:
        print_json(asdict(answer) | {"asked_at": moment})
    else:
        _show(answer)


def _answer(
    connection: Connection, about: str, question: Question, user: str | None, embedder: Embedder | None
) -> tuple[str, Answer]:
    """The id of the account, "" for all of them, and the answer as code composes it."""
    company, principal = company_at(connection, question.at), _principal(connection, user)
    if about == PORTFOLIO:
        return "", ask_portfolio(connection, principal, question, company=company, embedder=embedder)
    account_id = account_named(connection, about)
    scope = account_scope(connection, principal, account_id, question.at) if user else agent_scope(account_id)
    return account_id, ask(connection, scope, question, company=company, embedder=embedder)


def _in_its_words(settings: Settings, account_id: str, question: Question, answer: Answer) -> Answer:
    """The answer as the model of the installation words it; each call of it is told to the audit."""
    installation = open_installation(settings)
    try:
        model = installation.model()
        return worded(answer, question, model, account_id) if model else answer
    finally:
        installation.engine.dispose()


def _principal(connection: Connection, user: str | None) -> Principal:
    """The user with what their role sees; raises NotThere. None: who has the database may read it all."""
    if user is None:
        return Principal("", Role.ADMIN, None, rights_up_to(Right.READ), "cli", "")
    row = connection.execute(select(_user.c.role, _user.c.team).where(_user.c.id == user)).one_or_none()
    if row is None:
        raise NotThere(f"There is no user {user}.", fix="Give the id of one; tenure user list shows them.")
    role = Role(row.role) if row.role in Role.__members__.values() else Role.REP
    return Principal(user, role, row.team, rights_up_to(Right.READ), "cli", "")


def _show(answer: Answer) -> None:
    console = Console()
    console.print(answer.answer, highlight=False, markup=False)
    for number, source in enumerate(answer.sources, 1):
        day = f" {source.at[:10]}" if source.at else ""
        console.print(f"  [{number}] {source.id}{day}: {source.title}", highlight=False, markup=False, style="dim")
    for line in said_below(answer):
        console.print(line, highlight=False, markup=False, style="dim")


def said_below(answer: Answer) -> Iterator[str]:
    """What could not be seen, and which sentences a model put into words."""
    yield from (f"Cannot see: {one}" for one in answer.cannot_see)
    if answer.model:
        places = [str(place) for place, one in enumerate(answer.statements, 1) if one.worded]
        yield f"In the words of {answer.model}: sentence {', '.join(places)} of {len(answer.statements)}."
    yield from answer.notes
