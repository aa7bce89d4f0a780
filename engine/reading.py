"""From text to scenario and back: files, links, dotted paths; and what is wrong, all of it at once."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from engine import checks
from engine.errors import Problem, ScenarioError

MAX_TEXT = 2_000_000  # characters
MAX_TOKEN = 200_000
_VERSION = "1"
# The loader trips over some malformed tags and numbers in its own ways; whatever it says, the text cannot be read.
_UNREADABLE = (yaml.YAMLError, RecursionError, ValueError, TypeError, AttributeError, OverflowError, LookupError)
_TAGS = frozenset((*checks.OPERATIONS, *checks.CONSENSUS_OPERATIONS, *checks.PIPELINE_TAGS))


class _Loader(yaml.SafeLoader):
    """YAML without aliases (a small file could grow to gigabytes), merges, and keys given twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias (*name) is not allowed in a scenario")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.YAMLError(f"line {key.start_mark.line + 1}: a key that can be read is one word")
            if key.value in seen or key.tag == "tag:yaml.org,2002:merge":
                raise yaml.YAMLError(f"line {key.start_mark.line + 1}: {key.value} stands twice, or merges")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def parse(text: str) -> object:
    """Read YAML, of which JSON is a part."""
    if len(text) > MAX_TEXT:
        raise _one("file", f"{len(text):,} characters", f"up to {MAX_TEXT:,}", "the file is too large")
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader with fewer features
    except _UNREADABLE as error:
        where = getattr(error, "problem_mark", None)
        place = f"line {where.line + 1}, column {where.column + 1}" if where else "file"
        what = getattr(error, "problem", None) or str(error) or "nested too deeply"
        raise _one(place, "text that cannot be read", "YAML or JSON", str(what)) from None


def marks(text: str) -> dict[tuple[str, ...], int]:
    """Say on which line each setting of a text stands, from 1 on, by its path; nothing where the text cannot be read."""
    found: dict[tuple[str, ...], int] = {}
    try:
        _mark(yaml.compose(text[:MAX_TEXT], _Loader), (), found)
    except _UNREADABLE:
        return {}
    return found


def _mark(node: Any, path: tuple[str, ...], found: dict[tuple[str, ...], int]) -> None:
    """Note a node's line, and those of all below it."""
    found.setdefault(path, node.start_mark.line + 1 if node is not None else 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, str(key.value))
            found[inner] = key.start_mark.line + 1
            _mark(value, inner, found)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _mark(value, (*path, str(number)), found)


R = TypeVar("R", bound=BaseModel)
Find = Callable[[R], list[Problem]]


def check(model: type[R], given: object, find: Find[R]) -> R:
    """Build the record, or raise every problem: fields first, then what does not go together, as `find` finds it."""
    if not isinstance(given, Mapping):
        raise _one("file", type(given).__name__, "a mapping of settings", "a scenario is a mapping")
    strangers = [key for key in given if not isinstance(key, str)]
    if strangers:
        raise ScenarioError(
            Problem(_short(key), _short(key), "a word", "a setting's name is a word") for key in strangers
        )
    try:
        built = validated(model, given)
    except ValidationError as error:
        raise ScenarioError([*explained(error, model), *_problems_of_the_rest(model, given, error, find)]) from None
    if found := find(built):
        raise ScenarioError(found)
    return built


def validated(model: type[R], given: object) -> R:
    """Build a record. Raises ValidationError, and ScenarioError for half a sign of UTF-16, over which pydantic trips."""
    try:
        return model.model_validate(given)
    except UnicodeEncodeError as error:
        raise _one("file", ascii(error.object[error.start]), "text", "half a sign is no text") from None


