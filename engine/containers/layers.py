"""Layers: an image is a stack, a new version replaces what lies above its change, and a host fetches what it has not got.

Several layers are downloaded at a time and share the link evenly; they are unpacked one by one from the bottom, because each
is a difference to the one below. Source: facts `docker.parallel_downloads`, `docker.cache_order`, `docker.unpack_order`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from engine import catalog
from engine.containers.asks import ImageAsk, Order
from engine.era import day, existed
from engine.fargate import rules
from engine.fargate.launching import lazy_from_mib

TABLE = "containers"
LINES: dict[Order, tuple[str, ...]] = {
    "code-first": ("base", "runtime", "code", "packages"),
    "packages-first": ("base", "runtime", "packages", "code"),
}
HOURS = 730.0  # a month, as AWS's own price pages count it
GB_PER_MIB = 2**20 / 1e9

Runs = Literal["new", "old", "nothing"]
Because = Literal["pulled", "cached", "fell-back", "stale", "no-s3", "whole"]
Lazy = Literal["used", "off", "not-here", "too-early", "too-small"]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer, bottom first. mib: compressed. is_new: the new version has another one; is_cached: the host has it already.

    from_s, to_s: when it is downloaded; unpacked_s: when it is on the disk. Nought for what is not fetched.
    """

    name: str
    mib: float
    is_new: bool
    is_cached: bool
    from_s: float = 0.0
    to_s: float = 0.0
    unpack_from_s: float = 0.0
    unpacked_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a task's start carries. runs: which version it is that runs in the end, and because of what.

    fetched_mib: before the start. ready_s: when the image is there. later_mib: what a lazy start fetches afterwards.
    """

    layers: tuple[Layer, ...]
    runs: Runs
    because: Because
    lazy: Lazy
    fetched_mib: float
    later_mib: float
    ready_s: float

    @property
    def image_mib(self) -> float:
        """Give the size of the whole image."""
        return sum(layer.mib for layer in self.layers)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of versions. stored_gb: what the registry keeps, each layer once; pulled_gb: what all tasks fetch; USD."""

    stored_gb: float
    pulled_gb: float
    storage_usd: float
    way_usd: float  # by the hour
    bytes_usd: float  # by what is pulled


def sizes(ask: ImageAsk) -> dict[str, float]:
    """Give each layer's size in MiB, by its name."""
    return {name: float(getattr(ask, f"{name}_mib")) for name in LINES[ask.order]}


def rebuilt(ask: ImageAsk) -> frozenset[str]:
    """Name the layers that the new version does not share with the old one: what changed, and all above it.

    >>> sorted(rebuilt(ImageAsk())), sorted(rebuilt(ImageAsk(order="packages-first")))
    (['code', 'packages'], ['code'])
    """
    lines = LINES[ask.order]
    return frozenset(lines[lines.index(ask.changed) :])


def pull(ask: ImageAsk) -> Pulled:
    """Start a task of the new version, and say what is fetched, when it is there, and which version runs."""
    new, of = rebuilt(ask), sizes(ask)
    is_warm = ask.lands == "warm-host"
    layers = [Layer(name, mib, name in new, is_warm and name not in new) for name, mib in of.items()]
    kept_old = is_warm and ask.same_tag  # what the host finds under the tag, if it does not ask
    if ask.lands != "fargate" and kept_old and ask.behaviour in {"once", "prefer-cached"}:
        return _nothing_fetched(layers, "old", "stale")
    missing = [layer for layer in layers if not layer.is_cached]
    if ask.way == "no-s3" and missing:
        if kept_old and ask.behaviour == "agent-default" and ask.lands != "fargate":
            return _nothing_fetched(layers, "old", "fell-back")
        return _nothing_fetched(layers, "nothing", "no-s3")
    return _fetched(ask, layers, missing)


def _nothing_fetched(layers: Sequence[Layer], runs: Runs, because: Because) -> Pulled:
    return Pulled(tuple(layers), runs, because, "off", 0.0, 0.0, 0.0)


