"""What a person would say of nodes and pods: NotReady, evicted, back again; and of a control plane that does not answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np

from engine.events import Kind
from engine.launch import launch_type
from engine.sentence import Amount, Line
from engine.simulation import Run

Tone = Literal["lost", "ok", "plain"]
SPOKEN = ("no quorum", "all down")  # an election is over before anybody has read of it


def of_pods(run: Run) -> Iterator[Line]:
    """Tell it in the order in which it happened; nothing of it where Kubernetes runs nothing."""
    if not launch_type(run.scenario.launch_type).is_kubernetes:
        return
    said: set[str] = set()
    for i in run.events.where(*TELLERS):
        line = TELLERS[Kind(int(run.events.kind[i]))](run, int(i))
        if line is not None and not (line.key in ONCE and line.key in said):
            said.add(line.key)
            yield line


def moments_of_pods(run: Run) -> Iterator[tuple[float, str, Tone]]:
    """List the moments to step through: (when, its key, its tone)."""
    if not launch_type(run.scenario.launch_type).is_kubernetes:
        return
    events = run.events
    gone = [i for i in events.where(Kind.POD_EVICTED) if events.reason[i] in ("taint", "node gone")]
    found: tuple[tuple[str, Tone, Sequence[int]], ...] = (
        ("mark.not_ready", "lost", events.where(Kind.AGENT_MISSED)[:1].tolist()),
        ("mark.evicted", "plain", gone[:1]),
        ("mark.api_lost", "lost", [i for i in events.where(Kind.CONTROL_PLANE_LOST) if events.reason[i] in SPOKEN]),
        ("mark.api_back", "ok", [i for i in events.where(Kind.CONTROL_PLANE_BACK) if _was_told(run, int(i))]),
    )
    for key, tone, rows in found:
        for row in rows:
            yield float(events.at_s[row]), key, tone


def _dead(run: Run, i: int) -> Line | None:
    """Count the nodes that died at this moment, where they did so alone: of a zone that fails, more is told elsewhere."""
    events = run.events
    if np.isclose(events.at_s[events.where(Kind.ZONE_FAILED)], events.at_s[i]).any():
        return None
    n = _at_once(run, i)
    return _line(run, i, "node_dead", n=n, grace=Amount(run.scenario.kubernetes.nodes.grace_s, "s")) if n else None


def _not_ready(run: Run, i: int) -> Line | None:
    """Count the nodes that were missed at this moment, and say how long their pods stay."""
    n = _at_once(run, i)
    stays = Amount(run.scenario.kubernetes.nodes.toleration_s, "s")
    return _line(run, i, "not_ready", n=n, stays=stays) if n else None


def _paced(run: Run, i: int) -> Line | None:
    """Say why nothing is evicted, where it is so; a pace that goes on is no news."""
    if run.events.value[i]:
        return None
    is_all = run.events.reason[i] == "full"
    return _line(run, i, "evictions_off" if is_all else "evictions_stop", zone=_zone(run, i))


def _evicted(run: Run, i: int) -> Line | None:
    n = _at_once(run, i)
    if not n:
        return None
    word = run.events.reason[i].replace(" ", "_")
    return _line(run, i, f"evicted_{word}", n=n, stays=Amount(run.scenario.kubernetes.nodes.toleration_s, "s"))


def _restarted(run: Run, i: int) -> Line | None:
    if run.events.reason[i]:  # it crashed: no node came back
        return None
    n = _at_once(run, i)
    return _line(run, i, "restarted", n=n) if n else None


def _backed_off(run: Run, i: int) -> Line:
    return _line(run, i, "pull_fails", again=Amount(float(run.events.value[i]), "s"))


def _api_lost(run: Run, i: int) -> Line | None:
    reason = run.events.reason[i]
    return _line(run, i, f"api_{reason.replace(' ', '_')}") if reason in SPOKEN else None


def _api_back(run: Run, i: int) -> Line | None:
    took = Amount(float(run.events.value[i]), "s")
    return _line(run, i, "api_back", took=took) if _was_told(run, i) else None


TELLERS: dict[Kind, Callable[[Run, int], Line | None]] = {
    Kind.HOST_LOST: _dead,
    Kind.AGENT_MISSED: _not_ready,
    Kind.EVICTIONS_PACED: _paced,
    Kind.POD_EVICTED: _evicted,
    Kind.POD_RESTARTED: _restarted,
    Kind.PULL_BACKED_OFF: _backed_off,
    Kind.CONTROL_PLANE_LOST: _api_lost,
    Kind.CONTROL_PLANE_BACK: _api_back,
}
ONCE = {"caption.pull_fails", "caption.evictions_off"}


def _was_told(run: Run, i: int) -> bool:
    """Say whether a loss that this return ends was worth a word."""
    events = run.events
    since_s = float(events.at_s[i] - events.value[i]) - 1e-6
    rows = [j for j in events.where(Kind.CONTROL_PLANE_LOST) if since_s <= events.at_s[j] <= events.at_s[i]]
    return any(events.reason[j] in SPOKEN for j in rows)


def _line(run: Run, i: int, key: str, **values: int | str | Amount) -> Line:
    return Line(float(run.events.at_s[i]), f"caption.{key}", dict(values))


def _zone(run: Run, i: int) -> str:
    return run.scenario.zone_letters[int(run.events.zone[i])]


def _at_once(run: Run, i: int) -> int:
    """Count the events of this kind and reason at this moment, at the last of them; 0 at the others."""
    events = run.events
    rows = events.where(Kind(int(events.kind[i])))
    now = [j for j in rows[np.isclose(events.at_s[rows], events.at_s[i])] if events.reason[j] == events.reason[i]]
    return len(now) if i == now[-1] else 0
