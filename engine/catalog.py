"""The shelf: data/ as typed records. The only module of the engine that opens a data file.

Everything is read once, checked once and handed out frozen. A file that does not hold what it should raises
`CatalogError` with its name and the row, at the first touch and not in the middle of a run.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args

import yaml

from engine.errors import CatalogError
from engine.rows import Row, rows

DATA = Path(__file__).resolve().parent.parent / "data"

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Basis = Literal["documented", "measured", "assumed"]
Value: TypeAlias = "bool | int | float | str | tuple[Value, ...] | Mapping[Any, Value] | None"

# C-speed where PyYAML was built with libyaml: 394 facts in 40 ms, not 300.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "days": 86400.0}
# github:owner/name@commit (date) path:line, where date, path and line may be missing.
_PINNED = re.compile(r"github:([\w.-]+/[\w.-]+)@([0-9a-f]+)(?:\s+(?:\([\d-]+\)\s+)?([\w./-]+\.\w+)(?::(\d+))?)?")
_NAME = re.compile(r"[a-z0-9][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known about AWS: what it says, how much, who says so, and when."""

    id: str
    says: str
    says_es: str | None
    system: str
    value: Value
    unit: str
    source: str
    as_of: str
    basis: Basis
    slide: str | None
    changed_since_talk: str | None

    def text(self, lang: str) -> str:
        """Say it in the page's language where it has been translated, else in the source's own."""
        return self.says_es if lang == "es" and self.says_es else self.says

    @property
    def link(self) -> str | None:
        """Point a browser at the source, at the very commit; None where the source has no address.

        >>> fact("ecs.agent.acs_heartbeat_timeout").link.rsplit("/", 1)[-1]
        'session.go#L42'
        """
        if address := re.search(r"https?://[^\s;,)]+", self.source):
            return address[0]
        if pinned := _PINNED.search(self.source):
            repo, commit, path, line = pinned.groups()
            place = f"blob/{commit}/{path}" if path else f"tree/{commit}"
            return f"https://github.com/{repo}/{place}" + (f"#L{line}" if line else "")
        if bare := re.search(r"github(?::|\.com/)([\w.-]+/[\w.-]+)", self.source):
            return f"https://github.com/{bare[1]}"
        return None


@dataclass(frozen=True, slots=True)
class InstanceType:
    """One EC2 instance type: what fits on it, and what an hour of it costs."""

    name: str
    vcpu: int
    memory_mib: int
    arch: str
    enis: int
    ipv4_per_eni: int
    trunking: bool
    branch_enis: int
    max_pods: int
    network_mbps: int
    usd_per_hour: float
    region: str
    source: str
    as_of: str

    @property
    def cpu_units(self) -> int:
        """Count in ECS's unit: 1024 to the vCPU."""
        return self.vcpu * int(number("ecs.placement.cpu_unit"))


@dataclass(frozen=True, slots=True)
class EniLimits:
    """What AWS lets one EC2 instance type attach: interfaces on its default network card, IPv4 addresses on each."""

    name: str
    enis: int
    ipv4_per_eni: int
    source: str
    as_of: str


@dataclass(frozen=True, slots=True)
class FargateSize:
    """One pair of CPU and memory that Fargate accepts. `since` is the month it came, empty if before the talk."""

    cpu_units: int
    memory_mib: int
    since: str
    source: str
    as_of: str


# --- facts -----------------------------------------------------------------------------------------------------------


@cache
def facts() -> Mapping[str, Fact]:
    """Give every fact, by id, in the file's order."""
    return MappingProxyType({str(name): _fact(str(name), row) for name, row in _read_yaml("facts.yaml").items()})


def by_basis(some: Iterable[Fact]) -> dict[Basis, int]:
    """Count facts by what they rest on; what none of them rests on is there with 0."""
    counts: dict[Basis, int] = dict.fromkeys(get_args(Basis), 0)
    for one in some:
        counts[one.basis] += 1
    return counts


def fact(name: str) -> Fact:
    """Look one fact up; a citation that nobody wrote down is our bug and says so."""
    try:
        return facts()[name]
    except KeyError:
        raise CatalogError(f"facts.yaml: no fact is called {name!r}") from None


