"""Run the tables of a folder and say what agrees, what does not, and what nobody here can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.conformance.cases import Case, Got, Span, Table, agrees, plain, read_cases, read_tables
from engine.conformance.sets import SETS
from engine.errors import Problem, ScenarioError

SHOWN = 12  # letters of a commit


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One case that does not agree: of `expected` and `got`, only the figures that differ."""

    id: str
    set: str
    input: Mapping[str, Any]
    expected: Mapping[str, Any]
    got: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. sets: name -> (agree, cases); origins: name -> where its cases come from.

    intervals: case -> figure -> (expected, interval).
    """

    sets: Mapping[str, tuple[int, int]]
    origins: Mapping[str, tuple[str, ...]]
    not_covered: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]
    intervals: Mapping[str, Mapping[str, tuple[Any, Span]]]


def check(files: Mapping[str, str], unreadable: Sequence[Problem] = ()) -> Report:
    """Hold the engine against the tables in these files: name -> text. unreadable: what could not even be opened.

    Errors: ScenarioError for files that are no tables and cases that lack fields, all of them at once.
    """
    if not files and not unreadable:
        raise ScenarioError([Problem("folder", "no *.json file", "golden tables", "there is nothing to hold against")])
    tables, no_tables = read_tables(files)
    problems = [*unreadable, *no_tables]
    ready: list[tuple[str, list[Case[Any]]]] = []
    for table in tables:
        if table.set in SETS:
            cases, bad = read_cases(table, SETS[table.set])
            ready.append((table.set, cases))
            problems += bad
    if problems:
        raise ScenarioError(problems)
    sets: dict[str, tuple[int, int]] = {}
    differ: list[Disagreement] = []
    intervals: dict[str, dict[str, tuple[Any, Span]]] = {}
    for name, cases in ready:
        answers = SETS[name].answer(cases)
        bad_ones = [d for case, got in zip(cases, answers, strict=True) if (d := _compare(name, case, got))]
        differ += bad_ones
        sets[name] = (len(cases) - len(bad_ones), len(cases))
        intervals |= {case.id: _spans(case, got) for case, got in zip(cases, answers, strict=True)}
    strangers = tuple(table.set for table in tables if table.set not in SETS)
    origins = {table.set: origins_of(table) for table in tables if table.set in SETS}
    return Report(sets, origins, strangers, tuple(differ), {case: spans for case, spans in intervals.items() if spans})


def origins_of(table: Table) -> tuple[str, ...]:
    """List the repositories, with the version or the commit, from which a table's cases come; a closed form comes from none."""
    found: dict[str, None] = {}
    for case in table.cases:
        source = case.get("source") if isinstance(case, dict) else None
        named = source.get("version") or source.get("commit") if isinstance(source, dict) else None
        if isinstance(source, dict) and source.get("repo") and named:
            found[f"{source['repo']} {str(named)[:SHOWN]}"] = None
    return tuple(sorted(found))


def _compare(name: str, case: Case[Any], got: Got) -> Disagreement | None:
    """Find the figures of a case that differ; one that the engine does not give is one of them."""
    wrong = [key for key, expected in case.expect.items() if key not in got or not agrees(expected, got[key])]
    if not wrong:
        return None
    found = {key: plain(got.get(key)) for key in wrong} | {key: got[key] for key in ("because",) if key in got}
    return Disagreement(case.id, name, case.input, {key: case.expect[key] for key in wrong}, found)


def _spans(case: Case[Any], got: Got) -> dict[str, tuple[Any, Span]]:
    return {key: (case.expect[key], got[key]) for key in case.expect if isinstance(got.get(key), Span)}


def as_json(report: Report) -> dict[str, Any]:
    """Give the report as plain data."""
    return {
        "sets": {name: {"cases": cases, "agree": agree} for name, (agree, cases) in report.sets.items()},
        "not_covered": list(report.not_covered),
        "disagreements": [
            {"id": d.id, "set": d.set, "input": d.input, "expected": d.expected, "got": d.got}
            for d in report.disagreements
        ],
        "intervals": {
            case: {key: [span.low, span.high] for key, (_, span) in spans.items()}
            for case, spans in report.intervals.items()
        },
    }


def as_yaml(report: Report) -> str:
    """Write how many cases of each table agree: what data/table/conformance.yaml holds, for whoever has no tables."""
    head = "# How many cases of each table agree; `python -m engine conformance DIR --save data/table/conformance.yaml` writes it.\n"
    return head + "".join(
        f"{name}: {{agree: {agree}, cases: {cases}, from: [{', '.join(report.origins[name])}]}}\n"
        for name, (agree, cases) in sorted(report.sets.items())
    )


def as_text(report: Report) -> str:
    """Tell the report as a person likes to read it: the intervals, the table, what differs."""
    lines: list[str] = []
    if report.intervals:
        lines.append(INTERVALS)
        for case, spans in report.intervals.items():
            lines.append(case)
            lines += [_interval_line(key, expected, span) for key, (expected, span) in spans.items()]
        lines.append("")
    lines.append(f"{'set':42}agree / cases")
    lines += [f"{name:42}{agree:5} / {cases}" for name, (agree, cases) in report.sets.items()]
    lines += [f"{name:42}  not covered" for name in report.not_covered]
    for d in report.disagreements:
        lines += ["", d.id, f"  input     {d.input}", f"  expected  {d.expected}", f"  got       {d.got}"]
    lines += ["", f"{len(report.disagreements)} disagree" if report.disagreements else "All that is covered agrees."]
    return "\n".join(lines)


def _interval_line(key: str, expected: Any, span: Span) -> str:
    mark = "" if agrees(expected, span) else "   <-- outside"
    return f"  {key:18}{expected:13.6g} in {span.low:.6g} to {span.high:.6g}{mark}"


INTERVALS = """Queues are measured, not computed: independent replications of the data plane (seeds 0, 1, 2, ...), each with its beginning
and its end cut off. Intervals are Student's t over the replications, at 99 % for all the figures of a set together
(Bonferroni); a share, or a wait, that hardly any request met has at least the spread of a count of rare events."""
