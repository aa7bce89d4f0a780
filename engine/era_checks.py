"""A scenario in the talk's time: the defaults that it had, and what it cannot ask for because it did not exist.

All of it works on plain data, by the paths that data/eras.yaml names. A scenario of today passes through untouched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import launch
from engine.era import Era
from engine.errors import Problem
from engine.flips import Flip, Setting, flips, same_path

if TYPE_CHECKING:
    from engine.scenario import Scenario

_NOT_SAID = object()
NOT_THEN = "early 2020 did not have this"


@dataclass(frozen=True, slots=True)
class Barred:
    """Something that a scenario asks for and that did not exist: where, and which flip brought it."""

    flip: Flip
    path: str
    problem: Problem


def problems(scenario: Scenario) -> list[Problem]:
    """List what a scenario of the talk's time cannot ask for, each with the date on which it came."""
    return [one.problem for one in barred(scenario.model_dump(mode="json"))] if scenario.era == "talk" else []


def barred(data: Mapping[str, Any]) -> list[Barred]:
    """List what did not exist in early 2020 of what a scenario asks for, whatever time it is set in. data: all of it, plain."""
    kind = launch.launch_type(data["launch_type"])
    found = []
    for flip in flips():
        if flip.launch_type == kind.name:
            there = ", ".join(one.name for one in launch.launch_types().values() if one.existed("talk"))
            found.append(_barred(flip, "launch_type", kind.name, there))
        for number, operation in enumerate(data.get("operations", ())):
            if operation["do"] in flip.does:
                found.append(_barred(flip, f"operations.{number}.do", operation["do"], "another operation"))
        for setting in flip.settings:
            if concerns(setting, kind):
                found += [
                    _barred(flip, path, _written(value), _allowed(setting))
                    for path, value in _at(data, setting.path)
                    if value is not _NOT_SAID and not may_stand(setting, value)
                ]
    return found


def flip_of(problem: Problem) -> Flip | None:
    """Give the flip that a problem is about; None for a problem of any time."""
    if not problem.message.startswith(NOT_THEN):
        return None
    for flip in flips():
        if problem.path == "launch_type" and flip.launch_type == problem.came:
            return flip
        if problem.path.endswith(".do") and problem.came in flip.does:
            return flip
        if any(same_path(setting.path, problem.path) for setting in flip.settings):
            return flip
    return None


def concerns(setting: Setting, kind: launch.LaunchType) -> bool:
    """Say whether a setting's flip is about a launch type."""
    return not setting.only or bool({kind.name, kind.orchestrator, kind.hosts} & set(setting.only))


def may_stand(setting: Setting, value: Any) -> bool:
    """Say whether a value could be chosen in early 2020."""
    match setting.kind:
        case "then":
            return bool(value == setting.value)
        case "never":
            return value not in setting.value
        case "most":
            return bool(value <= setting.value)
        case "least":
            return bool(value >= setting.value)
        case "among":
            names = value if isinstance(value, list | tuple) else [value]
            return all(str(name).partition(".")[0] in setting.value for name in names)
        case "default" | "gone":
            return True


def filled(given: object) -> object:
    """Fill in the talk's defaults where a scenario of the talk's time says nothing; anything else comes back as it is."""
    if not isinstance(given, Mapping) or given.get("era") != "talk":
        return given
    data: dict[str, Any] = deepcopy(dict(given))
    data.setdefault("services", [{}])  # one service at its defaults, which has to be asked too
    for setting in _with_defaults():
        for path, value in list(_at(data, setting.path, may_be_missing=True)):
            if value is _NOT_SAID and setting.now is not None:  # else the field's own default is the talk's already
                _put(data, path, setting.value)
    return data


def moved(data: dict[str, Any], era: Era) -> dict[str, Any]:
    """Take a whole scenario to the other time: what was no choice then stands as it stood, and defaults follow the era."""
    data["era"] = era
    for setting in _with_defaults():
        for path, value in list(_at(data, setting.path)):
            if era == "talk" and (setting.kind == "then" or value == setting.now):
                _put(data, path, setting.value)
            elif era == "today" and setting.now is not None and value == setting.value:
                _put(data, path, setting.now)
    return data


def outspoken(said: dict[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    """Say aloud what stands at today's default where the talk's is another one: left out, it would be read as the talk's."""
    for setting in _with_defaults():
        for path, value in _at(whole, setting.path):
            if setting.now is not None and value == setting.now:
                _put(said, path, value)
    return said


def _with_defaults() -> list[Setting]:
    return [setting for flip in flips() for setting in flip.settings if setting.kind in ("then", "default")]


def _at(data: Any, pattern: str, under: str = "", *, may_be_missing: bool = False) -> Iterator[tuple[str, Any]]:
    """Walk to every place that a pattern names: its path, and what stands there.

    may_be_missing: groups of settings that are not there are walked into all the same; lists that are not there hold nobody.
    """
    step, _, rest = pattern.partition(".")
    if step == "*":
        for number, member in enumerate(data if isinstance(data, list | tuple) else ()):
            yield from _at(member, rest, f"{under}{number}.", may_be_missing=may_be_missing)
        return
    if not isinstance(data, Mapping):
        return
    inner = data.get(step, _NOT_SAID)
    if not rest:
        yield f"{under}{step}", inner
    elif inner is not _NOT_SAID or (may_be_missing and not rest.startswith("*")):
        yield from _at({} if inner is _NOT_SAID else inner, rest, f"{under}{step}.", may_be_missing=may_be_missing)


def _put(data: Any, path: str, value: Any) -> None:
    """Set a value at a path of keys and numbers, making the groups that are missing."""
    *steps, last = path.split(".")
    for step in steps:
        data = data[int(step)] if isinstance(data, list) else data.setdefault(step, {})
    data[last] = value


def _barred(flip: Flip, path: str, came: str, allowed: str) -> Barred:
    when = f"it came in {flip.since}" if flip.since else "it came later"
    return Barred(flip, path, Problem(path, came, allowed, f"{NOT_THEN}: {when}"))


def _allowed(setting: Setting) -> str:
    match setting.kind:
        case "most":
            return f"up to {setting.value:,}"
        case "least":
            return f"{setting.value:,} or more"
        case "never":
            return f"anything but {', '.join(setting.value)}"
        case _:
            return _written(setting.value)


def _written(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