def value(name: str, *keys: str | float) -> Value:
    """Take a fact's value, or what stands at `keys` inside it.

    >>> value("elb.alb.detect_time", "out_s", 1)
    65
    """
    found: Any = fact(name).value
    for key in keys:
        try:
            found = found[key]
        except (KeyError, IndexError, TypeError):
            raise CatalogError(f"facts.yaml {name}: nothing at {key!r} in {found!r}") from None
    return found  # type: ignore[no-any-return]  # walked through nested, frozen containers: checked by number() and seconds()


def number(name: str, *keys: str | float) -> float:
    """Take a number: a fact that holds none (or a yes or no) is refused.

    >>> number("fargate.price.x86_vcpu_h")
    0.04048
    """
    found = value(name, *keys)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise CatalogError(f"facts.yaml {name}: a number is needed, got {found!r}")
    return float(found)


def seconds(name: str, *keys: str | float) -> float:
    """Take a duration in seconds, whatever unit it was published in.

    A key that ends in a unit (`out_s`, `min_ms`) decides; else the first word of the fact's unit does.

    >>> seconds("ecs.sas.alarm_out"), seconds("ecs.agent.acs_backoff", "min_ms")
    (180.0, 0.25)
    """
    named = [str(key).rsplit("_", 1)[-1] for key in keys if isinstance(key, str) and "_" in key]
    unit = named[-1] if named else re.split(r"\W", fact(name).unit, maxsplit=1)[0]
    if unit not in _SECONDS:
        raise CatalogError(f"facts.yaml {name}: a time is needed ({', '.join(_SECONDS)}), its unit is {unit!r}")
    return number(name, *keys) * _SECONDS[unit]


def _fact(name: str, row: Any, where: str = "facts.yaml") -> Fact:
    """Check one entry of facts.yaml, or of a table's notes, and freeze it."""
    if not isinstance(row, dict):
        raise CatalogError(f"{where} {name}: a mapping is needed, got {row!r}")
    allowed = {field.name for field in fields(Fact)} - {"id"}
    if strangers := sorted(set(row) - allowed):
        raise CatalogError(f"{where} {name}: no such field: {', '.join(strangers)}")
    for field in ("says", "system", "unit", "source", "as_of", "basis"):
        if not isinstance(row.get(field), str) or not row[field]:
            raise CatalogError(f"{where} {name}: {field} must be a text, got {row.get(field)!r}")
    if row["basis"] not in get_args(Basis):
        raise CatalogError(f"{where} {name}: basis must be one of {get_args(Basis)}, got {row['basis']!r}")
    if "value" not in row:
        raise CatalogError(f"{where} {name}: value is missing (null where nobody publishes one)")
    return Fact(
        id=name,
        says=row["says"],
        says_es=row.get("says_es"),
        system=row["system"],
        value=_frozen(row["value"]),
        unit=row["unit"],
        source=row["source"],
        as_of=row["as_of"],
        basis=row["basis"],
        slide=row.get("slide"),
        changed_since_talk=row.get("changed_since_talk"),
    )


# --- tables ----------------------------------------------------------------------------------------------------------


@cache
def instance_types() -> Mapping[str, InstanceType]:
    """Give the EC2 instance types, by name, in the file's order: families together, small to large."""
    table: dict[str, InstanceType] = {}
    for row in _read_csv("catalog/instance_types.csv", InstanceType):
        name = row.text("name")
        if name in table:
            raise CatalogError(f"{row.where}: {name} stands twice")
        table[name] = InstanceType(
            name=name,
            vcpu=row.count("vcpu"),
            memory_mib=row.count("memory_mib"),
            arch=row.one_of("arch", "amd64", "arm64"),
            enis=row.count("enis"),
            ipv4_per_eni=row.count("ipv4_per_eni"),
            trunking=row.one_of("trunking", "yes", "no") == "yes",
            branch_enis=row.count("branch_enis", least=0),
            max_pods=row.count("max_pods"),
            network_mbps=row.count("network_mbps"),
            usd_per_hour=row.above_zero("usd_per_hour"),
            region=row.text("region"),
            source=row.text("source"),
            as_of=row.text("as_of"),
        )
    return MappingProxyType(table)


