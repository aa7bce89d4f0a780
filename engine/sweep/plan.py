"""What a sweep plays, and in which pieces: a pure function of what was asked, whoever plays it.

Replication r of every variant has the seed `scenario.seed + r`. So all variants meet the same traffic and the same failures
(common random numbers), and any row of a result can be run again alone.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

from engine import checks, reading
from engine.errors import BudgetError, Problem, ScenarioError
from engine.scenario import Scenario
from engine.sweep.version import made_with
from engine.traffic.arrivals import expected_requests

MOST_REPLICATIONS = 10_000
MOST_VALUES = 50  # of one axis: each is held against each
MOST_VARIANTS = 200
MOST_RUNS = 500_000  # a table of some 200 MB
LAST_SEED = 2**32 - 1

# A batch is what one worker plays at a time, and what is lost at most when it dies: small enough that cores end together.
_MOST_IN_BATCH = 25
_BATCHES_OF_A_VARIANT = 32
_REQUESTS_IN_BATCH = 10_000_000


@dataclass(frozen=True, slots=True)
class Axis:
    """One setting of a scenario, by its dotted path, and the values that it takes in turn."""

    path: str
    values: tuple[Any, ...]

    @classmethod
    def read(cls, text: str) -> Axis:
        """Read `path=a,b,c`; each value as YAML. Errors: ScenarioError.

        >>> Axis.read("traffic.rps=100,200").values
        (100, 200)
        """
        path, equals, values = text.partition("=")
        if not path or not equals or not values.strip():
            raise ScenarioError([Problem("--grid", text, "PATH=VALUE,VALUE…", "an axis needs a path and its values")])
        try:
            found = reading.parse(f"[{values}]")
        except ScenarioError:
            found = None
        if not isinstance(found, list) or not found:
            raise ScenarioError([Problem(path, values, "values in YAML, with commas between", "they cannot be read")])
        return cls(path, tuple(found))


@dataclass(frozen=True, slots=True)
class Variant:
    """One scenario of the grid. values: of each axis, in the axes' order; label: the same in words."""

    number: int
    values: tuple[Any, ...]
    label: str
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Batch:
    """Some replications of one variant: `count` of them from `first` on."""

    number: int
    variant: int
    first: int
    count: int


@dataclass(frozen=True)
class Plan:
    """A scenario, the axes of its grid, and how often each variant is played."""

    base: Scenario
    axes: tuple[Axis, ...]
    replications: int
    variants: tuple[Variant, ...]

    @classmethod
    def of(cls, given: object, axes: Sequence[Axis] = (), replications: int = 200) -> Plan:
        """Check all that was asked. given: a scenario, or plain data as `Scenario.of` takes it.

        Errors: ScenarioError with every problem of the scenario, of the grid and of its variants; BudgetError where that
        is all that is wrong.
        """
        data = reading.parse(given.to_yaml()) if isinstance(given, Scenario) else copy.deepcopy(given)
        problems = [*_count_problems(replications), *_axis_problems(axes)]
        base, found = _checked(data)
        problems += found
        if not isinstance(data, dict):
            raise ScenarioError(problems)
        if base is not None:
            problems += _size_problems(base, axes, replications)
            data.setdefault("services", [service.model_dump(mode="json") for service in base.services])
        if not problems:
            built, problems = _variants(data, axes)
            if not problems and base is not None:
                problems = _twin_problems(built)
            if not problems and base is not None:
                _refuse_over_budget(built)
                return cls(base, tuple(axes), replications, built)
        else:
            problems += _value_problems(data, axes, problems)
        raise ScenarioError(_gathered(problems))

    @property
    def size(self) -> int:
        """Count the runs."""
        return len(self.variants) * self.replications

    def seed(self, replication: int) -> int:
        """Give a replication's seed: the same for every variant."""
        return self.base.seed + replication

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """Write each variant's scenario as a word, for whoever plays it."""
        return tuple(variant.scenario.token() for variant in self.variants)

    @cached_property
    def batches(self) -> tuple[Batch, ...]:
        """Cut the work up. Early replications of all variants come first: what is done when it is stopped can be compared."""
        most = max(expected_requests(variant.scenario) for variant in self.variants)
        wanted = min(
            _MOST_IN_BATCH, self.replications // _BATCHES_OF_A_VARIANT, int(_REQUESTS_IN_BATCH // max(most, 1))
        )
        step = max(1, wanted)
        pieces = product(range(0, self.replications, step), range(len(self.variants)))
        return tuple(
            Batch(number, variant, first, min(step, self.replications - first))
            for number, (first, variant) in enumerate(pieces)
        )

    @cached_property
    def said(self) -> dict[str, Any]:
        """Say as plain data what the results follow from, the versions included."""
        return {
            "scenario": self.base.model_dump(mode="json"),
            "grid": [[axis.path, list(axis.values)] for axis in self.axes],
            "replications": self.replications,
            "variants": hashlib.sha256("\n".join(self.tokens).encode()).hexdigest()[:16],
            "seeds": [self.seed(0), self.seed(self.replications - 1)],
            "runs_in_a_batch": self.batches[0].count,
            "made_with": dict(made_with()),
        }

    @cached_property
    def digest(self) -> str:
        """Boil that down to a sha256: equal digests, equal results."""
        return hashlib.sha256(json.dumps(self.said, sort_keys=True).encode()).hexdigest()


# --- what can be wrong -----------------------------------------------------------------------------------------------


