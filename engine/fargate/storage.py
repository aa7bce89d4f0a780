"""Storage, acted out: a task writes to its volumes, is killed and is replaced; which data are there again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from engine import catalog
from engine.era import Era, day, existed
from engine.fargate import rules
from engine.fargate.asks import Lands, StorageAsk
from engine.fargate.pace import start_s
from engine.fargate.records import Column, Enactment, Step, Values, Verdict, Word
from engine.fargate.rules import Volume
from engine.sentence import Amount, Tone

Outcome = Literal["kept", "left", "lost", "refused", "absent"]
_TONES: dict[Outcome, Tone] = {"kept": "ok", "left": "lost", "lost": "lost", "refused": "lost", "absent": "lost"}
_RUNS_ON_S = 60.0  # the first look at a volume after the replacement runs


@dataclass(frozen=True, slots=True)
class Survival:
    """What becomes of a volume's data.

    kept: the replacement reads them; left: they exist, but it starts without them; lost: nobody has them any more;
    refused: the platform never takes such a volume; absent: it does not take it yet.  why: a word among the texts.
    """

    volume: str
    outcome: Outcome
    why: Word


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk that comes with a Fargate task. layers_gib and scratch_gib are one where they share it; max_gib: most to be had."""

    layers_gib: float
    scratch_gib: float
    is_shared: bool
    max_gib: float


def words(column: Column, on: str) -> frozenset[str]:
    """Answer the slide: whether a column has storage that outlives a task, and storage that does not."""
    offered = [volume for volume in rules.volumes().values() if rules.has(volume.on, column, on)]
    return frozenset("ephemeral" if volume.lives_with == "task" else "persistent" for volume in offered)


def fargate_disk(era: Era) -> Disk:
    """Give the disk of a Fargate task: two small ones then, one large one now.

    GB and GiB are taken as one here: the guides themselves change from the one to the other.
    Source: facts `fargate.storage.talk`, `fargate.storage.default`, `fargate.storage.max`.
    """
    if era == "talk":
        layers, scratch = (catalog.number("fargate.storage.talk", part) for part in ("layers_gb", "volume_gb"))
        return Disk(layers, scratch, is_shared=False, max_gib=layers + scratch)
    whole = catalog.number("fargate.storage.default")
    can_grow = existed(str(rules.setting("settable_disk")), day(era))
    return Disk(whole, whole, is_shared=True, max_gib=catalog.number("fargate.storage.max") if can_grow else whole)


def survivals(column: Column, era: Era, ask: StorageAsk) -> tuple[Survival, ...]:
    """Say for each volume what becomes of its data when the task is killed and replaced."""
    return tuple(_survival(rules.volumes()[name], column, era, ask) for name in ask.volumes)


def enact(column: Column, era: Era, ask: StorageAsk) -> Enactment:
    """Write, kill, replace, look. A task whose image does not fit its disk never starts."""
    found = survivals(column, era, ask)
    taken = [one for one in found if one.outcome not in {"refused", "absent"}]
    disk = _disk_step(era, ask) if column == "ecs-fargate" else None
    starts = disk is None or disk.key != "step.storage.image_full"
    kept = sum(one.outcome == "kept" for one in found) if starts else 0
    verdict: Verdict = "yes" if kept == len(found) else "partly" if kept else "no"
    tone: Tone = "ok" if verdict == "yes" else "lost"
    reason = (
        Step(ask.killed_s, "reason.storage.kept", {"kept": kept, "of": len(found)}, tone)
        if starts
        else Step(0.0, "reason.storage.full", {}, tone)
    )
    steps = [*_registers(found, len(taken)), *_starts(column, ask, disk, len(taken), starts=starts)]
    if starts:
        steps += _after(column, ask, taken)
    facts, notes = rules.rests_on("storage")
    volumes = [rules.volumes()[name] for name in ask.volumes]
    return Enactment(
        row="storage",
        column=column,
        era=era,
        verdict=verdict,
        steps=tuple(steps),
        reason=reason,
        facts=_once(facts, *(volume.facts for volume in volumes)),
        notes=_once(notes, *(volume.notes for volume in volumes)),
    )


