"""From a run to what the map plays: moves as columns, rates, and sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine import metrics, story
from engine.autoscaler_checks import is_on
from engine.catalog import instance_type
from engine.events import Events, Kind
from engine.launch import launch_type
from engine.placement.constraints import DISTINCT
from engine.placement.demand import needs_in
from engine.placement.pools import room_for
from engine.releases import release_of_tasks
from engine.simulation import Run
from pages.parts.stage_map import environments
from pages.parts.words import Voice

# What the browser knows a task, a host and a zone by; map_glyphs.js draws them.
GONE, PENDING, STARTING, SERVING, DRAINING, LOST, UNSEEN, FAILED = range(8)
H_GONE, H_BOOTING, H_READY, H_DRAINING, H_LOST, H_MISSED, H_CUT, H_NOTICE, H_CLOSED = range(9)
Z_WELL, Z_IMPAIRED, Z_LOST, Z_SHIFTED = range(4)
F_OUT, F_IN, F_TURNING, F_DEAD = range(4)

MOST_POINTS = 600
PRICE_DIGITS = 3  # of an hour: two would make a c5.large and an m5.large alike
MOST_ROOM = 40  # tiles for more than that would be dots
LINGER_S = 8.0  # a task that ended stays to be seen for so long

TASK_STATES = {
    Kind.TASK_CREATED: PENDING,
    Kind.TASK_PLACED: STARTING,
    Kind.TASK_SERVING: SERVING,
    Kind.TASK_UNHEALTHY: DRAINING,
    Kind.TASK_LOST: UNSEEN,
    Kind.TASK_GIVEN_UP: LOST,
    Kind.TASK_DEACTIVATING: DRAINING,
    Kind.TASK_STOPPING: DRAINING,
    Kind.POD_RESTARTED: STARTING,
}
HOST_STATES = {
    Kind.HOST_ASKED: H_BOOTING,
    Kind.HOST_READY: H_READY,
    Kind.HOST_DRAINING: H_DRAINING,
    Kind.HOST_LOST: H_LOST,
    Kind.AGENT_MISSED: H_MISSED,
    Kind.AGENT_CUT: H_CUT,
    Kind.AGENT_BACK: H_READY,
    Kind.HOST_GONE: H_GONE,
    Kind.SPOT_NOTICE: H_NOTICE,
    Kind.HOST_CORDONED: H_CLOSED,
    Kind.HOST_UNCORDONED: H_READY,
}


def payload(run: Run, voice: Voice, *, words: dict[str, str] | None = None) -> dict[str, Any]:
    """Pack a run for the map. About 60 kB for ten minutes of 400 tasks.

    words: the component's own texts; none = the table `map` in the voice's language.
    """
    scenario = run.scenario
    launch = launch_type(scenario.launch_type)
    owned, dots = launch.has_hosts, environments.moves(run) if launch.is_function else []
    return {
        "id": run.digest[:16],
        "end": scenario.duration_s,
        "lang": voice.lang,
        "kind": "hosts" if owned else "function" if launch.is_function else "solo",
        "name": voice.say(f"common.launch_type.{scenario.launch_type}.name"),
        "accent": scenario.launch_type,
        "zones": list(scenario.zone_letters),
        "services": [service.name for service in scenario.services],
        "hosts": {
            "id": [name for name, _ in run.hosts],
            "zone": [zone for _, zone in run.hosts],
            "patched": _patched(run),
            "room": [_room(run, kind.instance_type) for kind in run.kinds],
            "type": _types(run, voice),
        },
        "host_moves": _host_moves(run.events),
        "task_moves": _columns(dots, "t", "task", "state", "host", "zone") if dots else _task_moves(run, owned=owned),
        "task_service": [0] * int(max((dot[1] for dot in dots), default=0)) or _services_of_tasks(run.events),
        "by_hand": sorted(_by_hand(run.events)),
        "task_release": _releases(run),
        "zone_moves": _zone_moves(run.events),
        "front_moves": _front_moves(run),
        "wanted": _wanted(run),
        "flow": _flow(run),
        "marks": marks(run, voice),
        "captions": [caption(line, voice) for line in story.captions(run)],
        "waiting": [{"t": line.at_s, "text": _said(line, voice)} for line in story.waiting(run)],
        "actions": actions(
            voice,
            owned=owned,
            tasks=not launch.is_function,
            deployed=any(o.do == "deploy" for o in scenario.operations),
        ),
        "words": words or voice.table("map"),
        "number": voice.number_signs(),
    }


def _types(run: Run, voice: Voice) -> list[str]:
    """Name each host's instance type; none where all are alike. Where somebody adds and removes nodes, their price stands there too."""
    types = [kind.instance_type for kind in run.kinds]
    if is_on(run.scenario):
        return [f"{kind} {voice.money(instance_type(kind).usd_per_hour, PRICE_DIGITS)}" for kind in types]
    return types if len(set(types)) > 1 else []


