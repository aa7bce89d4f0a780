"""Scenes: what stands on the stage while a row of S30 is acted out. Everything is read off the story's own steps."""

from __future__ import annotations

from collections.abc import Callable

from engine.eks import Column, Enactment, RowName, TableAsks, pack
from engine.eks.acts import on_node
from engine.eks.asks import NodeAsk
from pages.parts.fargate.scenes import Box, Start, State, Thing

MOST_BOXES, MOST_PODS, MOST_NODES = 2, 3, 2  # four columns: the rest is a number


def scene(story: Enactment, asks: TableAsks) -> list[Box]:
    """Set the stage for a story; an empty one where the column did not exist."""
    return [] if story.verdict == "absent" else SCENES[story.row](story, asks)


def _at(story: Enactment, *keys: str) -> int | None:
    """Find the first step that ends in one of these."""
    return next((n for n, step in enumerate(story.steps) if step.key.rsplit(".", 1)[1] in keys), None)


def _pods(n: int, at: int | None, *, then: State = "on") -> list[Thing]:
    """Draw pods that come at a step."""
    things = [Thing("eks_rows.thing.pod").at(Start, "off") for _ in range(n)]
    for thing in things:
        if at is not None:
            thing.at(at, then)
    return things


def _machines(column: Column, pods: int, each: int, at: int | None) -> list[Box]:
    """Deal pods out to their machines: one each on Fargate, several to a node elsewhere."""
    kind = "machine" if column == "eks-fargate" else "host"
    boxes = []
    number = 0
    while pods > 0 and number < MOST_BOXES:
        number += 1
        here = min(each, pods)
        boxes.append(
            Box(
                f"eks_rows.box.{kind}_n",
                kind,
                _pods(min(here, MOST_PODS), at),
                {"n": number},
                more=max(0, here - MOST_PODS),
            )  # type: ignore[arg-type]
        )
        pods -= here
    if pods and boxes:
        boxes[-1].more += pods
    return boxes


def _work(story: Enactment, asks: TableAsks) -> list[Box]:
    """Put the pods where they run; where nodes are ordered, show by whom."""
    ask, runs = asks.charge, _at(story, "run_alone", "run_shared")
    if story.column == "eks-fargate":
        return _machines(story.column, ask.pods, 1, runs)
    each = pack(NodeAsk(cpu_m=ask.cpu_m, memory_mib=ask.memory_mib, instance_type=ask.instance_type)).pods
    ordered = _at(story, "you_order", "aws_orders")
    who = "aws" if story.column == "eks-auto" else "you"
    order = Thing(f"eks_rows.thing.order_{who}").at(Start, "off")
    if ordered is not None:
        order.at(ordered, "done" if who == "aws" else "hit")
    return [*_machines(story.column, ask.pods, each, runs), Box("eks_rows.box.orders", "shelf", [order])]


def _charge(story: Enactment, _: TableAsks) -> list[Box]:
    """Write the bill, line by line."""
    lines = {"pods": "pods", "whole": "nodes", "empty": "empty", "fee": "fee", "cluster": "cluster"}
    things = []
    for n, step in enumerate(story.steps):
        line = lines.get(step.key.rsplit(".", 1)[1])
        if line is not None:
            state: State = "sick" if line == "empty" else "hit" if line == "cluster" else "on"
            things.append(Thing(f"eks_rows.thing.bill_{line}").at(Start, "off").at(n, state))
    return [Box("eks_rows.box.bill", "shelf", things)]


