"""From text to scenario and back: files, links, dotted paths; and what is wrong, all of it at once."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ValidationError

from engine import checks
from engine.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from engine.scenario import Scenario

MAX_TEXT = 2_000_000  # characters
MAX_TOKEN = 200_000
_VERSION = "1"


class _Loader(yaml.SafeLoader):
    """YAML without aliases (a small file could grow to gigabytes) and without keys given twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not allowed in a scenario")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.YAMLError(f"line {key.start_mark.line + 1}: {key.value} stands twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def parse(text: str) -> object:
    """Read YAML, of which JSON is a part."""
    if len(text) > MAX_TEXT:
        raise _one("file", f"{len(text):,} characters", f"up to {MAX_TEXT:,}", "the file is too large")
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader with fewer features
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        where = getattr(error, "problem_mark", None)
        place = f"line {where.line + 1}, column {where.column + 1}" if where else "file"
        what = getattr(error, "problem", None) or str(error) or "nested too deeply"
        raise _one(place, "text that cannot be read", "YAML or JSON", str(what)) from None


def check(model: type[Scenario], given: object) -> Scenario:
    """Build the record, or raise every problem: fields first, then what does not go together."""
    if not isinstance(given, Mapping):
        raise _one("file", type(given).__name__, "a mapping of settings", "a scenario is a mapping")
    try:
        built = model.model_validate(given)
    except ValidationError as error:
        problems = [_explain(e, model) for e in error.errors()]
        rest = salvage(model, given, error)
        raise ScenarioError([*problems, *(checks.problems(rest) if rest is not None else ())]) from None
    if found := checks.problems(built):
        raise ScenarioError(found)
    return built


def salvage(model: type[Scenario], given: Mapping[str, Any], error: ValidationError) -> Scenario | None:
    """Drop what cannot stand and build the rest, so that nothing else is lost; None if too little is left."""
    kept: Any = json.loads(json.dumps(given, default=str))
    for _ in range(50):
        for problem in sorted(error.errors(), key=lambda e: [str(p) for p in e["loc"]], reverse=True):
            _drop(kept, [p for p in problem["loc"] if not _is_tag(p)])
        try:
            return model.model_validate(kept)
        except ValidationError as again:
            error = again
    return None


def _drop(kept: Any, path: list[Any]) -> None:
    """Remove the value at the path, or the nearest thing above it that exists."""
    for step in path[:-1]:
        if (isinstance(kept, dict) and step in kept and isinstance(kept[step], dict | list)) or (
            isinstance(kept, list)
            and isinstance(step, int)
            and step < len(kept)
            and isinstance(kept[step], dict | list)
        ):
            kept = kept[step]
        else:
            path = [step]
            break
    last = path[-1]
    if isinstance(kept, dict):
        kept.pop(last, None)
    elif isinstance(kept, list) and isinstance(last, int) and last < len(kept):
        kept.pop(last)


def _is_tag(part: object) -> bool:
    """Tell the name of a union's member, which pydantic puts into the path, from a key of the file."""
    return isinstance(part, str) and part in checks.OPERATIONS


def _explain(error: Any, model: type[BaseModel]) -> Problem:
    """Say one of pydantic's findings in words a person can act on."""
    path = ".".join(str(part) for part in error["loc"] if not _is_tag(part)) or "file"
    kind = error["type"]
    came = _short(error.get("input"))
    limits = error.get("ctx", {})
    if kind == "extra_forbidden":
        names = ", ".join(_fields_at(model, error["loc"][:-1]))
        return Problem(path, came, names or "nothing of that name", "there is no setting of this name")
    if kind == "missing":
        return Problem(path, "nothing", "a value", "this setting is needed")
    if kind in {"value_error", "union_tag_invalid", "union_tag_not_found", "literal_error"}:
        allowed = str(limits.get("expected") or limits.get("expected_tags") or "see the message")
        if kind == "union_tag_not_found":
            return Problem(path, came, ", ".join(checks.OPERATIONS), "an operation needs `do`")
        return Problem(path, came, allowed, error["msg"].removeprefix("Value error, "))
    return Problem(path, came, _allowed(model, error), error["msg"].removeprefix("Input should be "))