def _fetched(ask: ImageAsk, layers: Sequence[Layer], missing: Sequence[Layer]) -> Pulled:
    """Download and unpack what is missing; a lazy start takes its share of each layer and unpacks nothing beforehand."""
    lazy = _lazy(ask, sum(layer.mib for layer in missing))
    share = ask.needed_share if lazy == "used" else 1.0
    carried = [layer.mib * share if _can_be_lazy(layer, lazy) else layer.mib for layer in missing]
    spans = downloads(carried, ask.link_mib_per_s)
    done: dict[str, Layer] = {}
    free_s = 0.0
    for layer, mib, (from_s, to_s) in zip(missing, carried, spans, strict=True):
        start_s = max(free_s, to_s)
        # What is loaded lazily is read in place: it is never unpacked as a whole.
        free_s = start_s if mib < layer.mib else start_s + mib / ask.unpack_mib_per_s
        done[layer.name] = Layer(layer.name, layer.mib, layer.is_new, False, from_s, to_s, start_s, free_s)
    fetched = sum(carried)
    because: Because = "pulled" if missing and len(missing) < len(layers) else "whole" if missing else "cached"
    later = sum(layer.mib for layer in missing) - fetched
    shown = tuple(done.get(layer.name, layer) for layer in layers)
    return Pulled(shown, "new", because, lazy, fetched, later, free_s)


def _can_be_lazy(layer: Layer, lazy: Lazy) -> bool:
    """Say whether a layer is large enough to get an index. Source: fact `soci.min_layer`."""
    return lazy == "used" and layer.mib >= catalog.number("soci.min_layer")


def _lazy(ask: ImageAsk, missing_mib: float) -> Lazy:
    if not ask.lazy:
        return "off"
    if ask.lands != "fargate":
        return "not-here"
    if not existed(str(rules.setting("lazy", "since")), day(ask.era)):
        return "too-early"
    return "used" if missing_mib > lazy_from_mib() else "too-small"


def downloads(mib: Sequence[float], link_mib_per_s: float, at_once: int | None = None) -> list[tuple[float, float]]:
    """Download several things over one link that they share evenly, so many at a time, in order. Gives (start, end), seconds.

    at_once: none = what Docker does by default (fact `docker.parallel_downloads`).

    >>> downloads([50, 100], 50), downloads([50, 100], 50, at_once=1)
    ([(0.0, 2.0), (0.0, 3.0)], [(0.0, 1.0), (1.0, 3.0)])
    """
    at_once = at_once or int(catalog.number("docker.parallel_downloads"))
    left = dict(enumerate(mib))
    waiting = list(left)
    active: list[int] = []
    start, end, now = {}, {}, 0.0
    while waiting or active:
        while waiting and len(active) < at_once:
            active.append(waiting.pop(0))
            start[active[-1]] = now
        pace = link_mib_per_s / len(active)
        step = min(left[one] for one in active) / pace
        now += step
        for one in active:
            left[one] -= step * pace
        for one in [one for one in active if left[one] <= 1e-9]:
            active.remove(one)
            end[one] = now
    return [(start[one], end[one]) for one in range(len(mib))]


def month(ask: ImageAsk) -> Month:
    """Price a month: what the registry keeps, and what the way to it costs by the hour and by the byte.

    Each layer is kept once, however many versions share it. The first task on a host fetches; a warm host fetches what is new.
    Layers come out of S3: its gateway endpoint costs nothing, NAT costs by the byte.
    Source: facts `ecr.price`, `ecr.stores`; note `table.containers_ways`.
    """
    new, of = rebuilt(ask), sizes(ask)
    fresh = sum(mib for name, mib in of.items() if name in new)
    stored_gb = (sum(of.values()) + (ask.kept - 1) * fresh) * GB_PER_MIB
    pulled_gb = pull(ask).fetched_mib * GB_PER_MIB * ask.tasks * ask.versions
    zones = _way("zones")
    if ask.way == "nat":
        hours, by_byte = zones * _way("nat_hour"), _way("nat_gb")
    else:  # two interface endpoints a zone; without the one for S3 the layers do not come, but these are paid all the same
        hours, by_byte = 2 * zones * _way("endpoint_hour"), 0.0
    return Month(
        stored_gb, pulled_gb, stored_gb * catalog.number("ecr.price"), hours * HOURS, pulled_gb * by_byte
    )  # fmt: skip


def _way(part: str) -> float:
    """Give a price of a way to the registry. Source: note `table.containers_ways`."""
    prices = cast("Mapping[str, float]", catalog.notes(TABLE)["table.containers_ways"].value)
    return float(prices[part])
