"""The report for people (Markdown), for machines (JSON) and for CI (JUnit), and one line of history."""

import platform
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import orjson

from evals.frame import SuiteResult
from evals.gate import Judged, mcnemar, segments, wilson
from prompts import NAMES, load

SHOWN = 20


def plain(results: Sequence[SuiteResult], judged: Sequence[Judged], at: datetime, seed: int) -> dict[str, Any]:
    """The whole report as plain values."""
    suites = [_suite(result, verdict) for result, verdict in zip(results, judged, strict=True)]
    return {
        "at": at.isoformat(),
        "open": all(x.open for x in judged),
        "seed": seed,
        "python": platform.python_version(),
        "prompts": {name: load(name).hash[:16] for name in NAMES},
        "suites": suites,
    }


def _suite(result: SuiteResult, judged: Judged) -> dict[str, Any]:
    low, high = wilson(result.passed, len(result.results))
    return {
        "suite": result.name,
        "open": judged.open,
        "refusals": list(judged.refusals),
        "passed": result.passed,
        "cases": len(result.results),
        "wilson_95": [round(low, 4), round(high, 4)],
        "segments": {name: _share(*count) for name, count in segments(result).items()},
        "broken": list(judged.broken),
        "mended": list(judged.mended),
        "added": list(judged.added),
        "gone": list(judged.gone),
        "seconds": round(result.seconds, 2),
        "latency": dict(result.latency),
        "tokens": result.tokens,
        "cost": result.cost,
        "cases_hash": result.cases_hash,
        "notes": dict(result.notes),
        "results": [
            {"id": x.id, "passed": x.passed, "reasons": list(x.reasons), "case": dict(x.case)} for x in result.results
        ],
    }


def _share(passed: int, of: int) -> dict[str, Any]:
    low, high = wilson(passed, of)
    return {"passed": passed, "cases": of, "wilson_95": [round(low, 4), round(high, 4)]}


def write(report: dict[str, Any], folder: Path) -> None:
    """Writes report.json, report.md and junit.xml into `folder`, and adds a line to its history.jsonl."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    (folder / "report.md").write_text(markdown(report), encoding="utf-8")
    tree = ElementTree(_junit(report))
    indent(tree)
    tree.write(folder / "junit.xml", encoding="utf-8", xml_declaration=True)
    with (folder / "history.jsonl").open("ab") as file:
        file.write(orjson.dumps(_history(report), option=orjson.OPT_APPEND_NEWLINE))


def _history(report: dict[str, Any]) -> dict[str, Any]:
    kept = ("passed", "cases", "seconds", "tokens", "cost", "cases_hash", "latency")
    suites = {x["suite"]: {name: x[name] for name in kept} for x in report["suites"]}
    return {"at": report["at"], "open": report["open"], "suites": suites}


def markdown(report: dict[str, Any]) -> str:
    """The report as a page."""
    verdict = "The gate is open." if report["open"] else "The gate is closed."
    lines = [
        "# Evaluation", "", f"{verdict} {report['at'][:16]} UTC, seed {report['seed']}. No real language model was"
        " asked: where a suite needs one, a stand-in lies, or obeys the attacker. How well a real one writes cannot be"
        " seen here.", "",
        "| suite | passed | 95 % interval | seconds | a step, p50 / p95 | gate |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [_row(suite) for suite in report["suites"]]
    lines += ["", "Passed is counted over the committed cases: one that crashed, was not judged or is missing has"
              " failed. A step is one pass over one account."]  # fmt: skip
    for suite in report["suites"]:
        lines += _section(suite)
    return "\n".join(lines) + "\n"


def _row(suite: dict[str, Any]) -> str:
    low, high = suite["wilson_95"]
    latency = suite["latency"]
    step = f"{latency['p50_ms']:.0f} / {latency['p95_ms']:.0f} ms" if latency else ""
    gate = "open" if suite["open"] else "; ".join(suite["refusals"])
    return (
        f"| {suite['suite']} | {suite['passed']} of {suite['cases']} | {low:.1%} to {high:.1%} "
        f"| {suite['seconds']:.1f} | {step} | {gate} |"
    )


def _section(suite: dict[str, Any]) -> list[str]:
    lines = ["", f"## {suite['suite']}", ""]
    lines += [f"- {name}: {value}" for name, value in suite["notes"].items()]
    for title, ids in (("No longer passed", suite["broken"]), ("Newly passed", suite["mended"])):
        lines += [f"- {title}: {', '.join(ids)}"] if ids else []
    failed = [x for x in suite["results"] if not x["passed"]]
    lines += [f"- failed **{x['id']}**: {'; '.join(x['reasons'])}" for x in failed[:SHOWN]]
    lines += [f"- and {len(failed) - SHOWN} more, in report.json"] if len(failed) > SHOWN else []
    lines += ["", "| segment | passed | 95 % interval |", "|---|---|---|"] if suite["segments"] else []
    for name, share in suite["segments"].items():
        low, high = share["wilson_95"]
        lines.append(f"| {name} | {share['passed']} of {share['cases']} | {low:.0%} to {high:.0%} |")
    return lines


def _junit(report: dict[str, Any]) -> Element:
    root = Element("testsuites", name="evals")
    for suite in report["suites"]:
        failures = str(suite["cases"] - suite["passed"])
        node = SubElement(root, "testsuite", name=suite["suite"], tests=str(suite["cases"]), failures=failures)
        for result in suite["results"]:
            case = SubElement(node, "testcase", classname=f"evals.{suite['suite']}", name=result["id"])
            if not result["passed"]:
                SubElement(case, "failure", message="; ".join(result["reasons"]))
    return root


def difference(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What changed between two reports, one line each: cases that flipped, came or went, and for each suite how likely
    such flips are by chance, which matters where a back end does not say the same twice."""
    lines = []
    old = {x["suite"]: {y["id"]: y["passed"] for y in x["results"]} for x in before["suites"]}
    for suite in after["suites"]:
        known, now = old.get(suite["suite"], {}), {x["id"]: x["passed"] for x in suite["results"]}
        flipped = [x for x in sorted(known | now) if known.get(x) != now.get(x)]
        lines += [f"{suite['suite']} {x}: {_word(known.get(x))} → {_word(now.get(x))}" for x in flipped]
        both = sorted(known.keys() & now.keys())
        if flipped:
            chance = mcnemar([known[x] for x in both], [now[x] for x in both])
            lines.append(f"{suite['suite']}: {len(flipped)} differ; by chance with a probability of {chance:.2f}")
    return lines


def _word(passed: bool | None) -> str:
    return "absent" if passed is None else ("passed" if passed else "failed")
