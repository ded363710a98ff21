"""python -m evals: run suites against their baselines, compare two reports, make a case from an audit entry."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import orjson

from agent_runtime.clock import SystemClock
from agent_runtime.errors import TenureError
from agent_runtime.settings import load
from evals import from_audit, gate, judge, report, sabotage
from evals.frame import Suite, SuiteResult, run_suite
from evals.suites import NAMES

CHECKOUT = Path(__file__).parents[1]
OUT = CHECKOUT / "var" / "evals"
SEED = 7


def suite_named(name: str) -> Suite:
    """The suite of that name; its cases are read, nothing is run."""
    found: Suite = import_module(f"evals.suites.{name}.suite").SUITE
    return found


def run(chosen: Namespace) -> int:
    """Runs the named suites, writes the report; 0 where the gate is open."""
    if chosen.data or chosen.ranked:
        return _rank_conversations(chosen)
    suites = [suite_named(name) for name in chosen.suites or NAMES]
    if strange := set(chosen.case) - {x["id"] for suite in suites for x in suite.cases}:
        raise SystemExit(f"There is no case {', '.join(sorted(strange))} in {', '.join(x.name for x in suites)}.")
    results = [_shown(run_suite(suite, chosen.case)) for suite in suites if _asked(suite, chosen.case)]
    if chosen.baseline:
        for result in results:
            gate.write_baseline(result)
    judged = [gate.judge(x, None if chosen.case else gate.baseline(x.name)) for x in results]
    plain = report.plain(results, judged, SystemClock().now(), SEED)
    report.write(plain, chosen.out)
    if chosen.json:
        sys.stdout.buffer.write(orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        refusals = [f"{x.name}: {y}" for x in judged for y in x.refusals]
        verdict = "The gate is open." if plain["open"] else "The gate is closed."
        print("\n".join([*refusals, verdict, f"Report: {chosen.out / 'report.md'}"]))
    if chosen.case:
        return int(any(not x.passed for result in results for x in result.results))
    return int(not plain["open"])


def _asked(suite: Suite, cases: Sequence[str]) -> bool:
    return not cases or any(x["id"] in cases for x in suite.cases)


def _shown(result: SuiteResult) -> SuiteResult:
    """Says on standard error how a suite went, while the others still run."""
    low, high = gate.wilson(result.passed, len(result.results))
    share = f"{result.passed} of {len(result.results)} ({low:.0%} to {high:.0%})"
    lines = [f"{result.name:9} {share}, {result.seconds:.1f} s"]
    lines += [f"  {x.id}: {'; '.join(x.reasons)}" for x in result.results if not x.passed]
    print("\n".join(lines), file=sys.stderr, flush=True)
    return result


def _rank_conversations(chosen: Namespace) -> int:
    """Recall on conversations of others: ranked turns for a scorer, no gate."""
    if chosen.suites != ["recall"] or not (chosen.data and chosen.ranked):
        raise SystemExit("--data and --ranked belong together, and to the suite recall alone.")
    import_module("evals.suites.recall.conversations").run(chosen)
    return 0


def diff(chosen: Namespace) -> int:
    """Prints which cases differ between two reports; 0 where none does."""
    lines = report.difference(*(orjson.loads(x.read_bytes()) for x in (chosen.before, chosen.after)))
    print("\n".join(lines) or "The same cases passed and failed.")
    return int(bool(lines))


def case(chosen: Namespace) -> int:
    """Prints a case made of an audit entry, for the cases of a suite of your own."""
    made = from_audit.case(chosen.db, chosen.id)
    sys.stdout.buffer.write(orjson.dumps(made, option=orjson.OPT_APPEND_NEWLINE))
    return 0


def sabotaged(chosen: Namespace) -> int:
    """Plants regressions in a copy and shows which suite caught each; 0 where at least 95 % were caught."""
    rows = sabotage.run(chosen.name)
    print(sabotage.table(rows))
    return int(not sabotage.enough(rows))


def judged(chosen: Namespace) -> int:
    """Asks the model of the settings about every prepared mail; says what it said, and gates nothing."""
    try:
        told = judge.run(load())
    except TenureError as error:
        raise SystemExit(str(error)) from None
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "judge.md").write_text(told, encoding="utf-8")
    print(told)
    return 0


def parser() -> ArgumentParser:
    """What the command line takes."""
    made = ArgumentParser(prog="python -m evals", description="Measures the product and keeps its gate.")
    commands = made.add_subparsers(required=True)
    _run_options(commands.add_parser("run", help="run suites against their baselines"))
    other = commands.add_parser("diff", help="which cases differ between two reports")
    other.add_argument("before", type=Path)
    other.add_argument("after", type=Path)
    other.set_defaults(do=diff)
    cases = commands.add_parser("case", help="make a case").add_subparsers(required=True)
    audit = cases.add_parser("from-audit", help="out of what an audit entry is about, personal text replaced")
    audit.add_argument("id", help="account:seq of the entry, or the id of an item")
    audit.add_argument("--db", type=Path, required=True, help="the installation's database, a file")
    audit.set_defaults(do=case)
    reader = commands.add_parser("judge", help="ask the model of the settings about the prepared mails; gates nothing")
    reader.add_argument("--out", type=Path, default=OUT, help="where judge.md goes")
    reader.set_defaults(do=judged)
    planted = commands.add_parser("sabotage", help="plant regressions in a copy and see what catches them")
    planted.add_argument("name", nargs="*", help="only these")
    planted.set_defaults(do=sabotaged)
    return made


def _run_options(run_parser: ArgumentParser) -> None:
    run_parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"some of: {', '.join(NAMES)}")
    run_parser.add_argument("--json", action="store_true", help="print the report as JSON")
    run_parser.add_argument("--out", type=Path, default=OUT, help="where the report goes")
    run_parser.add_argument("--case", action="append", default=[], help="only this case")
    run_parser.add_argument("--baseline", action="store_true", help="make what is now the baseline")
    run_parser.add_argument("--data", type=Path, help="recall: conversations with questions, LoCoMo's JSON")
    run_parser.add_argument("--ranked", type=Path, help="recall: where the ranked turns go, one question a line")
    run_parser.add_argument("--no-ranker", action="store_true", help="recall: without the learned ranker")
    run_parser.add_argument("--no-vectors", action="store_true", help="recall: words alone")
    run_parser.set_defaults(do=run)


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says; gives the exit code."""
    given = parser()
    chosen = given.parse_args(arguments)
    unknown = sorted(set(getattr(chosen, "suites", ())) - set(NAMES))
    if unknown:
        given.error(f"there is no suite {', '.join(unknown)}; there are {', '.join(NAMES)}")
    code: int = chosen.do(chosen)
    return code


if __name__ == "__main__":
    sys.exit(main())