@cache
def instance_families() -> tuple[str, ...]:
    """Name the families of the instance types, sorted."""
    return tuple(sorted({name.partition(".")[0] for name in instance_types()}))


def instance_type(name: str) -> InstanceType:
    """Look one instance type up."""
    try:
        return instance_types()[name]
    except KeyError:
        raise CatalogError(f"catalog/instance_types.csv: no instance type is called {name!r}") from None


@cache
def eni_limits() -> Mapping[str, EniLimits]:
    """Give the network limits of every EC2 instance type that the VPC CNI knows, priced here or not, by name."""
    table: dict[str, EniLimits] = {}
    for row in _read_csv("catalog/eni_limits.csv", EniLimits):
        name = row.text("name")
        if name in table:
            raise CatalogError(f"{row.where}: {name} stands twice")
        table[name] = EniLimits(
            name=name,
            enis=row.count("enis"),
            ipv4_per_eni=row.count("ipv4_per_eni"),
            source=row.text("source"),
            as_of=row.text("as_of"),
        )
    return MappingProxyType(table)


@cache
def fargate_sizes() -> tuple[FargateSize, ...]:
    """Give the pairs of CPU and memory that Fargate accepts, smallest first."""
    table = tuple(
        FargateSize(
            cpu_units=row.count("cpu_units"),
            memory_mib=row.count("memory_mib"),
            since=row.text("since", may_be_empty=True),
            source=row.text("source"),
            as_of=row.text("as_of"),
        )
        for row in _read_csv("catalog/fargate_sizes.csv", FargateSize)
    )
    pairs = [(size.cpu_units, size.memory_mib) for size in table]
    if pairs != sorted(set(pairs)):
        raise CatalogError("catalog/fargate_sizes.csv: sizes must stand once each, smallest first")
    return table


def is_fargate_size(cpu_units: int, memory_mib: int, on: str | None = None) -> bool:
    """Say whether Fargate sells this pair of CPU and memory; `on`: on that day (2023-06-15), else today.

    >>> is_fargate_size(32768, 122880), is_fargate_size(32768, 122880, on="2023-06-15")
    (True, False)
    """
    return any(
        (size.cpu_units, size.memory_mib) == (cpu_units, memory_mib) and (on is None or size.since <= on)
        for size in fargate_sizes()
    )


@cache
def eras() -> Mapping[str, Any]:
    """Give data/eras.yaml as plain mappings: `engine.era` and `engine.flips` give the rows their meaning."""
    return _read_yaml("eras.yaml")


def launch_type_rows() -> Mapping[str, Any]:
    """Give data/launch_types.yaml as plain mappings: `engine.launch` gives the rows their meaning."""
    return _read_yaml("launch_types.yaml")


# --- scenarios and texts ---------------------------------------------------------------------------------------------


def scenario_files() -> tuple[str, ...]:
    """Name the scenarios that come with the project: file names in data/scenarios/ without their ending."""
    return tuple(sorted(path.stem for path in (DATA / "scenarios").glob("*.yaml")))


