"""Scenes: what stands on the stage while a row is acted out, and what becomes of it, step by step.

A scene is boxes (a host, a machine of its own, a zone) that hold things (a task, a volume, a door). A thing has a state
from a step on; the browser draws it with a glyph and the state's word. Everything is read off the story's own steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.fargate import Asks, Column, Enactment, RowName, Step, Word, copies, duties, reach, rules, survivals

State = Literal[
    "off",
    "idle",
    "on",
    "lost",
    "refused",
    "absent",
    "kept",
    "done",
    "left",
    "open",
    "reached",
    "safe",
    "shut",
    "sick",
    "hit",
]
MOST_HOSTS, MOST_TASKS = 4, 8  # drawn one by one; the rest is a number
Start = -1  # a state that holds before the first step


@dataclass(slots=True)
class Thing:
    """Something in a box. label: a key among the texts, with what fills it in; states: (from which step on, which)."""

    label: str
    values: Mapping[str, object] = field(default_factory=dict)
    states: list[tuple[int, State]] = field(default_factory=list)

    def at(self, step: int, state: State) -> Thing:
        """Let it be so from a step on."""
        self.states.append((step, state))
        return self


@dataclass(slots=True)
class Box:
    """A box and its things. kind: host (shared), machine (a task's own), shelf (beside them all); more: what is not drawn."""

    title: str
    kind: Literal["host", "machine", "shelf"]
    things: list[Thing]
    values: Mapping[str, object] = field(default_factory=dict)
    more: int = 0


def scene(story: Enactment, asks: Asks) -> list[Box]:
    """Set the stage for a story; an empty one where the column did not exist."""
    if story.verdict == "absent":
        return []
    return SCENES[story.row](story, asks)


def _at(story: Enactment, key: str) -> int | None:
    """Find a step by the end of its key."""
    return next((n for n, step in enumerate(story.steps) if step.key.endswith(f".{key}")), None)


def _each(story: Enactment, *keys: str) -> Iterator[tuple[int, Step]]:
    return ((n, step) for n, step in enumerate(story.steps) if step.key.rsplit(".", 1)[1] in keys)


def _home(column: Column) -> tuple[str, Literal["host", "machine"]]:
    """Name what a column puts a task on."""
    kind: Literal["host", "machine"] = "machine" if column == "ecs-fargate" else "host"
    return f"fargate.box.{column}", kind


# --- managed ---------------------------------------------------------------------------------------------------------


def _managed(story: Enactment, _: Asks) -> list[Box]:
    """Sort the duties by who has them; the host's patch and the image's are the ones that the story is about."""
    patched = next(
        (n for n, step in enumerate(story.steps) if step.key.endswith(("you_patch", "they_choose", "notice", "drains"))), 0
    )  # fmt: skip
    image = _at(story, "image")
    boxes: dict[str, list[Thing]] = {"customer": [], "shared": [], "aws": []}
    for layer, who in duties(story.column).items():
        thing = Thing(f"fargate_table.layer.{layer}").at(Start, "idle")
        if layer == "host_os_patching":
            thing.at(0, "hit").at(patched, "done" if who == "aws" else "hit")
        if layer == "image_contents" and image is not None:
            thing.at(image, "hit")
        boxes[who].append(thing)
    return [Box(f"fargate.box.duties_{who}", "shelf", things) for who, things in boxes.items() if things]


# --- storage ---------------------------------------------------------------------------------------------------------


def _storage(story: Enactment, asks: Asks) -> list[Box]:
    """Put each volume where its data live; kill the task; look again."""
    killed, writes = _at(story, "killed"), _at(story, "writes")
    lands = next((n for n, step in _each(story, "same_host", "other_host", "other_zone", "new_vm")), None)
    ends = {
        word.key.removeprefix("volume."): n
        for n, step in enumerate(story.steps)
        if isinstance(word := step.values.get("volume"), Word)
    }
    same = lands is not None and story.steps[lands].key.endswith("same_host")
    where: dict[str, list[Thing]] = {"task": [], "zone": [], "region": [], "refused": []}
    for one in survivals(story.column, story.era, asks.storage):
        lives = rules.volumes()[one.volume].lives_with
        thing = Thing(f"fargate_table.volume.{one.volume}").at(Start, "idle")
        gone: State = one.outcome
        if one.outcome in {"refused", "absent"}:
            where["refused"].append(thing.at(ends[one.volume], gone))
            continue
        if writes is not None:
            thing.at(writes, "on")
        if killed is not None and one.outcome == "lost":
            thing.at(killed, "lost")
        if one.volume in ends:
            thing.at(ends[one.volume], gone)
        where["task" if lives in {"task", "host"} else lives].append(thing)
    task = Thing("fargate.thing.task").at(Start, "idle")
    if writes is not None:
        task.at(writes, "on")
    if killed is not None:
        task.at(killed, "lost")
    successor = Thing("fargate.thing.replacement").at(Start, "off")
    if lands is not None:
        successor.at(lands, "on")
    title, kind = _home(story.column)
    boxes = [Box(title, kind, [task, *([successor] if same else []), *where["task"]])]
    if not same:
        other = story.column != "ecs-fargate" and asks.storage.lands == "other-zone"
        boxes.append(Box("fargate.box.other_zone" if other else f"fargate.box.other_{kind}", kind, [successor]))
    shelves = (("zone", "fargate.box.zone"), ("region", "fargate.box.region"), ("refused", "fargate.box.refused"))
    return boxes + [Box(name, "shelf", where[key]) for key, name in shelves if where[key]]


# --- side-cars, networks, daemons ------------------------------------------------------------------------------------


def _sidecars(story: Enactment, _: Asks) -> list[Box]:
    """Put the agent beside the task; where no size holds both it never starts."""
    runs, none = _at(story, "runs"), _at(story, "no_size")
    agent, task = (
        Thing("fargate.thing.agent").at(Start, "off").at(0, "idle"),
        Thing("fargate.thing.task").at(Start, "idle"),
    )
    if none is not None:
        agent.at(none, "refused")
    if runs is not None:
        agent.at(runs, "on")
        task.at(runs, "on")
    title, kind = _home(story.column)
    larger = _at(story, "larger_size")
    boxes = [Box(title, kind, [task, agent])]
    if larger is not None:
        boxes.append(
            Box("fargate.box.paid", "shelf", [Thing("fargate.thing.rounded").at(Start, "off").at(larger, "hit")])
        )
    return boxes


def _network(story: Enactment, asks: Asks) -> list[Box]:
    """Start copies on one host until the next one does not fit."""
    title, kind = _home(story.column)
    runs, stop, refused = _at(story, "runs"), _at(story, "next"), _at(story, "refused")
    if refused is not None:
        return [Box(title, kind, [Thing("fargate.thing.task").at(Start, "off").at(refused, "refused")])]
    n = copies(story.column, asks.network).tasks
    things = [
        Thing("fargate.thing.copy", {"n": number}).at(Start, "off").at(runs, "on")
        for number in range(1, min(n, MOST_TASKS) + 1)
        if runs is not None
    ]
    box = Box(title, kind, things, more=max(0, n - MOST_TASKS))
    following = Thing("fargate.thing.copy", {"n": n + 1}).at(Start, "off")
    if stop is not None:
        following.at(stop, "refused")
    return [box, Box("fargate.box.waits", "shelf", [following])]


def _daemons(story: Enactment, asks: Asks) -> list[Box]:
    """Put an agent on every host, or one in every task."""
    _, kind = _home(story.column)
    ask = asks.daemon
    instead = _at(story, "instead")
    if instead is not None:
        shown = min(ask.tasks, MOST_HOSTS)
        refused = _at(story, "refused")
        wanted = Thing("fargate.thing.daemon").at(Start, "off").at(0, "idle")
        if refused is not None:
            wanted.at(refused, "refused")
        machines = [
            Box("fargate.box.machine_n", kind, [Thing("fargate.thing.task").at(Start, "on"), Thing("fargate.thing.agent").at(Start, "off").at(instead, "on")], {"n": number})
            for number in range(1, shown + 1)
        ]  # fmt: skip
        machines[-1].more = ask.tasks - shown
        return [Box("fargate.box.asked", "shelf", [wanted]), *machines]
    placed, joins, first = _at(story, "placed"), _at(story, "joins"), _at(story, "first")
    stopped, managed, again = _at(story, "stopped"), _at(story, "stopped_managed"), _at(story, "restarted")
    boxes = []
    for number in range(min(ask.hosts + ask.joins, MOST_HOSTS)):
        is_new = number >= ask.hosts
        agent = Thing("fargate.thing.agent").at(Start, "off")
        tasks = Thing("fargate.thing.tasks").at(Start, "off" if is_new else "on")
        comes = first if is_new else placed
        if comes is not None:
            agent.at(comes, "on")
        if is_new and joins is not None and first is not None:
            tasks.at(joins, "idle").at(first, "on")
        if number == 0 and stopped is not None:
            agent.at(stopped, "lost")
            if again is not None:
                agent.at(again, "on")
        if number == 0 and managed is not None:
            agent.at(managed, "lost")
            tasks.at(managed, "lost")
        boxes.append(Box("fargate.box.host_n", kind, [agent, tasks], {"n": number + 1}))
    boxes[-1].more = ask.hosts + ask.joins - len(boxes)
    return boxes


# --- shell, privileged -----------------------------------------------------------------------------------------------


def _shell(story: Enactment, _: Asks) -> list[Box]:
    """Try the doors, one after the other."""
    found: dict[str, State] = {"no_door": "absent", "not_yet": "absent", "lacks": "shut", "opens": "open"}
    things = {door.name: Thing(f"fargate_table.door.{door.name}").at(Start, "idle") for door in rules.doors()}
    task = Thing("fargate.thing.task").at(Start, "on").at(0, "sick")
    for n, step in enumerate(story.steps):
        word, state = step.values.get("door"), found.get(step.key.rsplit(".", 1)[1])
        if isinstance(word, Word) and state:
            things[word.key.removeprefix("door.")].at(n, state)
    if (replaced := _at(story, "replaced")) is not None:
        task.at(replaced, "lost")
    title, kind = _home(story.column)
    return [Box(title, kind, [task]), Box("fargate.box.doors", "shelf", list(things.values()))]


def _privileged(story: Enactment, asks: Asks) -> list[Box]:
    """Show the wall, who stands inside it, and what is touched after the breakout."""
    ask = asks.privileged
    found = reach(story.column, ask.isolation, ask.neighbours)
    refused, out, stopped = _at(story, "refused"), _at(story, "breaks_out"), _at(story, "stopped")
    asked = _at(story, "asked")
    runs = next((n for n, _ in _each(story, "runs", "runs_without")), None)
    own = Thing("fargate.thing.container").at(Start, "off")
    if asked is not None:
        own.at(asked, "idle")
    if refused is not None:
        own.at(refused, "refused")
    if runs is not None:
        own.at(runs, "on")
    if out is not None:
        own.at(out, "hit")
    touched = {word.key: n for n, step in _each(story, "reaches") if isinstance(word := step.values["thing"], Word)}
    every = [word.key for word in reach("ecs-ec2", "shared", max(1, ask.neighbours)).things]
    title, kind = _home(story.column)
    is_alone = found.wall == "vm"
    inside = [Thing(f"fargate_table.{key}").at(Start, "idle").at(n, "reached") for key, n in touched.items()]
    outside = [Thing(f"fargate_table.{key}").at(Start, "idle") for key in every if key not in touched]
    for thing in outside:
        if stopped is not None:
            thing.at(stopped, "safe")
    boxes = [Box("fargate.box.sandbox" if is_alone and kind == "host" else title, kind, [own, *inside])]
    return [*boxes, *([Box("fargate.box.outside", "shelf", outside)] if is_alone and outside else [])]


SCENES: dict[RowName, Callable[[Enactment, Asks], list[Box]]] = {
    "managed": _managed,
    "storage": _storage,
    "sidecars": _sidecars,
    "network": _network,
    "daemons": _daemons,
    "shell": _shell,
    "privileged": _privileged,
}
