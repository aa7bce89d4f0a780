"""The command line: run a scenario file, read a design of your own, hold the engine against golden tables, measure it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from engine import reading
from engine.errors import DefinitionError, ManifestError, Problem, ScenarioError
from engine.launch import launch_type
from engine.placement.doubts import doubts
from engine.scenario import Scenario
from engine.simulation import run
from engine.summary import as_text, summary
from engine.traffic.compiled import warm_up
from engine.traffic.functions import compiled as functions
from engine.traffic.graph import compiled as graph

if TYPE_CHECKING:
    from engine.sweep import Plan, Results

BAR_AFTER_S = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; return the exit code: 0 well, 1 a table disagrees, 2 an input that cannot be used."""
    given = _parser().parse_args(arguments)
    try:
        code: int = given.act(given)
        sys.stdout.flush()
    except ScenarioError as error:
        print(f"{len(error.problems)} to mend:", file=sys.stderr)
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of a pipe (head) has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run_ = commands.add_parser("run", help="run a scenario file and print what happened")
    run_.add_argument("file", type=Path, help="YAML or JSON")
    run_.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="settings",
                      help="change a value, such as seed=2, launch_type=ecs-fargate, traffic.rps=500")  # fmt: skip
    run_.add_argument("--rates", type=Path, metavar="CSV", help="traffic from a recorded trace: minute,requests_per_s")
    run_.add_argument("--json", action="store_true", help="print plain data")
    run_.set_defaults(act=_run)
    _add_sweep(commands)
    import_ = commands.add_parser(
        "import",
        help="read a task definition for ECS or a manifest for Kubernetes, and say which launch types would run it",
    )
    import_.add_argument(
        "file",
        type=Path,
        help="JSON or YAML: as for register-task-definition, a CloudFormation template, or as for kubectl apply",
    )
    import_.add_argument(
        "--json", action="store_true", help="print plain data: an object, or a list where there are several"
    )
    import_.set_defaults(act=_import)
    pipeline_ = commands.add_parser("pipeline", help="run a pipeline of serverless services and print what happened")
    pipeline_.add_argument("file", type=Path, help="YAML or JSON, such as data/pipelines/orders.yaml")
    pipeline_.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="settings",
                           help="change a value, such as seed=2, services.orders.visibility_s=5")  # fmt: skip
    pipeline_.add_argument("--json", action="store_true", help="print plain data")
    pipeline_.set_defaults(act=_pipeline)
    delivery_ = commands.add_parser(
        "delivery",
        help="play an organisation's quarter as a release train and as pipelines, many times, and print DORA's four",
    )
    delivery_.add_argument("file", type=Path, help="YAML or JSON")
    delivery_.add_argument(
        "--replications", type=int, default=200, metavar="N", help="how many possible quarters (200)"
    )
    delivery_.add_argument("--json", action="store_true", help="print plain data")
    delivery_.set_defaults(act=_delivery)
    schema = commands.add_parser("schema", help="print the scenario's JSON Schema")
    schema.set_defaults(act=_schema)
    conformance_ = commands.add_parser("conformance", help="hold the engine against a folder of golden tables")
    conformance_.add_argument("folder", type=Path, metavar="DIR", help="a folder of *.json tables")
    conformance_.add_argument("--json", action="store_true", help="print plain data")
    conformance_.add_argument(
        "--save", type=Path, metavar="FILE", help="write how many cases of each table agree, as YAML"
    )
    conformance_.set_defaults(act=_conformance)
    year_ = commands.add_parser(
        "year", help="play a year of operations: who is woken at night, in ten ways of running containers"
    )
    year_.add_argument("file", type=Path, nargs="?", help="YAML or JSON: hosts, team, rates ...; none = as it comes")
    year_.add_argument("--json", action="store_true", help="print plain data")
    year_.set_defaults(act=_year)
    grow_ = commands.add_parser(
        "grow", help="measure how time and memory grow with requests, hosts, tasks, replications"
    )
    grow_.add_argument("--json", action="store_true", help="print plain data")
    grow_.add_argument("--svg", type=Path, metavar="FILE", help="also draw the curves")
    grow_.set_defaults(act=_grow)
    bench_ = commands.add_parser("bench", help="measure the engine: ratios, in one run")
    bench_.add_argument("--json", action="store_true", help="print plain data")
    bench_.set_defaults(act=_bench)
    return parser


