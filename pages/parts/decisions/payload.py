"""From the log's verdicts to the rows of a table: which host said no and why, how the others scored, and who won."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import Run, story_placement
from engine.launch import launch_type
from engine.placement import Dismissal, Verdict
from engine.placement.choose import FEASIBLE
from engine.placement.constraints import DAEMON
from engine.placement.kube.decide import CHANCE, TOTAL, Marks, Ruling
from engine.placement.scale_in import NEWEST
from engine.placement.strategies import BY_ATTRIBUTE
from engine.placement.words import port_name
from pages.parts.stage_map.payload import amount, caption
from pages.parts.words import Voice

LONGEST = 26  # signs of a constraint that a cell shows; the sentence above says it whole
MOST_CELLS = 9_000  # rows of all tables together: beyond it a page would carry megabytes


def packed(run: Run, speaker: Voice) -> dict[str, Any]:
    """Pack the decisions of a run, first to last, as many as a page can carry."""
    rows = story_placement.decisions(run)
    found: list[dict[str, Any]] = []
    cells = 0
    for row in rows:
        told = _Told(run, row, speaker).decision()
        cells += len(told["rows"])
        if cells > MOST_CELLS:
            break
        found.append(told)
    return {
        "id": run.digest[:16],
        "end": run.scenario.duration_s,
        "decisions": found,
        "left_out": len(rows) - len(found),
    }


class _Told:
    """One decision, row by row."""

    def __init__(self, run: Run, row: int, speaker: Voice) -> None:
        self.run, self.row, self.speaker = run, row, speaker
        self.events = run.events
        self.task = int(run.events.task[row])
        self.service = run.scenario.services[int(run.events.service[row])]
        self.has_hosts = launch_type(run.scenario.launch_type).has_hosts

    def decision(self) -> dict[str, Any]:
        line = caption(story_placement.line_of(self.run, self.row), self.speaker)
        base = {
            "t": float(self.events.at_s[self.row]),
            "task": str(self.task),
            "cause": line["cause"],
            "number": line["number"],
        }
        if self.row in self.events.dismissals:
            return base | self._leaves(self.events.dismissals[self.row])
        return base | self._placed(self.events.verdicts[self.row])

    # --- where a task goes -------------------------------------------------------------------------------------------

    def _placed(self, verdict: Verdict) -> dict[str, Any]:
        places = self._places(verdict)
        ranks = _ranks(list(verdict.scores.values()), verdict.stopped_by == FEASIBLE, verdict.host)
        rows = [self._row(verdict, place, int(ranks[place])) for place in places]
        answer = places.index(verdict.host) if verdict.host in places else -1
        kind = "place" if verdict.host is not None else "wait"
        return {
            "kind": kind,
            "needs": self._needs(),
            "columns": [*self._plugins(verdict), *self._columns(_asked(verdict))],
            "rows": rows,
            "answer": answer,
        }

    def _places(self, verdict: Verdict) -> list[int]:
        """List the hosts (or zones) that stood then, zone by zone."""
        everyone = range(len(verdict.stopped_by))
        if not self.has_hosts:
            return list(everyone)
        gone = {int(self.events.host[i]) for i in story_placement.gone_before(self.run, self.row)}
        return sorted(
            (place for place in everyone if place not in gone), key=lambda place: (self.run.hosts[place][1], place)
        )

    def _row(self, verdict: Verdict, place: int, rank: int) -> dict[str, Any]:
        stop = int(verdict.stopped_by[place])
        gate, why = "", ""
        if stop != FEASIBLE:
            gate, why = self._struck(verdict, verdict.filters[stop], place)
        elif place != verdict.host:
            gate = why = self._outranked(verdict, place)
        name, sub = (
            (self.run.hosts[place][0], self.run.kinds[place].instance_type)
            if self.has_hosts
            else (self.run.scenario.zone_letters[place], "")
        )
        return {
            "id": name, "sub": sub, "free": self._free(verdict, place), "struck": stop != FEASIBLE, "gate": gate, "why": why, "rank": rank,
            "scores": [
                *self._points(verdict, place),
                *(self._score(verdict, rule, place) if stop == FEASIBLE else "" for rule in _asked(verdict)),
            ],
        }  # fmt: skip

    def _plugins(self, verdict: Verdict) -> list[dict[str, str]]:
        """Name the columns of Kubernetes' scoring plugins: each gives up to 100 points, times its weight."""
        if not isinstance(verdict, Ruling):
            return []
        return [
            {
                "title": self.speaker.say(f"decisions.plugin.{name}"),
                "hint": self.speaker.say("decisions.weight", n=marks.weight),
            }
            for name, marks in _telling(verdict).items()
        ]

    def _points(self, verdict: Verdict, place: int) -> list[str]:
        """Write each plugin's points for a node; nothing where a filter said no."""
        if not isinstance(verdict, Ruling):
            return []
        is_left = verdict.stopped_by[place] == FEASIBLE
        return [self.speaker.number(int(m.normal[place])) if is_left else "" for m in _telling(verdict).values()]

    def _needs(self) -> str:
        say = self.speaker.say
        parts = [self._cpu(self.service.cpu_units), self._memory(self.service.memory_mib)]
        if self.service.ports:
            parts.append(say("decisions.port", port=", ".join(map(port_name, sorted(self.service.ports)))))
        if self.service.network_mode == "awsvpc":
            parts.append(say("decisions.enis", n=1))
        return say("decisions.needs", what=" · ".join(parts))

    def _free(self, verdict: Verdict, place: int) -> str:
        """Say what a host had left before the decision."""
        if not self.has_hosts:
            return ""
        parts = [self._cpu(int(verdict.free_cpu[place])), self._memory(int(verdict.free_mib[place]))]
        if verdict.free_enis is not None and self.service.network_mode == "awsvpc":
            parts.append(self.speaker.say("decisions.enis", n=int(verdict.free_enis[place])))
        return " · ".join(parts)

    def _struck(self, verdict: Verdict, name: str, place: int) -> tuple[str, str]:
        """Give the gate's own no, and the figure."""
        say = self.speaker.say
        if name in verdict.constraints:
            word = (
                say("decisions.struck.daemon")
                if name == DAEMON
                else say("decisions.struck.constraint", rule=name if len(name) <= LONGEST else f"{name[:LONGEST]}…")
            )
            return word, word
        gate = say(f"why.refuses.{name}")
        if name == "cpu":
            return gate, say(
                "decisions.struck.cpu",
                need=self._cpu(self.service.cpu_units),
                has=self._cpu(int(verdict.free_cpu[place])),
            )
        if name == "memory":
            return gate, say(
                "decisions.struck.memory",
                need=self._memory(self.service.memory_mib),
                has=self._memory(int(verdict.free_mib[place])),
            )
        if name == "ports" and verdict.ports is not None:
            taken = sorted(verdict.ports[place] & self.service.ports)
            return gate, say("decisions.struck.ports", port=", ".join(map(port_name, taken)))
        return gate, gate

    def _outranked(self, verdict: Verdict, place: int) -> str:
        """Name the first strategy that ranked a host below the winner."""
        for rule, score in verdict.scores.items():
            if score[place] < score[verdict.host or 0]:
                return self.speaker.say(f"why.refuses.{_kind(rule)}")
        return self.speaker.say("why.tie")

    def _score(self, verdict: Verdict, rule: str, place: int) -> str:
        value = 0.0 - float(verdict.scores[rule][place])  # minus nothing is nothing, not -0
        return self._reading(rule, value, self.run.hosts[place][1] if self.has_hosts else place)

    # --- who has to go -----------------------------------------------------------------------------------------------

    def _leaves(self, found: Dismissal) -> dict[str, Any]:
        winner = int(np.flatnonzero(found.tasks == found.task)[0])
        ranks = _ranks(list(found.scores.values()), np.ones(len(found.tasks), dtype=np.bool_), winner)
        order = sorted(range(len(found.tasks)), key=lambda k: int(found.tasks[k]))
        rows = [self._candidate(found, k, int(ranks[k]), winner) for k in order]
        return {
            "kind": "leave",
            "needs": "",
            "columns": self._columns(_shown(found), leaves=True),
            "rows": rows,
            "answer": order.index(winner),
        }

    def _candidate(self, found: Dismissal, k: int, rank: int, winner: int) -> dict[str, Any]:
        zone, host, say = int(found.zones[k]), int(found.hosts[k]), self.speaker.say
        where = self.run.hosts[host][0] if host >= 0 else self._zone(zone)
        first = next((rule for rule, score in found.scores.items() if score[k] < score[winner]), "")
        return {
            "id": str(int(found.tasks[k])), "sub": where, "free": "", "struck": False, "rank": rank,
            "gate": "", "why": say(f"decisions.stays.{_kind(first)}") if first else "",
            "scores": [self._reading(rule, float(found.scores[rule][k]), zone) for rule in _shown(found)],
        }  # fmt: skip

    # --- words ---------------------------------------------------------------------------------------------------------

    def _columns(self, rules: Sequence[str] | Any, *, leaves: bool = False) -> list[dict[str, str]]:
        how = "leaves" if leaves else "wins"
        return [
            {
                "title": self.speaker.say(f"decisions.rule.{_kind(rule)}", attribute=rule.removeprefix(BY_ATTRIBUTE)),
                "hint": self.speaker.say(f"decisions.{how}.{_kind(rule)}"),
            }
            for rule in rules
        ]

    def _reading(self, rule: str, value: float, zone: int) -> str:
        """Write what a rule read off a host or a task."""
        kind = _kind(rule)
        if kind == "spread-zones":
            return self.speaker.say("decisions.in_zone", n=int(value), zone=self._zone(zone))
        if kind in {"spread-hosts", "spread"}:
            return self.speaker.number(value)
        if kind == "binpack-cpu":
            return self._cpu(int(value))
        if kind == "binpack-memory":
            return self._memory(int(value))
        if kind == "random":
            return self.speaker.number(abs(value), 2)
        if kind == "total":
            return self.speaker.number(abs(value))
        return self.speaker.number(value)

    def _zone(self, zone: int) -> str:
        return self.run.scenario.zone_letters[zone] if zone >= 0 else "–"

    def _cpu(self, units: int) -> str:
        return str(amount(story_placement.vcpu(units), self.speaker))

    def _memory(self, mib: int) -> str:
        return str(amount(story_placement.gib(mib), self.speaker))