def _survival(volume: Volume, column: Column, era: Era, ask: StorageAsk) -> Survival:
    """Decide one volume by what its data live with."""
    if column not in volume.on:
        return Survival(volume.name, "refused", Word(f"why.{volume.refused[column]}"))
    if not rules.has(volume.on, column, day(era)):
        return Survival(volume.name, "absent", Word("why.not_yet"))
    lands, host_ends = _landing(column, ask)
    if volume.lives_with == "task":
        return Survival(volume.name, "lost", Word("why.with_task"))
    if volume.lives_with == "host":
        if host_ends:
            return Survival(volume.name, "lost", Word("why.with_host"))
        if lands != "same-host":
            return Survival(volume.name, "left", Word("why.other_host"))
    if volume.lives_with == "zone":
        if not volume.rejoins:
            return Survival(volume.name, "left", Word("why.new_volume"))
        if lands == "other-zone":
            return Survival(volume.name, "left", Word("why.other_zone"))
    return Survival(volume.name, "kept", Word(f"why.{volume.lives_with}_keeps"))


def _landing(column: Column, ask: StorageAsk) -> tuple[Lands, bool]:
    """Where the replacement lands, and whether the old host ends: on Fargate a host serves one task and is gone with it."""
    if column != "ecs-fargate":
        return ask.lands, ask.host_ends and ask.lands != "same-host"
    return "other-zone" if ask.lands == "other-zone" else "other-host", True


def _registers(found: tuple[Survival, ...], taken: int) -> Iterator[Step]:
    """Let the platform refuse what it does not take. It refuses the whole definition: you leave those out and come again."""
    for one in found:
        if one.outcome in {"refused", "absent"}:
            yield Step(0.0, f"step.storage.{one.outcome}", {"volume": _named(one), "why": one.why}, "lost")
    yield Step(0.0, "step.storage.registered", {"n": taken})


def _starts(column: Column, ask: StorageAsk, disk: Step | None, taken: int, *, starts: bool) -> Iterator[Step]:
    """Start and write, as far as there is room on the disk."""
    runs_s = start_s(column, ask.image_gib * 1024)
    if disk is not None:
        is_full = disk.key == "step.storage.scratch_full"
        yield replace(disk, at_s=runs_s if is_full else 0.0)
    if starts:
        yield Step(runs_s, "step.storage.writes", {"n": taken})


def _disk_step(era: Era, ask: StorageAsk) -> Step:
    """Say whether image and scratch data fit the disk of a Fargate task."""
    disk = fargate_disk(era)
    # What is asked of one disk cannot be more than there is to be had; where there are two, nothing can be asked.
    whole = min(ask.disk_gib, disk.max_gib) if disk.is_shared else disk.layers_gib
    room = whole - ask.image_gib if disk.is_shared else disk.scratch_gib
    image, scratch = Amount(ask.image_gib, "gib"), Amount(ask.scratch_gib, "gib")
    if ask.image_gib > whole:
        return Step(0.0, "step.storage.image_full", {"image": image, "room": Amount(whole, "gib")}, "lost")
    if ask.scratch_gib > room:
        return Step(0.0, "step.storage.scratch_full", {"scratch": scratch, "room": Amount(room, "gib")}, "lost")
    values: Values = {"image": image, "scratch": scratch}
    if disk.is_shared:
        values |= {"room": Amount(whole, "gib"), "most": Amount(disk.max_gib, "gib")}
        return Step(0.0, "step.storage.disk", values, "ok")
    values |= {"layers": Amount(disk.layers_gib, "gib"), "room": Amount(disk.scratch_gib, "gib")}
    return Step(0.0, "step.storage.two_disks", values, "ok")


def _after(column: Column, ask: StorageAsk, taken: list[Survival]) -> Iterator[Step]:
    """Kill, replace, look."""
    lands, _ = _landing(column, ask)
    landed = "new_vm" if column == "ecs-fargate" else lands.replace("-", "_")
    yield Step(ask.killed_s, "step.storage.killed", {}, "lost")
    runs_s = ask.killed_s + start_s(column, ask.image_gib * 1024, has_image=lands == "same-host")
    yield Step(runs_s, f"step.storage.{landed}", {"took": Amount(runs_s - ask.killed_s, "s")})
    for one in taken:
        yield Step(
            runs_s + _RUNS_ON_S, f"step.storage.{one.outcome}", {"volume": _named(one), "why": one.why}, _TONES[one.outcome]
        )  # fmt: skip


def _named(one: Survival) -> Word:
    return Word(f"volume.{one.volume}")


def _once(*groups: tuple[str, ...]) -> tuple[str, ...]:
    """Join citations, each once, in order."""
    return tuple(dict.fromkeys(name for group in groups for name in group))