def _add_sweep(commands: Any) -> None:
    sweep_ = commands.add_parser(
        "sweep", help="run a scenario file many times, over a grid, and print means and differences"
    )
    sweep_.add_argument("file", type=Path, help="YAML or JSON")
    sweep_.add_argument("--replications", type=int, default=200, metavar="N", help="runs of each variant (200)")
    sweep_.add_argument("--grid", action="append", default=[], metavar="PATH=A,B,C",
                        help="values that a setting takes in turn, such as launch_type=ecs-ec2,ecs-fargate")  # fmt: skip
    sweep_.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="settings",
                        help="change a value for all of them, such as traffic.rps=500")  # fmt: skip
    sweep_.add_argument("--out", type=Path, metavar="DIR", help="keep the tables there, as Parquet; go on if stopped")
    sweep_.add_argument("--workers", type=int, metavar="N", help="processes of this machine (its cores)")
    sweep_.add_argument("--cluster", metavar="ADDRESS", help="a Dask cluster instead, such as tcp://127.0.0.1:8786")
    sweep_.add_argument("--within", type=float, metavar="SHARE",
                        help="also estimate the replications for half an interval of this share of the mean")  # fmt: skip
    sweep_.add_argument("--json", action="store_true", help="print plain data")
    sweep_.set_defaults(act=_sweep)


def _run(given: argparse.Namespace) -> int:
    data = reading.parse(_text(given.file))
    if not isinstance(data, dict):
        Scenario.of(data)  # says what is wrong
        return 2
    if given.rates:
        data = data | {"traffic": {**(data.get("traffic") or {}), "shape": "rates", "rates": _text(given.rates)}}
    scenario = Scenario.of(_with_settings(data, given.settings))
    for doubt in doubts(scenario):
        print(f"note: {doubt}", file=sys.stderr)
    _warm_up(scenario)
    began = time.perf_counter()
    found = run(scenario, watch=_bar() if sys.stderr.isatty() and not given.json else None)
    result = summary(found, time.perf_counter() - began)
    print(json.dumps(result, indent=2) if given.json else as_text(result))
    return 0


def _warm_up(scenario: Scenario) -> None:
    """Compile what this scenario needs, so that the time that is told is the run's own."""
    if scenario.application.modules:
        graph.warm_up()
    elif launch_type(scenario.launch_type).is_function:
        functions.warm_up()
    else:
        warm_up()


def _sweep(given: argparse.Namespace) -> int:
    from engine import sweep  # noqa: PLC0415 - nothing that a run or a refusal should wait for
    from engine.sweep import report  # noqa: PLC0415 - the same

    plan = _plan(given)
    bar = _bar() if sys.stderr.isatty() and not given.json else None
    done = 0

    def watch(results: Results) -> None:
        nonlocal done
        done = results.done
        if bar is not None:
            bar(done / plan.size)

    try:
        results = sweep.play(plan, workers=given.workers, cluster=given.cluster, folder=given.out, watch=watch)
    except KeyboardInterrupt:
        kept = (
            f"in {given.out}: the same command goes on from there" if given.out else "lost: --out DIR would keep them"
        )
        print(f"\nstopped: {done:,} of {plan.size:,} runs are done, and {kept}", file=sys.stderr)
        return 130
    print(json.dumps(report.as_data(results), indent=2) if given.json else report.as_text(results, given.within))
    return 0


def _plan(given: argparse.Namespace) -> Plan:
    """Read all that a sweep was asked for, or raise every problem of it."""
    from engine.sweep import Axis, Plan, ask_problems  # noqa: PLC0415 - the same

    data: object = reading.parse(_text(given.file))
    problems, axes = ask_problems(given.workers, given.cluster, given.within), []
    try:
        data = _with_settings(data, given.settings) if isinstance(data, dict) else data
    except ScenarioError as error:
        problems += error.problems
    for text in given.grid:
        try:
            axes.append(Axis.read(text))
        except ScenarioError as error:
            problems += error.problems
    try:
        plan = Plan.of(data, axes, given.replications)
    except ScenarioError as error:
        if not problems:
            raise
        problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return plan


def _pipeline(given: argparse.Namespace) -> int:
    from engine import serverless  # noqa: PLC0415 - nothing that a run or a refusal should wait for
    from engine.serverless.summary import as_text, summary  # noqa: PLC0415 - the same

    data = reading.parse(_text(given.file))
    if isinstance(data, dict) and given.settings:
        data = _put(dict(data), given.settings)
    pipeline = serverless.Pipeline.of(data)
    began = time.perf_counter()
    result = summary(serverless.run(pipeline), time.perf_counter() - began)
    print(json.dumps(result, indent=2) if given.json else as_text(result))
    return 0


def _import(given: argparse.Namespace) -> int:
    from engine import importers  # noqa: PLC0415 - ECS's model and Kubernetes' schemas take longer to load than a run

    manifests = importers.kubernetes
    try:
        design = importers.read_design(_bytes(given.file))
    except ManifestError as error:
        _print_json(manifests.refused_as_data(error), if_so=given.json)
        raise
    except DefinitionError as error:
        _print_json(importers.refused_as_data(error), if_so=given.json)
        raise
    if isinstance(design, manifests.Manifest):
        data: object = manifests.as_data(design)
        text = manifests.as_text(given.file.name, design)
    else:
        found = [importers.as_data(definition) for definition in design]
        data = found[0] if len(found) == 1 else found
        text = importers.as_text(given.file.name, design)
    _print_json(data, if_so=given.json)
    if not given.json:
        encoding = sys.stdout.encoding or "utf-8"
        print(text.encode(encoding, "replace").decode(encoding))
    return 0