def _count_problems(replications: int) -> list[Problem]:
    if 2 <= replications <= MOST_REPLICATIONS:
        return []
    why = "an interval needs two replications or more" if replications < 2 else "these are more than can be kept"
    return [Problem("replications", f"{replications:,}", f"2 to {MOST_REPLICATIONS:,}", why)]


def _axis_problems(axes: Sequence[Axis]) -> list[Problem]:
    """Find axes that are none: a path given twice, the seed, and values given twice."""
    found = []
    for number, axis in enumerate(axes):
        if axis.path in [other.path for other in axes[:number]]:
            found.append(Problem(axis.path, "two axes", "one axis of all its values", "this path stands twice"))
        if axis.path == "seed":
            what = "a first seed in the scenario"
            found.append(Problem("seed", "an axis", what, "each replication has a seed of its own already"))
        if len(axis.values) > MOST_VALUES:
            came = f"{len(axis.values)} values"
            found.append(Problem(axis.path, came, f"up to {MOST_VALUES}", "an axis has fewer values"))
        words = [json.dumps(value, default=str) for value in axis.values]
        twice = sorted({word for word in words if words.count(word) > 1})
        found += [Problem(axis.path, word, "each value once", "this value stands twice") for word in twice]
    return found


def _size_problems(base: Scenario, axes: Sequence[Axis], replications: int) -> list[Problem]:
    """Find what is too much of all together."""
    variants, found = 1, []
    for axis in axes:
        variants *= len(axis.values)
    if variants > MOST_VARIANTS:
        found.append(Problem("grid", f"{variants:,} variants", f"up to {MOST_VARIANTS}", "the grid is too large"))
    if variants * replications > MOST_RUNS:
        came = f"{variants:,} variants, {replications:,} times each"
        found.append(Problem("replications", came, f"up to {MOST_RUNS:,} runs", "these are more than can be kept"))
    if base.seed + max(replications, 1) - 1 > LAST_SEED:
        came, allowed = f"{base.seed} and {replications - 1:,} after it", f"up to {LAST_SEED}"
        found.append(Problem("seed", came, allowed, "the last replications have no seed"))
    return found


def _checked(data: object) -> tuple[Scenario | None, list[Problem]]:
    try:
        return Scenario.of(copy.deepcopy(data)), []
    except ScenarioError as error:
        return None, list(error.problems)


def _put(data: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[Scenario | None, list[Problem]]:
    """Build the scenario with some values changed, or say what is wrong with it."""
    changed = copy.deepcopy(dict(data))
    for path, value in changes.items():
        try:
            changed = reading.put(changed, path, copy.deepcopy(value))
        except ScenarioError as error:
            return None, list(error.problems)
    return _checked(changed)


def _variants(data: Mapping[str, Any], axes: Sequence[Axis]) -> tuple[tuple[Variant, ...], list[Problem]]:
    """Build every variant of a scenario that is sound in itself."""
    built: list[Variant] = []
    problems: list[Problem] = []
    for number, values in enumerate(product(*(axis.values for axis in axes))):
        changes = {axis.path: value for axis, value in zip(axes, values, strict=True)}
        scenario, found = _put(data, changes)
        problems += found
        if scenario is not None:
            built.append(Variant(number, values, label_of(axes, values) or "as it is", scenario))
    return tuple(built), problems


def _value_problems(data: Mapping[str, Any], axes: Sequence[Axis], known: Sequence[Problem]) -> list[Problem]:
    """Find what each value by itself breaks in a scenario that has problems already."""
    found = [one for axis in axes for value in axis.values[:MOST_VALUES] for one in _put(data, {axis.path: value})[1]]
    return [problem for problem in found if problem not in known]


def _twin_problems(variants: Sequence[Variant]) -> list[Problem]:
    """Find variants that come to the same run: their difference would be nought by making, not by measuring."""
    first: dict[Scenario, Variant] = {}
    found = []
    for variant in variants:
        twin = first.setdefault(variant.scenario, variant)
        if twin is not variant:
            found.append(
                Problem("grid", variant.label, f"something else than {twin.label}", "they are the same scenario")
            )
    return found


def _refuse_over_budget(variants: Sequence[Variant]) -> None:
    problems: list[Problem] = []
    for variant in variants:
        try:
            checks.refuse_over_budget(variant.scenario, expected_requests(variant.scenario))
        except BudgetError as error:
            problems += error.problems
    if problems:
        raise BudgetError(_gathered(problems))


def _gathered(problems: Sequence[Problem]) -> list[Problem]:
    """Tell the same problem of several values once, with all that came."""
    came: dict[tuple[str, str, str], list[str]] = {}
    first: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        key = (problem.path, problem.allowed, problem.message)
        first.setdefault(key, problem)
        if problem.came not in came.setdefault(key, []):
            came[key].append(problem.came)
    return [
        replace(problem, came="; ".join(came[key][:3] + ["…"] * (len(came[key]) > 3))) for key, problem in first.items()
    ]


def as_word(value: object) -> str:
    """Write a value of an axis as it would be typed.

    >>> as_word("ecs-ec2"), as_word([1, 2]), as_word(None)
    ('ecs-ec2', '[1, 2]', 'null')
    """
    return value if isinstance(value, str) else json.dumps(value, default=str)


def label_of(axes: Sequence[Axis], values: Sequence[Any], leave_out: int | None = None) -> str:
    """Write a variant's values with their paths.

    >>> label_of([Axis("zones", (2, 3)), Axis("traffic.rps", (5, 9))], (3, 5))
    'zones=3, traffic.rps=5'
    """
    pairs = zip(axes, values, strict=True)
    return ", ".join(f"{axis.path}={as_word(value)}" for i, (axis, value) in enumerate(pairs) if i != leave_out)
