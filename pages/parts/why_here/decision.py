"""From a verdict in the log to the picture of a decision: gates, hosts, and how far each came."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine import Kind, Run, catalog
from engine.launch import launch_type
from engine.placement import UDP, Verdict
from engine.placement.strategies import BY_ATTRIBUTE
from pages.parts.why_here.component import Decision, Gate, Host, Zone
from pages.parts.words import Voice


def decision(run: Run, task: int, speaker: Voice) -> Decision | None:
    """Explain where a task was placed; None if it never was."""
    events = run.events
    rows = [i for i in events.where(Kind.TASK_PLACED) if events.task[i] == task and i in events.verdicts]
    if not rows:
        return None
    return _Explained(run, int(rows[0]), task, speaker).decision()


# Where it is written by which rule the platform chooses: on hosts that can be seen, and without.
RULES = {
    ("ecs", True): "ecs.placement.order", ("ecs", False): "ecs.placement.fargate_none",
    ("kubernetes", True): "k8s.sched.spreads_by_default", ("kubernetes", False): "eks.fargate.one_pod_per_vm",
}  # fmt: skip


class _Explained:
    """One decision, read again with everything that was known at its moment."""

    def __init__(self, run: Run, row: int, task: int, speaker: Voice) -> None:
        self.run, self.row, self.task, self.speaker = run, row, task, speaker
        self.at_s = float(run.events.at_s[row])
        self.verdict: Verdict = run.events.verdicts[row]
        self.service = run.scenario.services[int(run.events.service[row])]
        self.owned = launch_type(run.scenario.launch_type).has_hosts
        self.filters = self._filters()
        self.places = self._places()

    def _filters(self) -> list[str]:
        """Leave out the questions about what the task does not ask for, and all but the first where zones are chosen."""
        names = list(self.verdict.filters)
        if not self.owned:
            return names[:1]
        arises = {
            "ports": bool(self.service.ports),
            "enis": self.service.network_mode == "awsvpc",
            "provider": bool(self.service.capacity),
        }
        return [name for name in names if arises.get(name, True)]

    def _places(self) -> list[int]:
        """List the hosts (or zones) that existed then."""
        everyone = range(len(self.verdict.stopped_by))
        if not self.owned:
            return list(everyone)
        events = self.run.events
        gone = {int(events.host[i]) for i in events.where(Kind.HOST_GONE) if events.at_s[i] <= self.at_s}
        return sorted((host for host in everyone if host not in gone), key=lambda host: (self.zone(host), host))

    def tell(self, key: str, **values: object) -> str:
        return self.speaker.say(f"why.{key}", **values)

    def name(self, place: int) -> str:
        return self.run.hosts[place][0] if self.owned else self.run.scenario.zone_letters[place]

    def zone(self, place: int) -> int:
        return self.run.hosts[place][1] if self.owned else place

    # --- the walk through the gates --------------------------------------------------------------------------------------

    def decision(self) -> Decision:
        gates = [
            *(self._filter_gate(name) for name in self.filters),
            *(self._score_gate(name) for name in self.verdict.scores),
        ]
        alive, stops, counts = list(self.places), {}, [len(self.places)]
        for number, name in enumerate(self.filters):
            index = self.verdict.filters.index(name)
            for place in [p for p in alive if self.verdict.stopped_by[p] == index]:
                stops[place] = (number, self._refusal(name, place))
                alive.remove(place)
            counts.append(len(alive))
        for number, (name, score) in enumerate(self.verdict.scores.items(), len(self.filters)):
            best = max((score[place] for place in alive), default=0.0)
            for place in [p for p in alive if score[p] < best]:
                stops[place] = (number, self._reading(name, place))
                alive.remove(place)
            counts.append(len(alive))
        chosen = self.verdict.host
        for place in [p for p in alive if p != chosen]:
            stops[place] = (len(gates) - 1, self.tell("tie"))
        hosts = [self._host(place, stops.get(place), chosen=place == chosen) for place in self.places]
        clock = self.speaker.clock(self.at_s)
        name = self.name(chosen) if chosen is not None else ""
        where = self.tell("on_host" if self.owned else "in_zone", name=name)
        there = self.tell("at_host" if self.owned else "at_zone", name=name)
        return {
            "title": self.tell("title", task=str(self.task), where=where),
            "words": self.speaker.table("charts.why"),
            "lede": self.tell("lede" if self.owned else "lede_zones", n=len(self.places)),
            "task": {
                "title": self.tell("task", task=str(self.task)),
                "sub": self.tell("placed", where=there, clock=clock),
                "rows": self._rows(),
            },
            "gates": gates,
            "hosts": hosts,
            "counts": counts if counts[-1] == 1 else [*counts[:-1], 1],
            "sentence": self._sentence(counts, where),
            "zones": self._zones(),
            "notes": self._notes(),
        }

    def _filter_gate(self, name: str) -> Gate:
        need, kind = self._need(name), self._kind(name)
        return {"kind": "filter", "title": self.tell(f"gate.{kind}", need=need), "no": self.tell(f"refuses.{kind}")}

    def _score_gate(self, name: str) -> Gate:
        kind, need = self._kind(name), name.removeprefix(BY_ATTRIBUTE)
        return {"kind": "score", "title": self.tell(f"gate.{kind}", need=need), "no": self.tell(f"refuses.{kind}")}

    def _kind(self, name: str) -> str:
        """Find the words for a filter or a strategy: those with words of the reader's own share theirs."""
        if name in self.verdict.constraints:
            return "constraint"
        return "spread" if name.startswith(BY_ATTRIBUTE) else name

    def _host(self, place: int, stop: tuple[int, str] | None, *, chosen: bool) -> Host:
        values = [self._has(name, place) for name in self.filters]
        values += [self._reading(name, place) for name in self.verdict.scores]
        if stop is not None:
            values = [value if number <= stop[0] else "" for number, value in enumerate(values)]
        return {
            "id": self.name(place),
            "lost": self._is_lost(place),
            "stops_at": stop[0] if stop else None,
            "reason": stop[1] if stop else "",
            "values": values,
            "chosen": chosen,
            "kind": stop[1] if stop else "",
        }

    def _is_lost(self, place: int) -> bool:
        """Say whether the place was dead then, known or not."""
        events = self.run.events
        subject = events.host if self.owned else events.zone
        kinds = (Kind.HOST_LOST, Kind.HOST_READY) if self.owned else (Kind.ZONE_FAILED, Kind.ZONE_RESTORED)
        before = [i for i in events.where(*kinds) if subject[i] == place and i < self.row]
        return bool(before) and bool(events.kind[before[-1]] == kinds[0])

    # --- in words --------------------------------------------------------------------------------------------------------

    def _need(self, name: str) -> str:
        if name == "cpu":
            return self._vcpu(self.service.cpu_units)
        if name == "memory":
            return self._gib(self.service.memory_mib)
        if name in self.verdict.constraints:
            return name
        return ", ".join(f"{port - UDP}/udp" if port >= UDP else str(port) for port in sorted(self.service.ports))

    def _has(self, name: str, place: int) -> str:
        if name == "cpu":
            return self._vcpu(int(self.verdict.free_cpu[place]))
        if name == "memory":
            return self._gib(int(self.verdict.free_mib[place]))
        if name == "enis" and self.verdict.free_enis is not None:
            return self.tell("left", n=int(self.verdict.free_enis[place]))
        return ""

    def _refusal(self, name: str, place: int) -> str:
        if name in {"cpu", "memory"}:
            return self.tell("has", value=self._has(name, place))
        if name == "closed":
            if self._is_lost(place):
                return self.tell(
                    "no_agent" if self.owned else "zone_lost", zone=self.run.scenario.zone_letters[self.zone(place)]
                )
            return self.tell("not_open")
        return self.tell(f"refuses.{self._kind(name)}")

    def _reading(self, name: str, place: int) -> str:
        score = -float(self.verdict.scores[name][place])
        if name == "spread-zones":
            return self.tell("in_its_zone", n=int(score), zone=self.run.scenario.zone_letters[self.zone(place)])
        if name == "spread-hosts":
            return self.tell("on_it", n=int(score))
        if name.startswith(BY_ATTRIBUTE):
            return self.tell("on_it", n=int(score))
        if name == "binpack-memory":
            return self.tell("leaves", value=self._gib(int(score) - self.service.memory_mib))
        if name == "binpack-cpu":
            return self.tell("leaves", value=self._vcpu(int(score) - self.service.cpu_units))
        return self.speaker.number(-score, 0 if name == "total" else 2)

    def _vcpu(self, units: int) -> str:
        number = units / catalog.number("ecs.placement.cpu_unit")
        return self.speaker.say(
            "story.amount.vcpu", value=self.speaker.number(number, 0 if number == int(number) else 2)
        )

    def _gib(self, mib: int) -> str:
        number = mib / 1024
        return self.speaker.say(
            "story.amount.gib", value=self.speaker.number(number, 0 if number == int(number) else 1)
        )

    def _rows(self) -> list[tuple[str, str]]:
        words = self.speaker.table("ask.choice")
        rule = ", ".join(words[name].lower() if name in words else name for name in self.verdict.scores)
        return [
            (self.tell("row.service"), self.service.name),
            (self.tell("row.needs"), f"{self._need('cpu')}, {self._need('memory')}"),
            (self.tell("row.rule"), rule if self.owned else self.tell("row.fargate")),
        ]

    def _sentence(self, counts: Sequence[int], where: str) -> str:
        """Tell the decision in one breath."""
        could = counts[len(self.filters)]
        said = [self.tell("could", n=could) if could > 1 else self.tell("only")]
        if could > 1:
            name = next(iter(self.verdict.scores))
            kind = self._kind(name)
            chosen = self.verdict.host
            if chosen is not None:
                said.append(self.tell(f"because.{kind}", where=where, reading=self._reading(name, chosen)))
        if self.verdict.host is not None and self._is_lost(self.verdict.host):
            said.append(self.tell("dead"))
        return " ".join(said)

    def _zones(self) -> list[Zone]:
        """Count the service's tasks by zone as the scheduler counted them then."""
        scores = self.verdict.scores.get("spread-zones")
        letters = self.run.scenario.zone_letters
        if scores is None:
            return []
        found: list[Zone] = []
        for zone, letter in enumerate(letters):
            here = [place for place in self.places if self.zone(place) == zone]
            if here:
                n = int(-np.asarray(scores)[here[0]])
                found.append({"id": letter, "n": n, "lost": not n and all(self._is_lost(place) for place in here)})
        return found

    def _notes(self) -> list[dict[str, str]]:
        fact = catalog.fact(RULES[launch_type(self.run.scenario.launch_type).orchestrator, self.owned])
        notes = [{"basis": "documented", "text": fact.text(self.speaker.lang)}]
        notes.append({"basis": "assumed", "text": self.tell("note.tie" if self.owned else "note.zone")})
        return notes  # type: ignore[return-value]  # a Note by its keys