def explained(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """Say what pydantic found wrong, all of it, in words; also for records other than a scenario."""
    return [_explain(e, model) for e in _own(error.errors(include_url=False))]


def _own(errors: list[Any]) -> list[Any]:
    """Leave out "too short" where the list is short only because its members are wrong."""
    return [
        e
        for e in errors
        if e["type"] != "too_short" or not any(o is not e and o["loc"][:1] == e["loc"] for o in errors)
    ]


def _problems_of_the_rest(
    model: type[R], given: Mapping[str, Any], error: ValidationError, find: Find[R]
) -> list[Problem]:
    """Find what does not go together in what is left when bad values are dropped, under the paths of the file."""
    kept = _copied(given)
    # A list's members that are dropped shift the others: remember who was who.
    places = {
        name: list(range(len(kept[name]))) for name in ("operations", "services") if isinstance(kept.get(name), list)
    }
    for _ in range(20):
        steps = [[step for step in e["loc"] if not _is_tag(step)] for e in error.errors(include_url=False)]
        if [] in steps:  # a name that is no text (half a sign): there is no place to drop it from
            return []
        for path in sorted(steps, key=lambda path: [(isinstance(step, int), step) for step in path], reverse=True):
            _drop(kept, path, places)
        try:
            built = validated(model, kept)
        except ValidationError as again:
            error = again
            continue
        return [_renumbered(problem, places) for problem in find(built) if _is_of_the_file(problem, places)]
    return []


def _is_of_the_file(problem: Problem, places: Mapping[str, list[int]]) -> bool:
    """Tell what the file says from a member that stands in for those that were dropped."""
    name, _, rest = problem.path.partition(".")
    number = rest.partition(".")[0]
    return name not in places or not number.isdecimal() or int(number) < len(places[name])


def _renumbered(problem: Problem, places: Mapping[str, list[int]]) -> Problem:
    """Name the member of the file, not of what was left of it."""
    name, _, rest = problem.path.partition(".")
    number, dot, field = rest.partition(".")
    if name not in places or not number.isdecimal():
        return problem
    return replace(problem, path=f"{name}.{places[name][int(number)]}{dot}{field}")


def _copied(tree: Any) -> Any:
    """Copy mappings and lists; leave the rest as it is."""
    if isinstance(tree, Mapping):
        return {key: _copied(value) for key, value in tree.items()}
    return [_copied(value) for value in tree] if isinstance(tree, list | tuple) else tree


def _drop(kept: Any, path: list[Any], places: dict[str, list[int]]) -> None:
    """Remove the value at the path, or the nearest thing above it that exists."""
    whole, gone = kept, list(path)
    for depth, step in enumerate(path[:-1]):
        inner = _inside(kept, step)
        if not isinstance(inner, dict | list):
            gone = path[: depth + 1]
            break
        kept = inner
    last = gone[-1]
    if isinstance(kept, dict):
        if last not in kept and len(gone) > 1:  # something is missing here: what lacks it has to go
            _drop(whole, gone[:-1], places)
        kept.pop(last, None)
    elif isinstance(kept, list) and isinstance(last, int) and last < len(kept):
        kept.pop(last)
        if len(gone) == 2 and gone[0] in places:
            places[gone[0]].pop(last)


def _inside(kept: Any, step: Any) -> Any:
    """Step into a mapping or a list; None where there is nothing."""
    if isinstance(kept, dict):
        return kept.get(step)
    return kept[step] if isinstance(step, int) and step < len(kept) else None


def _is_tag(part: object) -> bool:
    """Tell the name of a union's member, which pydantic puts into the path, from a key of the file."""
    return isinstance(part, str) and part in _TAGS


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
        if kind.startswith("union_tag"):
            known = (_schema_at(model, error["loc"]) or {}).get("discriminator", {}).get("mapping", {})
            what = (
                "`kind` must name a service"
                if "'kind'" in str(limits.get("discriminator"))
                else "`do` must name an operation"
            )
            return Problem(path, came, ", ".join(known), what)
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
            if high is None:
                span = f"{low:,} or more" if "minimum" in option else f"above {low:,}"
            elif low is None:
                span = f"up to {high:,}" if "maximum" in option else f"below {high:,}"
            else:
                span = f"{'above ' if 'exclusiveMinimum' in option else ''}{low:,} to {high:,}"
            return f"{span} {schema.get('unit', '')}".strip()
    if schema.get("examples"):
        return f"such as {schema['examples'][0]}"
    return str(schema.get("pattern") or schema.get("type") or error["msg"])


def _schema_at(model: type[BaseModel], path: Iterable[Any]) -> dict[str, Any] | None:
    """Walk the JSON Schema down a path of keys, list positions and operation names."""
    whole = _schema(model)
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


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """Write the JSON Schema once: it takes longer than a run."""
    return model.model_json_schema()


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
    try:
        text = repr(value)
    except ValueError:  # a number of thousands of digits
        text = "a number of thousands of digits"
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
    if not word.startswith(_VERSION) or len(word) > MAX_TOKEN or not word.isascii():
        raise problem
    body = word[1:]
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        opener = zlib.decompressobj()
        text = opener.decompress(packed, MAX_TEXT)
        if opener.unconsumed_tail or opener.unused_data or not opener.eof or "=" in body:
            raise problem
        return json.loads(text)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise problem from None


# --- files and paths -------------------------------------------------------------------------------------------------


def to_yaml(scenario: BaseModel) -> str:
    """Write what differs from the defaults, in the fields' order."""
    return written(scenario.model_dump(mode="json", exclude_defaults=True))


def written(data: Mapping[str, Any]) -> str:
    """Write plain data as YAML that is read back the same."""
    data = dict(data)
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
    # PyYAML writes a few odd signs so that it cannot read them back: those it must spell out.
    return text if yaml.safe_load(text) == data else yaml.safe_dump(data, sort_keys=False, width=100)


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
