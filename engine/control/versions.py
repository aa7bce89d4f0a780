"""Versions of a service: what a roll-out changes about its tasks. Version 0 is the scenario's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.cluster import Task
    from engine.operations import Deploy
    from engine.scenario import Service
    from engine.world import World


@dataclass(frozen=True, slots=True)
class Version:
    """One version. image: what a host knows its image by.

    What may be wrong with it: it fails (its tasks start, and never answer), a share `errors` of its answers are errors, or it
    leaks so much memory with each request. module: the one of the application whose errors and leak these are; -1 = all of it.
    """

    number: int
    image: int
    image_mib: float
    start_s: float
    fails: bool = False
    errors: float = 0.0
    leak_mib: float = 0.0
    module: int = -1


def first(service: int, settings: Service) -> Version:
    """Give the version that a run begins with."""
    return Version(0, service, settings.image_mib, settings.start_s)


def next_version(world: World, service: int, asked: Deploy) -> Version:
    """Make the next version, with its number. What the operation leaves out is as it was; what is wrong is not."""
    scheduler = world.schedulers[service]
    before, number = scheduler.versions[scheduler.version], len(scheduler.versions)
    return replace(
        before,
        number=number,
        image=service + number * len(world.schedulers),
        image_mib=before.image_mib if asked.image_mib is None else asked.image_mib,
        start_s=before.start_s if asked.start_s is None else asked.start_s,
        fails=asked.fails,
        errors=asked.errors,
        leak_mib=asked.leak_mib,
        module=-1 if asked.module is None else world.scenario.application.index(asked.module),
    )


def version_of(world: World, task: Task) -> Version:
    """Give a task's version; one that no service keeps is of the scenario's."""
    return world.schedulers[task.service].versions[task.version]
