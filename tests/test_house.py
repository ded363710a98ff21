"""The rules of the house as tests: what may import what, sizes, names, docstrings, and who may do what."""

import ast
import importlib
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports
from sqlmodel import SQLModel

from agent_runtime import db

CHECKOUT = Path(__file__).parents[1]
PACKAGES = ("agent_runtime", "memory", "tools", "prompts")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
VAGUE_NAMES = re.compile(r"(utils?|helpers?|common|managers?|misc)|.*_(manager|utils?|helpers?|v\d+)")
# Written in pieces, so that this file does not contain what it forbids.
FOREIGN_MENTIONS = re.compile(
    "|".join(
        (
            r"(?<![\w.])/wo" + r"rk\b",
            r"(?<![\w.])/tm" + r"p/",
            r"(?<![\w.])/ro" + r"ot/",
            r"py" + r"pi\.org",
            r"pythonho" + r"sted\.org",
            r"npm" + r"js\.org",
            r"deb\.deb" + r"ian\.org",
        )
    )
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
Check = Callable[[ast.Module], Iterator[ast.AST]]


def product_files() -> list[Path]:
    """Every module of the four packages."""
    return sorted(path for package in PACKAGES for path in (CHECKOUT / package).rglob("*.py"))


def python_files() -> list[Path]:
    """Every module of the packages and of the tests."""
    return product_files() + sorted((CHECKOUT / "tests").rglob("*.py"))


def project_files() -> list[Path]:
    """Every file that git has or would take; outside of a checkout, every module and page."""
    git = shutil.which("git")
    if git is None or not (CHECKOUT / ".git").exists():
        return python_files() + sorted((CHECKOUT / "docs").rglob("*.md"))
    command = [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := CHECKOUT / name).is_file()]


@pytest.fixture(scope="module", autouse=True)
def trees() -> Iterator[None]:
    """Every module is parsed once for all checks of this file, and no longer kept than they last."""
    yield
    parsed.cache_clear()


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def module_name(path: Path) -> str:
    """The name under which a module of the checkout is imported."""
    return ".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__")


def offences(paths: list[Path], check: Check) -> list[str]:
    """Each place that `check` finds, as file:line."""
    return [
        f"{path.relative_to(CHECKOUT)}:{getattr(node, 'lineno', 1)}" for path in paths for node in check(parsed(path))
    ]


def assert_none(found: list[str]) -> None:
    """Fails with every place that was found, one on a line."""
    assert not found, "\n".join(["", *found])


def long_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Functions with more lines than one can read at once."""
    for node in ast.walk(tree):
        if isinstance(node, Function) and (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES:
            yield node


def undocumented_modules(tree: ast.Module) -> Iterator[ast.AST]:
    """A module that does not say what room it is."""
    if not ast.get_docstring(tree):
        yield tree


def undocumented_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Public functions and classes of a module without a docstring."""
    named = (node for node in tree.body if isinstance(node, Function | ast.ClassDef))
    yield from (node for node in named if not node.name.startswith("_") and not ast.get_docstring(node))


def readings_of_time(tree: ast.Module) -> Iterator[ast.AST]:
    """Calls that ask the machine what time it is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and re.fullmatch(
            r"(.*\.)?(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns|gmtime|localtime)",
            ast.unparse(node.func),
        ):
            yield node
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (node for name in node.names if name.name in {"time", "time_ns"})


def scopes_made(tree: ast.Module) -> Iterator[ast.AST]:
    """Places that make an AccountScope."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "AccountScope":
            yield node


def commits(tree: ast.Module) -> Iterator[ast.AST]:
    """Places that end a transaction."""
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in {"commit", "rollback"}:
            yield node


def mocks_and_sleeps(tree: ast.Module) -> Iterator[ast.AST]:
    """Tests that imitate our own parts or wait for the clock."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and "unittest.mock" in ast.unparse(node):
            yield node
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "time.sleep":
            yield node


PLANTED: list[tuple[Check, str]] = [
    (long_functions, "def f():\n" + "    x\n" * MAX_FUNCTION_LINES),
    (undocumented_modules, "x = 1"),
    (undocumented_functions, "def f(): ..."),
    (undocumented_functions, "class F: ..."),
    (readings_of_time, "datetime.now(UTC)"),
    (readings_of_time, "datetime.datetime.utcnow()"),
    (readings_of_time, "date.today()"),
    (readings_of_time, "time.time()"),
    (readings_of_time, "from time import time"),
    (scopes_made, "scope.AccountScope('a', 'b')"),
    (commits, "session.commit()"),
    (mocks_and_sleeps, "from unittest.mock import Mock"),
    (mocks_and_sleeps, "time.sleep(1)"),
]


@pytest.mark.parametrize(("check", "source"), PLANTED)
def test_each_check_sees_what_it_is_for(check: Check, source: str) -> None:
    assert list(check(ast.parse(source)))


def test_imports_run_down_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    assert lint_imports("pyproject.toml", no_cache=True, no_logo=True) == EXIT_STATUS_SUCCESS


def test_no_file_is_too_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert_none([f"{path}: {length} lines" for path, length in lengths.items() if length > MAX_FILE_LINES])


def test_no_function_is_too_long() -> None:
    assert_none(offences(python_files(), long_functions))


def test_every_module_says_what_room_it_is() -> None:
    assert_none(offences(python_files(), undocumented_modules))


def test_every_public_function_and_class_is_documented() -> None:
    assert_none(offences(product_files(), undocumented_functions))


def test_every_name_says_what_it_is() -> None:
    parts = {part for path in python_files() for part in path.relative_to(CHECKOUT).with_suffix("").parts}
    assert [part for part in sorted(parts) if VAGUE_NAMES.fullmatch(part)] == []


def test_only_the_clock_reads_the_time() -> None:
    clock = CHECKOUT / "agent_runtime" / "clock.py"
    assert list(readings_of_time(parsed(clock)))
    assert_none(offences([path for path in product_files() if path != clock], readings_of_time))


def test_only_permissions_make_scopes() -> None:
    maker = CHECKOUT / "agent_runtime" / "permissions.py"
    assert list(scopes_made(parsed(maker)))
    assert_none(offences([path for path in product_files() if path != maker], scopes_made))


def test_services_leave_the_transaction_to_their_caller() -> None:
    services = [path for path in product_files() if path.name == "service.py" or "memory" in path.parts]
    assert services
    assert_none(offences(services, commits))


def test_tests_neither_imitate_nor_wait() -> None:
    tests = [path for path in (CHECKOUT / "tests").rglob("*.py") if path != Path(__file__)]
    assert_none(offences(tests, mocks_and_sleeps))


def test_every_table_is_made_and_carries_our_prefix() -> None:
    defining = {module_name(path) for path in product_files() if ", table=True)" in path.read_text()}
    assert defining == set(db.MODEL_MODULES)
    for name in defining:
        importlib.import_module(name)
    assert [name for name in SQLModel.metadata.tables if not name.startswith("tenure_")] == []


def test_no_other_distribution_owns_our_names() -> None:
    owners = packages_distributions()
    assert {name: set(owners.get(name, [])) - {"tenure"} for name in PACKAGES} == {name: set() for name in PACKAGES}


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in project_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{path.relative_to(CHECKOUT)}: {match.group()}" for match in FOREIGN_MENTIONS.finditer(text)]
    assert_none(found)
