"""Hold a definition against ECS's own model (botocore's RegisterTaskDefinitionRequest).

A value of the wrong type that can only mean one thing ("256" for 256, a word for a list of one) is read as that, and noted: the
AWS command line would refuse it. One that means nothing is left out and reported. Members are found whatever their capitals
are, since CloudFormation writes ContainerDefinitions where the API writes containerDefinitions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from engine.importers.findings import Finding, Unknown, listed, short

_PLACEHOLDER = re.compile(r"\$\{?\w|\{\{|<[A-Za-z_]|%\w+%|@\w+@|__\w+__")
_INTEGERS = 2**31
_OTHER_NAMES = {"ProxyConfigurationProperties": "properties"}  # where CloudFormation has another word than the API
_MAY_BE_ABSENT = {"family"}  # CloudFormation makes one up, and --family may bring it


class _Absent:
    """Nothing was given, or nothing that could be used."""


ABSENT: Final = _Absent()


@cache
def request() -> Any:
    """Load the request's shape from the installed botocore itself, never from a user's own model folder."""
    return _model().operation_model("RegisterTaskDefinition").input_shape


@cache
def only_described() -> frozenset[str]:
    """Name what describe-task-definition adds to a definition, such as its revision: nothing to register, nothing wrong."""
    described = _model().operation_model("DescribeTaskDefinition").output_shape.members["taskDefinition"]
    return frozenset(name.casefold() for name in set(described.members) - set(request().members))


@cache
def _model() -> Any:
    from botocore.loaders import Loader  # noqa: PLC0415 - most refusals come before the model is asked for
    from botocore.model import ServiceModel  # noqa: PLC0415 - the same

    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    return ServiceModel(loader.load_service_model("ecs", "service-2"), "ecs")


class Fitter:
    """Fits one tree into the shape. `coerces`: CloudFormation itself turns "256" into 256, so that is no remark there."""

    def __init__(self, *, coerces: bool) -> None:
        """Begin with nothing noted."""
        self.coerces = coerces
        self.places: dict[str, list[str]] = defaultdict(list)

    def definition(self, tree: Mapping[str, Any]) -> dict[str, Any]:
        """Give the tree with the API's own names and types."""
        kept = {key: value for key, value in tree.items() if str(key).casefold() not in only_described()}
        return dict(self._structure(request(), kept, ""))

    def noted(self, *codes: str) -> tuple[Finding, ...]:
        """Give what was noted under these codes, the places joined."""
        return tuple(Finding(code, listed(self.places[code])) for code in codes if self.places.get(code))

    def _fit(self, shape: Any, value: Any, path: str) -> Any:
        if value is None:
            self.places["null"].append(path)
            return ABSENT
        if isinstance(value, Unknown):
            return value
        match shape.type_name:
            case "structure":
                return self._structure(shape, value, path) if isinstance(value, Mapping) else self._bad(path, value)
            case "list":
                return self._list(shape, value, path)
            case "map":
                return self._map(shape, value, path)
            case "string":
                return self._string(shape, value, path)
            case "boolean":
                return self._boolean(value, path)
            case _:
                return self._integer(value, path)

    def _structure(self, shape: Any, value: Mapping[str, Any], path: str) -> dict[str, Any]:
        names = {name.casefold(): name for name in shape.members}
        table: dict[str, Any] = {}
        told: set[str] = set()  # given, and reported as bad
        for key, inner in value.items():
            plain = _OTHER_NAMES.get(str(key), str(key))
            name = plain if plain in shape.members else names.get(plain.casefold())
            place = f"{path}.{name or str(key)[:40]}".lstrip(".")
            if name is None:
                self.places["stranger"].append(place)
                continue
            if name != plain and not self.coerces:
                self.places["capitals"].append(f"{place} ({str(key)[:40]})")
            found = self._fit(shape.members[name], inner, place)
            if found is not ABSENT:
                table[name] = found
            elif inner is not None and inner != "":
                told.add(name)
        for name in shape.required_members:
            if name not in table and name not in told and not (path == "" and name in _MAY_BE_ABSENT):
                self.places["missing_member"].append(f"{path}.{name}".lstrip("."))
        return table

    def _list(self, shape: Any, value: Any, path: str) -> Any:
        if isinstance(value, Mapping):
            value = self._pairs(shape, value, path)
        elif not isinstance(value, list):
            self._read_as(path, short(value), "[...]")
            value = [value]
        fitted = [self._fit(shape.member, inner, f"{path}.{place}") for place, inner in enumerate(value)]
        return [inner for inner in fitted if inner is not ABSENT]

    def _pairs(self, shape: Any, value: Mapping[str, Any], path: str) -> list[Any]:
        """Read {A: b} as [{name: A, value: b}] where the list holds such pairs, else as a list of one."""
        members = getattr(shape.member, "members", {})
        if set(members) == {"name", "value"} and not {str(key).casefold() for key in value} & set(members):
            self._read_as(path, "{...}", "[{name, value}, ...]")
            return [{"name": key, "value": inner} for key, inner in value.items()]
        self._read_as(path, "{...}", "[{...}]")
        return [value]

    def _map(self, shape: Any, value: Any, path: str) -> Any:
        if not isinstance(value, Mapping):
            return self._bad(path, value)
        fitted = {str(key): self._fit(shape.value, inner, f"{path}.{str(key)[:40]}") for key, inner in value.items()}
        return {key: inner for key, inner in fitted.items() if inner is not ABSENT}

    def _string(self, shape: Any, value: Any, path: str) -> Any:
        if isinstance(value, bool | int | float):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            self._read_as(path, short(value), f"'{text[:40]}'")
            value = text
        if not isinstance(value, str):
            return self._bad(path, value)
        allowed = getattr(shape, "enum", None)
        if not allowed or value in allowed:
            return value
        if path == "networkMode":  # it has a rule, and words, of its own
            return Unknown(value) if _PLACEHOLDER.search(value) else value
        return self._word(allowed, value, path)

    def _word(self, allowed: list[str], value: str, path: str) -> Any:
        if value == "":
            self.places["null"].append(path)
            return ABSENT
        if _PLACEHOLDER.search(value):
            return Unknown(value)
        near = [word for word in allowed if word.casefold() == value.casefold()]
        if near:
            self.places["capitals"].append(f"{path} ({short(value)})")
            return near[0]
        self.places["bad_value"].append(f"{path} = {short(value)}: {', '.join(allowed[:8])}")
        return ABSENT

    def _boolean(self, value: Any, path: str) -> Any:
        if isinstance(value, bool):
            return value
        read = {"true": True, "false": False, "1": True, "0": False}.get(str(value).strip().lower())
        if read is not None and isinstance(value, str | int):
            self._read_as(path, short(value), str(read).lower())
            return read
        return self._open(path, value)

    def _integer(self, value: Any, path: str) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return value if -_INTEGERS <= value < _INTEGERS else self._bad(path, value)
        text = str(value).strip() if isinstance(value, str | float) else ""
        if re.fullmatch(r"[+-]?[0-9]{1,9}(\.0{1,9})?", text):
            number = int(text.partition(".")[0])
            self._read_as(path, short(value), str(number))
            return number
        return self._open(path, value)

    def _open(self, path: str, value: Any) -> Any:
        """Tell a placeholder that nobody filled in from a value that means nothing; an empty text is as good as none."""
        if value == "":
            self.places["null"].append(path)
            return ABSENT
        if isinstance(value, str) and _PLACEHOLDER.search(value):
            return Unknown(value)
        return self._bad(path, value)

    def _read_as(self, path: str, came: str, read: str) -> None:
        if not self.coerces:
            self.places["read_as"].append(f"{path} ({came} -> {read})")

    def _bad(self, path: str, value: Any) -> _Absent:
        self.places["bad_value"].append(f"{path} = {short(value)}")
        return ABSENT