def _allowed(model: type[BaseModel], error: Any) -> str:
    """Give the field's whole range, in its unit, not only the side that was overstepped."""
    schema = _schema_at(model, error["loc"])
    if schema is None:
        return str(error["msg"])
    options = [schema, *schema.get("anyOf", [])]
    for option in options:
        low = option.get("minimum", option.get("exclusiveMinimum"))
        high = option.get("maximum", option.get("exclusiveMaximum"))
        if low is not None or high is not None:
            above = "above " if "exclusiveMinimum" in option else ""
            return f"{above}{low:,} to {high:,} {schema.get('unit', '')}".strip()
    return str(schema.get("pattern") or schema.get("type") or error["msg"])


def _schema_at(model: type[BaseModel], path: Iterable[Any]) -> dict[str, Any] | None:
    """Walk the JSON Schema down a path of keys, list positions and operation names."""
    whole = model.model_json_schema()
    here: Any = whole
    for part in path:
        here = _resolved(whole, here)
        if isinstance(part, int):
            here = here.get("items")
        elif _is_tag(part):
            here = here.get("discriminator", {}).get("mapping", {}).get(part)
            here = {"$ref": here} if isinstance(here, str) else None
        else:
            here = here.get("properties", {}).get(part)
        if here is None:
            return None
    unit = here.get("unit")
    found = _resolved(whole, here)
    return found | ({"unit": unit} if unit else {})


def _resolved(whole: dict[str, Any], here: dict[str, Any]) -> dict[str, Any]:
    """Follow references, and into the one member of an optional."""
    while True:
        if "$ref" in here:
            here = whole["$defs"][here["$ref"].rsplit("/", 1)[-1]]
        elif "anyOf" in here and any("$ref" in option for option in here["anyOf"]):
            here = next(option for option in here["anyOf"] if "$ref" in option)
        else:
            return here


def _fields_at(model: type[BaseModel], path: Iterable[Any]) -> list[str]:
    """Name the settings that exist where an unknown one was given."""
    schema = _schema_at(model, path)
    return sorted((schema or {}).get("properties", {}))


def _short(value: object) -> str:
    """Show what came, in few words."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _one(path: str, came: str, allowed: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(path, came, allowed, message)])


# --- links -----------------------------------------------------------------------------------------------------------


def token(data: Mapping[str, Any]) -> str:
    """Pack plain data for a URL: JSON, deflated, in the URL-safe alphabet, with a version before it."""
    packed = zlib.compress(json.dumps(data, separators=(",", ":"), sort_keys=True).encode(), 9)
    return _VERSION + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def untoken(word: str) -> object:
    """Unpack a link's word; a broken one, or one that unfolds to megabytes, is refused in plain words."""
    problem = _one("link", _short(word), "a link copied from this page", "the link is damaged or cut short")
    if not word.startswith(_VERSION) or len(word) > MAX_TOKEN:
        raise problem
    body = word[1:]
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        opener = zlib.decompressobj()
        text = opener.decompress(packed, MAX_TEXT)
        if opener.unconsumed_tail or not opener.eof:
            raise problem
        return json.loads(text)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise problem from None


# --- files and paths -------------------------------------------------------------------------------------------------


def to_yaml(scenario: BaseModel) -> str:
    """Write what differs from the defaults, in the fields' order."""
    data = scenario.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100) if data else "{}\n"


def put(data: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Set one value by its dotted path; a list's member is named by its number or its `name`."""
    here: Any = data
    steps = path.split(".")
    for depth, step in enumerate(steps):
        last = depth == len(steps) - 1
        if isinstance(here, list):
            found = _member(here, step)
            if found is None:
                names = [m["name"] if isinstance(m, dict) and "name" in m else str(i) for i, m in enumerate(here)]
                raise _one(".".join(steps[: depth + 1]), step, ", ".join(names) or "nothing", "there is no such member")
            if last:
                here[found] = value
            else:
                here = here[found]
        elif isinstance(here, dict):
            if last:
                here[step] = value
            else:
                if here.get(step) is None:
                    here[step] = {}
                here = here[step]
        else:
            raise _one(
                ".".join(steps[:depth]), _short(here), "a group of settings", f"{step!r} cannot be set inside it"
            )
    return data


def _member(members: list[Any], step: str) -> int | None:
    """Find a list's member by number or name."""
    for number, member in enumerate(members):
        if isinstance(member, dict) and member.get("name") == step:
            return number
    return int(step) if step.isdecimal() and int(step) < len(members) else None