def _by_hand(events: Events) -> set[int]:
    """Give the numbers of the tasks that no service keeps."""
    return {int(events.task[i]) for i in events.where(Kind.TASK_CREATED) if events.reason[i] == "run-tasks"}


def _releases(run: Run) -> list[int]:
    """List the release that each task runs, 0 = the first; none where no version ever came out."""
    found = release_of_tasks(run)
    return [found.get(task + 1, 0) for task in range(max(found, default=0))]


def _room(run: Run, kind: str) -> int:
    """Count how many tasks a host of an instance type can hold: the daemons', and of the first service that keeps replicas."""
    scenario = run.scenario
    service = next((one for one in scenario.services if one.kind == "replica"), scenario.services[0])
    host, asked = room_for(scenario, kind), dict(zip(scenario.services, needs_in(scenario), strict=True))
    needs = asked[service]
    daemons = [asked[one] for one in scenario.services if one.kind == "daemon" and one is not service]
    cpu = host.cpu_units - sum(one.cpu_units for one in daemons)
    memory = host.memory_mib - sum(one.memory_mib for one in daemons)
    most = min(cpu // needs.cpu_units, memory // needs.memory_mib, MOST_ROOM)
    if needs.enis:
        most = min(most, host.enis - sum(one.enis for one in daemons))
    if needs.ports or DISTINCT in service.constraints or service.kind == "daemon":
        most = min(most, 1)
    return max(0, most) + len(daemons)


# --- moves -----------------------------------------------------------------------------------------------------------


def _columns(rows: list[tuple[float, ...]], *names: str) -> dict[str, list[float]]:
    """Turn rows into columns, in order of time; rows of one moment keep their order."""
    rows.sort(key=lambda row: row[0])
    return {name: [row[k] for row in rows] for k, name in enumerate(names)}


def _task_moves(run: Run, *, owned: bool) -> dict[str, list[float]]:
    """List what became of each task and when; of several moves at one moment only the last is seen."""
    events, end_s = run.events, run.scenario.duration_s
    moves: dict[tuple[float, int], tuple[float, ...]] = {}
    on_host: dict[int, list[int]] = {}
    lost: set[int] = set()
    gone: set[int] = set()
    by_hand = _by_hand(events)
    is_kubernetes = launch_type(run.scenario.launch_type).is_kubernetes
    for i in range(len(events)):
        kind, task, at_s = Kind(int(events.kind[i])), int(events.task[i]), round(float(events.at_s[i]), 3)
        host, zone = int(events.host[i]), int(events.zone[i])
        if task > 0:
            if kind == Kind.POD_RESTARTED and task in lost:  # it comes back with its node
                lost.discard(task)
                on_host[host].remove(task)
            state = _task_state(kind, by_hand=task in by_hand, is_pod=is_kubernetes, is_lost=task in lost)
            if kind == Kind.TASK_LOST:
                lost.add(task)
                on_host.setdefault(host, []).append(task)
            if state == LOST and host in gone:
                continue
            if state is not None:
                moves[at_s, task] = (at_s, task, state, host, zone)
            elif kind == Kind.TASK_STOPPED:
                is_dead = task in lost and host not in gone
                state = LOST if is_dead else FAILED if _failed(events, i) and task not in lost else GONE
                moves[at_s, task] = (at_s, task, state, host, zone)
                if state != GONE and (state == FAILED or not owned) and at_s + LINGER_S < end_s:
                    moves[at_s + LINGER_S, task] = (at_s + LINGER_S, task, GONE, host, zone)
        elif kind in (Kind.HOST_GONE, Kind.HOST_READY):
            (gone.add if kind == Kind.HOST_GONE else gone.discard)(host)
            for dead in on_host.pop(host, []):
                moves[at_s, dead] = (at_s, dead, GONE, host, zone)
    return _columns(list(moves.values()), "t", "task", "state", "host", "zone")


def _failed(events: Events, i: int) -> bool:
    return events.reason[i] == "TaskFailedToStart"


def _task_state(kind: Kind, *, by_hand: bool, is_pod: bool, is_lost: bool) -> int | None:
    """Say what a task is from an event on; none where that changes nothing."""
    if kind == Kind.TASK_RUNNING and by_hand:  # no load balancer says of a task that no service keeps that it serves
        return SERVING
    if kind == Kind.TASK_UNHEALTHY and is_pod:  # out of the load balancer, and no more
        return LOST if is_lost else STARTING
    return TASK_STATES.get(kind)


def _services_of_tasks(events: Events) -> list[int]:
    created = events.where(Kind.TASK_CREATED)
    services = [0] * int(events.task[created].max(initial=0))
    for i in created:
        services[int(events.task[i]) - 1] = int(events.service[i])
    return services


def _host_moves(events: Events) -> dict[str, list[float]]:
    moves: dict[tuple[float, int], tuple[float, ...]] = {}
    lost: set[int] = set()
    now: dict[int, int] = {}
    before: dict[int, int] = {}
    for i in events.where(*HOST_STATES):
        at_s, host, kind = round(float(events.at_s[i]), 3), int(events.host[i]), int(events.kind[i])
        if kind == Kind.AGENT_MISSED and host not in lost:  # only its agent is silent: the host goes on
            continue
        if kind not in (Kind.AGENT_MISSED, Kind.AGENT_CUT, Kind.AGENT_BACK):
            (lost.add if kind == Kind.HOST_LOST else lost.discard)(host)
        if kind == Kind.HOST_DRAINING and events.reason[i] == "spot":  # the notice says more
            continue
        state = HOST_STATES[Kind(kind)]
        if kind == Kind.AGENT_BACK:  # what it was before; a host that drains goes on draining
            state = before.pop(host, H_READY)
        elif kind == Kind.AGENT_CUT:
            before[host] = now.get(host, H_READY)
        now[host] = state
        moves[at_s, host] = (at_s, host, state)
    return _columns(list(moves.values()), "t", "host", "state")


def _patched(run: Run) -> list[float | None]:
    """Say from when on each host runs the newest release; none where it never does, or none came."""
    first: dict[int, float] = {}
    for i in run.events.where(Kind.HOST_PATCHED):
        first.setdefault(int(run.events.host[i]), round(float(run.events.at_s[i]), 3))
    return [first.get(host) for host in range(len(run.hosts))]


def _zone_moves(events: Events) -> dict[str, list[float]]:
    """Follow each zone: a lost one stays lost, whatever else is done to it, until it is restored."""
    state: dict[int, dict[str, bool]] = {}
    rows: list[tuple[float, ...]] = []
    for i in events.where(
        Kind.ZONE_FAILED, Kind.ZONE_IMPAIRED, Kind.ZONE_RESTORED, Kind.SHIFT_STARTED, Kind.SHIFT_ENDED
    ):
        zone, kind = int(events.zone[i]), int(events.kind[i])
        is_ = state.setdefault(zone, {"lost": False, "impaired": False, "shifted": False})
        if kind == Kind.ZONE_FAILED:
            is_["lost"] = True
        elif kind == Kind.ZONE_IMPAIRED:
            is_["impaired"] = True
        elif kind == Kind.ZONE_RESTORED:
            is_["lost"] = is_["impaired"] = False
        else:
            is_["shifted"] = kind == Kind.SHIFT_STARTED
        now = Z_LOST if is_["lost"] else Z_SHIFTED if is_["shifted"] else Z_IMPAIRED if is_["impaired"] else Z_WELL
        rows.append((round(float(events.at_s[i]), 3), zone, now))
    return _columns(rows, "t", "zone", "state")


def _front_moves(run: Run) -> dict[str, list[float]]:
    """Follow each front through death, leaving DNS, and coming back."""
    events, ttl_s, end_s = run.events, run.scenario.balancer.dns_ttl_s, run.scenario.duration_s
    rows: list[tuple[float, ...]] = []
    in_dns = [True] * run.scenario.zones
    dead = [False] * run.scenario.zones
    kinds = (Kind.ZONE_FAILED, Kind.ZONE_RESTORED, Kind.FRONT_LEFT, Kind.FRONT_JOINED)
    turns = [(float(events.at_s[i]), int(events.kind[i]), int(events.zone[i])) for i in events.where(*kinds)]
    for k, (at_s, kind, zone) in enumerate(turns):
        if kind in (Kind.ZONE_FAILED, Kind.ZONE_RESTORED):
            dead[zone] = kind == Kind.ZONE_FAILED
            if in_dns[zone]:
                rows.append((at_s, zone, F_DEAD if dead[zone] else F_IN))
            continue
        in_dns[zone] = kind == Kind.FRONT_JOINED
        rows.append((at_s, zone, F_TURNING))
        until = at_s + ttl_s
        turned = any(
            z == zone and kd in (Kind.FRONT_LEFT, Kind.FRONT_JOINED) and t < until for t, kd, z in turns[k + 1 :]
        )
        if not turned and until < end_s:
            rows.append((until, zone, F_IN if in_dns[zone] else F_OUT))
    return _columns(rows, "t", "zone", "state")


def _wanted(run: Run) -> dict[str, list[float]]:
    steps = metrics.desired(run)
    return {"t": steps.at_s.tolist(), "n": steps.value.tolist()}


# --- rates -----------------------------------------------------------------------------------------------------------


def _flow(run: Run) -> dict[str, Any]:
    """Average the rates into at most 600 points."""
    line, zones = metrics.timeline(run), metrics.by_zone(run)
    width = max(1, -(-len(line.at_s) // MOST_POINTS))
    return {
        "step": width * run.requests.step_s,
        "users": _thin(line.arrived, width),
        "ok": _thin(line.ok + line.slow, width),
        "refused": _thin(line.refused, width),
        "timed_out": _thin(line.timed_out, width),
        "lost": _thin(line.reset + line.errors, width),
        "zone_ok": [_thin(row, width) for row in zones.served],
        "zone_bad": [_thin(row, width) for row in zones.failed],
    }


def _thin(rates: np.ndarray[Any, np.dtype[np.float64]], width: int) -> list[float]:
    whole = np.add.reduceat(rates, np.arange(0, len(rates), width))
    lengths = np.diff(np.append(np.arange(0, len(rates), width), len(rates)))
    return [round(float(rate), 1) for rate in whole / lengths]


# --- words -----------------------------------------------------------------------------------------------------------


def amount(value: object, voice: Voice) -> object:
    """Write an amount in the voice's language; what is none passes as it is."""
    if not isinstance(value, story.Amount):
        return value
    number = value.value
    match value.unit:
        case "s":
            return voice.seconds(number)
        case "clock":
            return voice.clock(number)
        case "share":
            return voice.percent(number, 0)
        case "usd":
            return voice.money(number, PRICE_DIGITS)
        case "vcpu" | "gib" | "mib":
            digits = 0 if number == int(number) else 2
            return voice.say(f"story.amount.{value.unit}", value=voice.number(number, digits))


def _said(line: story.Line, voice: Voice) -> str:
    if not line.key:
        return ""
    return voice.say(f"story.{line.key}", **written(line.values, voice))


def written(values: Mapping[str, object], voice: Voice) -> dict[str, object]:
    """Write a sentence's values; a module of our own applications has a name in every language."""
    found = {name: amount(value, voice) for name, value in values.items()}
    if "module" in found:
        found["module"] = voice.table("calls.module").get(str(found["module"]), found["module"])
    return found


def caption(line: story.Line, voice: Voice) -> dict[str, Any]:
    """Split a caption into its cause (between ** **) and its number."""
    cause, _, number = _said(line, voice).removeprefix("**").partition("**")
    return {"t": line.at_s, "cause": cause.strip(), "number": number.strip()}


def marks(run: Run, voice: Voice) -> list[dict[str, Any]]:
    """Write the scrubber's marks."""
    return [
        {
            "t": mark.at_s,
            "text": voice.say(f"story.{mark.key}", **written(mark.values, voice)),
            "tone": mark.tone,
            "label": mark.is_key,
            "op": mark.operation,
        }
        for mark in story.marks(run)
    ]


def actions(
    voice: Voice, *, owned: bool, tasks: bool = True, deployed: bool = False
) -> dict[str, list[dict[str, Any]]]:
    """List what can be done to what, in which of its states. deployed: a version came out, so one can go back."""
    texts = voice.table("story.action")  # the browser fills in who and when

    def action(do: str, when: list[int], tone: str = "plain", **more: object) -> dict[str, Any]:
        return {"do": do, "label": texts[do], "tone": tone, "when": when, **more}

    return {
        "zone": [
            action("fail-zone", [Z_WELL, Z_IMPAIRED, Z_SHIFTED], "lost"),
            action("impair-zone", [Z_WELL, Z_SHIFTED], "lost"),
            action("zonal-shift", [Z_WELL, Z_IMPAIRED]),
            action("restore-zone", [Z_IMPAIRED, Z_LOST], "ok"),
        ],
        "host": [
            action("fail-host", [H_BOOTING, H_READY, H_DRAINING, H_CUT, H_NOTICE], "lost"),
            action("drain-host", [H_READY]),
            action("cut-agent", [H_READY]),
            action("restore-agent", [H_CUT], "ok"),
        ]
        if owned
        else [],
        "task": [action("stop-task", [PENDING, STARTING, SERVING])] if tasks else [],
        "balancer": [
            action(do, [0, 1, 2, 3], tone)
            for do, tone in (
                ("surge", "plain"),
                *([("deploy", "plain"), ("deploy-bad", "lost")] if tasks else []),
                *([("undo-deploy", "ok")] if deployed else []),
            )
        ],
    }