def scenario_text(name: str) -> str:
    """Read one of our own scenarios. The name is looked up in the listing, never made into a path."""
    if name not in scenario_files():
        raise CatalogError(f"data/scenarios: no scenario is called {name!r}; there are {', '.join(scenario_files())}")
    return (DATA / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")


def pipeline_text(name: str) -> str:
    """Read one of our own pipelines (data/pipelines/). The name is our own, never a visitor's."""
    if not _NAME.fullmatch(name):
        raise CatalogError(f"data/pipelines: {name!r} is no pipeline's name")
    return _read(f"pipelines/{name}.yaml")


def organisation_text(name: str) -> str:
    """Read one of our own organisations (data/delivery/), for `engine.delivery`."""
    if not _NAME.fullmatch(name):
        raise CatalogError(f"data/delivery: {name!r} is no organisation's name")
    return _read(f"delivery/{name}.yaml")


def definition_text(name: str) -> str:
    """Read one of our own task definitions (data/definitions/), for those who have none at hand."""
    if not _NAME.fullmatch(name):
        raise CatalogError(f"data/definitions: {name!r} is no definition's name")
    return _read(f"definitions/{name}.json")


def manifest_text(name: str) -> str:
    """Read one of our own manifests for Kubernetes (data/definitions/)."""
    if not _NAME.fullmatch(name):
        raise CatalogError(f"data/definitions: {name!r} is no manifest's name")
    return _read(f"definitions/{name}.yaml")


@cache
def ours() -> Mapping[str, Any]:
    """Load how this dashboard itself is deployed and under which load: what deploy/ holds, and what it cannot say."""
    return _read_yaml("ours.yaml")


def deployment_text(name: str) -> str:
    """Read one file of deploy/, or all manifests of a folder there as one file of many documents."""
    place = DATA.parent / "deploy" / name
    files = sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    try:
        return "\n---\n".join(file.read_text(encoding="utf-8") for file in files)
    except FileNotFoundError:
        raise CatalogError(f"deploy/{name}: the file is missing from {DATA.parent}") from None


def lessons() -> tuple[str, ...]:
    """Name the experiments: file names in data/lessons/ without their ending."""
    return tuple(sorted(path.stem for path in (DATA / "lessons").glob("*.yaml")))


@cache
def lesson(name: str) -> Mapping[str, Any]:
    """Read a chapter's lesson (data/lessons/): what it asks, compares and cites. The name is our own, never a visitor's."""
    if not _NAME.fullmatch(name):
        raise CatalogError(f"data/lessons: {name!r} is no chapter's name")
    return _read_yaml(f"lessons/{name}.yaml")


def courses() -> tuple[str, ...]:
    """Name the chapters that have a course (data/course/)."""
    return tuple(sorted(path.stem for path in (DATA / "course").glob("*.yaml")))


@cache
def course(name: str) -> Mapping[str, Any]:
    """Read a chapter's course (data/course/): predictions, quiz, challenges. `engine.course` gives it its meaning."""
    if not _NAME.fullmatch(name):
        raise CatalogError(f"data/course: {name!r} is no chapter's name")
    return _read_yaml(f"course/{name}.yaml")


def beats() -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    """Give the beats of the talk as plain mappings, by the chapter in whose lesson file they stand (`beats:`), in its order.

    `pages.parts.stage.deck` gives them their meaning.
    """
    found = {name: lesson(name).get("beats", ()) for name in lessons()}
    return MappingProxyType({name: tuple(rows) for name, rows in found.items() if rows})


def deck_rows() -> Mapping[str, Any]:
    """Give data/deck.yaml as a plain mapping: which beats make a talk, in its order, and the slides that it tells."""
    return _read_yaml("deck.yaml")


def glossary() -> Mapping[str, Any]:
    """Give data/glossary.yaml as a plain mapping: terms that a page may not take for granted."""
    return _read_yaml("glossary.yaml")


@cache
def application(name: str) -> Mapping[str, Any]:
    """Read one of our own applications (data/architecture/): its modules, whom they call, and in which order they leave."""
    if not _NAME.fullmatch(name):
        raise CatalogError(f"data/architecture: {name!r} is no application's name")
    return _read_yaml(f"architecture/{name}.yaml")


@cache
def table(name: str) -> Mapping[str, Any]:
    """Read one of the talk's tables (data/table/): what a slide says, and the rules that answer it."""
    if not _NAME.fullmatch(name):
        raise CatalogError(f"data/table: {name!r} is no table's name")
    return _read_yaml(f"table/{name}.yaml")


@cache
def notes(name: str) -> Mapping[str, Fact]:
    """Give what a table knows beyond facts.yaml: sourced and dated in the same way, under ids of its own."""
    where = f"table/{name}.yaml"
    found = {str(key): _fact(str(key), row, where) for key, row in table(name)["notes"].items()}
    if doubles := sorted(set(found) & set(facts())):
        raise CatalogError(f"{where}: {', '.join(doubles)} stand in facts.yaml already")
    return MappingProxyType(found)


@cache
def texts(lang: Language) -> Mapping[str, str]:
    """Give every label of a language under its key: the file's name, then the path inside it, with dots.

    >>> texts("es")["common.button.undo"]
    'Deshacer'
    """
    table: dict[str, str] = {}
    for path in sorted((DATA / "texts" / _language(lang)).glob("*.yaml")):
        where = f"texts/{lang}/{path.name}"
        for name, text in _leaves(path.stem, _read_yaml(where)):
            # A file may also write its keys out whole (`map.label` in map.yaml).
            key = name.removeprefix(f"{path.stem}.") if name.startswith(f"{path.stem}.{path.stem}.") else name
            if not isinstance(text, str):
                raise CatalogError(f"{where} {key}: a text is needed, got {text!r} (quote it)")
            table[key] = text
    return MappingProxyType(table)


@cache
def prose(lang: Language, page: str) -> Mapping[str, str]:
    """Give a page's paragraphs (Markdown) by section: each starts at a line `## name`."""
    where = f"texts/{_language(lang)}/{page}.md"
    if page not in prose_pages(lang):
        raise CatalogError(f"{where}: there is no such text")
    _, *parts = re.split(r"^## (.+)$", _read(where), flags=re.MULTILINE)
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) < len(names) or not all(_NAME.fullmatch(name.strip()) for name in names):
        raise CatalogError(f"{where}: sections need names of their own, like `## how_to_read`, got {names}")
    return MappingProxyType({name.strip(): body.strip() for name, body in zip(names, bodies, strict=True)})