def _year(given: argparse.Namespace) -> int:
    from engine import responsibility  # noqa: PLC0415 - its records read a table that no other command needs
    from engine.responsibility.summary import as_data, as_text  # noqa: PLC0415

    ask = responsibility.read(_text(given.file) if given.file else "")
    found = as_data(ask)
    print(json.dumps(found, indent=2) if given.json else as_text(found))
    return 0


def _print_json(data: object, *, if_so: bool) -> None:
    if if_so:
        print(json.dumps(data, indent=2))


def _bytes(path: Path) -> bytes:
    """Read a file of any encoding, but no more of it than can be meant."""
    try:
        with path.open("rb") as file:
            return file.read(10_000_000)
    except OSError as error:
        raise _cannot_read(path, error.strerror or "an error") from None


def _with_settings(data: dict[str, object], settings: Sequence[str]) -> object:
    """Put every --set in; a path may lead into what the file leaves at its default."""
    return _put({**_defaults_under(data), **data}, settings) if settings else data


def _put(whole: dict[str, object], settings: Sequence[str]) -> dict[str, object]:
    """Put values where their paths say; every problem at once."""
    problems: list[Problem] = []
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals or not path:
            problems.append(Problem("--set", setting, "PATH=VALUE", "a setting needs a path and a value"))
            continue
        try:
            whole = reading.put(whole, path, yaml.safe_load(text))
        except ScenarioError as error:
            problems += error.problems
        except yaml.YAMLError:
            problems.append(Problem(path, text, "a number, a word, or YAML", "the value cannot be read"))
    if problems:
        raise ScenarioError(problems)
    return whole


def _defaults_under(data: dict[str, object]) -> dict[str, object]:
    """Give the default services where the file names none, so that a path can lead into them."""
    return {} if "services" in data else {"services": [Scenario().services[0].model_dump(mode="json")]}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise _cannot_read(path, reason or "an error") from None


def _cannot_read(path: Path, reason: str) -> ScenarioError:
    return ScenarioError([Problem(str(path), reason, "a readable file", "cannot read it")])


def _bar() -> Callable[[float], None]:
    """Make a progress bar that shows itself only when a run is long."""
    began = time.perf_counter()

    def show(share: float) -> None:
        if time.perf_counter() - began > BAR_AFTER_S:
            filled = round(share * 40)
            end = "\n" if share >= 1 else ""
            print(f"\r[{'#' * filled}{'.' * (40 - filled)}] {share:4.0%}", end=end, file=sys.stderr, flush=True)

    return show


def _delivery(given: argparse.Namespace) -> int:
    from engine.delivery import Organisation, summary  # noqa: PLC0415 - a run of a cluster needs none of it

    found = summary.summary(Organisation.read(_text(given.file)), given.replications)
    print(json.dumps(found, indent=2) if given.json else summary.as_text(found))
    return 0


def _schema(_: argparse.Namespace) -> int:
    print(json.dumps(Scenario.model_json_schema(), indent=2))
    return 0


def _conformance(given: argparse.Namespace) -> int:
    from engine import conformance  # noqa: PLC0415 - its many tables are nothing that a run or a refusal should wait for

    if not given.folder.is_dir():
        raise ScenarioError(
            [Problem(str(given.folder), "no such folder", "a folder of *.json tables", "cannot read it")]
        )
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted(given.folder.glob("*.json")):
        try:
            files[path.name] = _text(path)
        except ScenarioError as error:
            problems += error.problems
    report = conformance.check(files, problems)
    print(json.dumps(conformance.as_json(report), indent=2) if given.json else conformance.as_text(report))
    if given.save is not None:
        given.save.write_text(conformance.as_yaml(report), encoding="utf-8")
    return 1 if report.disagreements else 0


def _grow(given: argparse.Namespace) -> int:
    from engine import grow, grow_plot  # noqa: PLC0415 - the same

    found = grow.grow(watch=lambda line: print(line, file=sys.stderr) if sys.stderr.isatty() else None)
    print(json.dumps(found, indent=2) if given.json else grow.as_text(found))
    if given.svg is not None:
        python = ".".join(map(str, sys.version_info[:2]))
        where = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {python}; processor time"
        given.svg.write_text(grow_plot.svg(found, where), encoding="utf-8")
    return 0


def _bench(given: argparse.Namespace) -> int:
    from engine import bench  # noqa: PLC0415 - the same

    result = bench.bench()
    print(json.dumps(result, indent=2) if given.json else bench.report(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
