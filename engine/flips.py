"""What flipped between the talk and today: what it was, what it is, since when, and who says so. Texts, dates, paths; no run.

The rows stand in data/eras.yaml. A flip bears on a page through what the page rests on: the facts that it cites, the launch
types that it offers, the settings that it lets one turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import Any, Literal

from engine import catalog
from engine.catalog import Basis, Fact
from engine.era import cited
from engine.errors import CatalogError
from engine.launch import launch_types

Texts = Mapping[str, str]  # by language
Kind = Literal["then", "default", "never", "most", "least", "among", "gone"]
KINDS: tuple[Kind, ...] = ("then", "default", "never", "most", "least", "among", "gone")
_FROM_MEMORY = "from memory"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a flip says of a scenario's settings.

    path: with * for each member of a list. kind, value: see data/eras.yaml. now: today's default, where it is another one.
    only: launch types, orchestrators or kinds of hosts that it is about; none = all.
    """

    path: str
    kind: Kind
    value: Any
    now: Any
    only: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)  # one of each: a flip is itself alone
class Flip:
    """One thing that flipped.

    what, then, now: in each language, numbers cited as {=fact key}. since: the day, month or year; "" where nobody dates it.
    fact: who says so. about: ids of all facts that speak of it, `fact` among them. dated: who dates it; "" = the fact's own note.
    """

    id: str
    what: Texts
    then: Texts
    now: Texts
    since: str
    fact: str
    about: frozenset[str]
    dated: str
    settings: tuple[Setting, ...]
    does: tuple[str, ...]
    launch_type: str

    @property
    def basis(self) -> Basis:
        """Say how well its date is known: one that is told from memory, or by nobody, is assumed."""
        note = self.source.changed_since_talk or ""
        told = _FROM_MEMORY in self.dated or (not self.dated and _FROM_MEMORY in note)
        return "assumed" if told or not self.since else self.source.basis

    @property
    def source(self) -> Fact:
        """Give the fact that says so."""
        return catalog.fact(self.fact)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the talk's time keeps of today, because nobody wrote the old value down or because it is not simulated."""

    id: str
    facts: tuple[str, ...]
    says: Texts


@cache
def flips() -> tuple[Flip, ...]:
    """Give every flip, in the file's order."""
    return tuple(_flip(name, row) for name, row in catalog.eras()["flips"].items())


def bearing(
    facts: Iterable[str] = (), launch_types: Iterable[str] = (), paths: Iterable[str] = (), does: Iterable[str] = ()
) -> tuple[Flip, ...]:
    """Give the flips that bear on what is cited, offered, turned or done, in the file's order.

    facts: ids or globs. paths: settings, with a member's name where the flip says *.

    >>> [flip.id for flip in bearing(["fargate.rate.burst"], ["eks-auto"], ["services.web.deployment.alarm"])]
    ['auto_mode', 'deploy_alarms', 'fargate_rate']
    """
    return _bearing(frozenset(facts), frozenset(launch_types), frozenset(paths), frozenset(does))


@lru_cache(maxsize=512)
def _bearing(
    ids: frozenset[str], kinds: frozenset[str], turned: frozenset[str], done: frozenset[str]
) -> tuple[Flip, ...]:
    """Find them once: every page asks at every run, and seldom for anything new."""
    return tuple(
        flip
        for flip in flips()
        if any(fnmatchcase(one, asked) for one in flip.about for asked in ids)
        or flip.launch_type in kinds
        or any(same_path(setting.path, path) for setting in flip.settings for path in turned)
        or done & set(flip.does)
    )


def of_path(path: str) -> tuple[tuple[Flip, Setting], ...]:
    """Give what flipped about one setting."""
    return tuple((flip, one) for flip in flips() for one in flip.settings if same_path(one.path, path))


def same_path(pattern: str, path: str) -> bool:
    """Say whether a path is one that a flip speaks of.

    >>> same_path("services.*.az_rebalancing", "services.web.az_rebalancing"), same_path("fleet.hosts", "fleet.zones")
    (True, False)
    """
    ours, theirs = pattern.split("."), path.split(".")
    return len(ours) == len(theirs) and all(a in ("*", b) for a, b in zip(ours, theirs, strict=True))


def came(flip: Flip) -> str:
    """Say when a flip's launch type came; "" for a flip that is about none."""
    return launch_types()[flip.launch_type].since if flip.launch_type else ""


@cache
def kept() -> tuple[Kept, ...]:
    """Give what is kept of today in the talk's time."""
    rows = catalog.eras()["kept"].items()
    return tuple(Kept(name, tuple(row["facts"]), row["says"]) for name, row in rows)


def kept_for(facts: Iterable[str]) -> tuple[Kept, ...]:
    """Give what is kept of today among the facts cited (ids or globs)."""
    ids = tuple(facts)
    return tuple(row for row in kept() if any(fnmatchcase(one, asked) for one in row.facts for asked in ids))


def _flip(name: str, row: Mapping[str, Any]) -> Flip:
    """Read a row; whatever it cites must exist, and its texts must be there in every language."""
    catalog.fact(row["fact"])
    about = {row["fact"]} | {
        fact for glob in row.get("about", ()) for fact in catalog.facts() if fnmatchcase(fact, glob)
    }
    for text in ("what", "then", "now"):
        if set(row[text]) != set(catalog.LANGUAGES):
            raise CatalogError(f"eras.yaml {name}: {text} is needed in {', '.join(catalog.LANGUAGES)}")
    kind = row.get("launch_type", "")
    since = launch_types()[kind].since if kind else str(row["since"])
    return Flip(
        id=name, what=row["what"], then=row["then"], now=row["now"], since=since, fact=row["fact"], about=frozenset(about),
        dated=row.get("dated", ""), settings=tuple(_setting(name, one) for one in row.get("fields", ())),
        does=tuple(row.get("does", ())), launch_type=kind,
    )  # fmt: skip


def _setting(name: str, row: Mapping[str, Any]) -> Setting:
    kinds = [kind for kind in KINDS if kind in row]
    if len(kinds) != 1:
        raise CatalogError(f"eras.yaml {name}: {row['path']} needs one of {', '.join(KINDS)}")
    value, now = cited(row[kinds[0]]), cited(row.get("now"))
    return Setting(str(row["path"]), kinds[0], value, now, tuple(str(row.get("only", "")).split()))