def prose_pages(lang: Language) -> tuple[str, ...]:
    """Name the pages that have paragraphs in a language."""
    return tuple(sorted(path.stem for path in (DATA / "texts" / _language(lang)).glob("*.md")))


def _language(lang: str) -> str:
    """Let only our own languages become part of a path."""
    if lang not in LANGUAGES:
        raise CatalogError(f"texts: no language is called {lang!r}; there are {', '.join(LANGUAGES)}")
    return lang


def of_the_engine() -> Iterator[tuple[str, bytes]]:
    """Yield what a run follows from besides its scenario, name and content, in a fixed order: the engine's code and numbers."""
    root = DATA.parent
    found = [*(root / "engine").rglob("*.py"), *DATA.glob("*.yaml"), *(DATA / "catalog").glob("*.csv")]
    for name, path in sorted((path.relative_to(root).as_posix(), path) for path in found):
        yield name, path.read_bytes()


# --- reading and checking --------------------------------------------------------------------------------------------


def _read(where: str) -> str:
    """Read a file of data/; a missing one is a broken checkout, and says which."""
    try:
        return (DATA / where).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CatalogError(f"{where}: the file is missing from {DATA}") from None


def _read_yaml(where: str) -> Mapping[str, Any]:
    """Read a YAML file whose top is a mapping."""
    try:
        loaded = yaml.load(_read(where), Loader=_Loader)  # noqa: S506  (a safe loader, only the faster build of it)
    except yaml.YAMLError as error:
        raise CatalogError(f"{where}: {error}") from error
    if not isinstance(loaded, dict):
        raise CatalogError(f"{where}: a mapping is needed at the top, got {type(loaded).__name__}")
    return loaded


def _read_csv(where: str, record: type) -> Iterator[Row]:
    """Yield the rows of a table whose columns are the record's fields, in its order."""
    return rows(where, _read(where), [field.name for field in fields(record)])


def _frozen(found: Any) -> Value:
    """Freeze what YAML read, all the way down: facts are shared by every session."""
    if isinstance(found, dict):
        return MappingProxyType({key: _frozen(inner) for key, inner in found.items()})
    if isinstance(found, list):
        return tuple(_frozen(inner) for inner in found)
    if found is None or isinstance(found, bool | int | float | str):
        return found
    raise CatalogError(f"facts.yaml: a plain value is needed, got {type(found).__name__} {found!r} (quote it)")


def _leaves(key: str, found: Any) -> Iterable[tuple[str, Any]]:
    """Walk nested mappings down to their texts, keys joined with dots."""
    if not isinstance(found, dict):
        yield key, found
        return
    for name, inner in found.items():
        yield from _leaves(f"{key}.{name}", inner)