def _telling(verdict: Ruling) -> dict[str, Marks]:
    """Keep the plugins that tell nodes apart: what gives all of them the same decides nothing, and a table has little room."""
    left = verdict.stopped_by == FEASIBLE
    return {name: m for name, m in verdict.marks.items() if left.any() and np.ptp(m.normal[left])}


def _asked(verdict: Verdict) -> list[str]:
    """List the rules that are columns: of the scheduler's, the lottery only where it decided."""
    if not isinstance(verdict, Ruling) or verdict.host is None or TOTAL not in verdict.scores:
        return list(verdict.scores)
    total = verdict.scores[TOTAL]
    is_lot = np.count_nonzero(total == total[verdict.host]) > 1
    return [rule for rule in verdict.scores if rule != CHANCE or is_lot]


def _shown(found: Dismissal) -> list[str]:
    """List the rules that are columns: a task's age is its number, which stands at the left."""
    return [rule for rule in found.scores if rule != NEWEST]


def _kind(rule: str) -> str:
    """Find the words for a rule: spreading over any attribute shares its own."""
    return "spread" if rule.startswith(BY_ATTRIBUTE) else rule


def _ranks(scores: list[Any], alive: Any, winner: int | None) -> Any:
    """Rank who was left by the scores in their order; equals share a rank, but the winner alone is first. 0 = not ranked."""
    ranks = np.zeros(len(alive), dtype=np.int64)
    left = np.flatnonzero(alive)
    keys = [tuple(-float(score[k]) for score in scores) for k in left]
    for k, key in zip(left, keys, strict=True):
        ranks[k] = 1 + sum(other < key for other in keys)
    if winner is not None:
        ranks[(ranks == ranks[winner]) & (np.arange(len(ranks)) != winner)] += 1
    return ranks