def _lifecycle(story: Enactment, asks: TableAsks) -> list[Box]:
    """Show old nodes with the hole in them, and the new ones that take their place, or do not."""
    ask = asks.update
    is_pods = story.column == "eks-fargate"
    shown = min(ask.nodes, MOST_NODES)
    grows = _at(story, "grows", "drains", "drifts", "evicts", "deletes")
    done = _at(story, "done", "replaced", "evicts", "deletes", "ends_anyway")
    stuck = _at(story, "told", "held", "blocked", "waits")
    name = "machine" if is_pods else "node"
    old = [Thing(f"eks_rows.thing.old_{name}").at(Start, "idle").at(0, "hit") for _ in range(shown)]
    new = [Thing(f"eks_rows.thing.new_{name}").at(Start, "off") for _ in range(shown)]
    budget = Thing(f"eks_rows.thing.budget_{'some' if ask.may_leave else 'none'}").at(Start, "idle")
    for thing in old:
        if stuck is not None:
            thing.at(stuck, "sick")
        if done is not None:
            thing.at(done, "left")
    for thing in new:
        if done is not None:
            thing.at(done, "on")
        elif grows is not None:
            thing.at(grows, "idle")
    forced = _at(story, "forced", "deletes", "grace", "ends_anyway")
    if stuck is not None:
        budget.at(stuck, "kept")
    if forced is not None:
        budget.at(forced, "lost")
    more = ask.nodes - shown
    return [
        Box("eks_rows.box.old", "host", old, more=more), Box("eks_rows.box.new", "host", new, more=more),
        Box("eks_rows.box.budget", "shelf", [budget]),
    ]  # fmt: skip


def _ami(story: Enactment, _: TableAsks) -> list[Box]:
    """Try to put an agent into the image, or find it another place."""
    refused, taken = _at(story, "no_image", "locked", "refused"), _at(story, "template", "any")
    beside, build = _at(story, "sidecar", "daemon_set"), _at(story, "build")
    inside = Thing("eks_rows.thing.agent").at(Start, "off").at(0, "idle")
    if refused is not None:
        inside.at(refused, "refused")
    if taken is not None:
        inside.at(taken, "on")
    boxes = [Box("eks_rows.box.image", "host", [inside])]
    if beside is not None:
        key = "sidecar" if story.column == "eks-fargate" else "daemon_set"
        boxes.append(
            Box("eks_rows.box.instead", "shelf", [Thing(f"eks_rows.thing.{key}").at(Start, "off").at(beside, "on")])
        )
    if build is not None:
        boxes.append(
            Box("eks_rows.box.duty", "shelf", [Thing("eks_rows.thing.build").at(Start, "off").at(build, "hit")])
        )
    return boxes


def _density(story: Enactment, asks: TableAsks) -> list[Box]:
    """Fill a node measure by measure, then lose it."""
    ask, ends = asks.node, _at(story, "machine_ends", "node_ends")
    if story.column == "eks-fargate":
        boxes = _machines(story.column, ask.pods, 1, _at(story, "one_each"))
        if ends is not None:
            boxes[0].things[0].at(ends, "lost")
        return boxes
    found = on_node(story.column, story.era, ask)
    fits = _at(story, "fits")
    pods = _pods(min(found.pods, 2 * MOST_PODS), fits)
    for thing in pods:
        if ends is not None:
            thing.at(ends, "lost")
    caps = [("addresses", found.addresses), ("cpu", found.cpu), ("memory", found.memory)]
    things = []
    for name, n in caps:
        if n is None:
            continue
        at = _at(story, "addresses", "prefixes") if name == "addresses" else _at(story, "room")
        thing = Thing(f"eks_rows.thing.cap_{name}", {"n": n}).at(Start, "off")
        if at is not None:
            thing.at(at, "idle")
        if name == found.bound_by and fits is not None:
            thing.at(fits, "hit")
        things.append(thing)
    return [
        Box("eks_rows.box.node", "host", pods, {"host": found.kind.name}, more=max(0, found.pods - len(pods))),
        Box("eks_rows.box.caps", "shelf", things),
    ]  # fmt: skip


SCENES: dict[RowName, Callable[[Enactment, TableAsks], list[Box]]] = {
    "work": _work, "charge": _charge, "lifecycle": _lifecycle, "ami": _ami, "pods": _density,
}  # fmt: skip
