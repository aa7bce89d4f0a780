"""What does not go together: problems that no single field can see, and the budgets of a run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import application_checks, autoscaler_checks, catalog, era_checks, launch, scaling_checks
from engine.errors import BudgetError, Problem

if TYPE_CHECKING:
    from engine.scenario import Scaling, Scenario, ScheduledChange, Service

OPERATIONS = (
    "fail-zone", "impair-zone", "restore-zone", "zonal-shift", "fail-host", "drain-host", "interrupt-spot",
    "cut-agent", "restore-agent", "patch", "update-nodes", "interrupt-spot-tasks", "stop-task", "run-tasks", "set-desired",
    "deploy", "fail-control-plane", "kill-member", "restart-member", "change-traffic", "break-module", "leak-module",
    "crash-module",
)  # fmt: skip

# What can be done to a store of the chapter control_plane (engine.consensus.scenario).
CONSENSUS_OPERATIONS = (
    "kill-member", "restart-member", "kill-leader", "cut-link", "heal-link", "cut-zone", "heal-zone", "fail-zone",
    "restore-zone", "add-member", "remove-member",
)  # fmt: skip

# What a pipeline is made of, and what can be done to it (engine.serverless).
PIPELINE_TAGS = (
    "api-gateway", "lambda-function", "fargate-service", "sqs-queue", "sns-topic", "state-machine", "appsync-api",
    "dynamodb-table", "aurora-cluster", "s3-bucket", "break-box", "pause-box", "resume-box", "poison", "spike", "hot-key",
    "redrive",
)  # fmt: skip

MAX_REQUESTS = 50_000_000
MAX_EVENTS = 2_000_000
MAX_CELLS = 20_000_000  # task-seconds that are counted one by one: at most a quarter of a gigabyte touched
MAX_LOOKS = 10_000_000  # at a task's memory or its age, once a second: ten seconds or so
MAX_TASKS = 5_000
MAX_HOSTS = 1_000


def problems(scenario: Scenario) -> list[Problem]:
    """List what does not go together in a scenario whose fields are each in range."""
    return [
        *_name_problems(scenario),
        *_operation_problems(scenario),
        *(
            found
            for number, service in enumerate(scenario.services)
            for found in _service_problems(number, service, scenario)
        ),
        *_fleet_problems(scenario),
        *scaling_checks.problems(scenario),
        *autoscaler_checks.problems(scenario),
        *application_checks.problems(scenario),
        *_trace_problems("traffic", scenario.traffic.shape, len(scenario.traffic.rates)),
        *_order_problems(scenario),
        *era_checks.problems(scenario),
    ]


def _name_problems(scenario: Scenario) -> Iterator[Problem]:
    names = [service.name for service in scenario.services]
    for number, name in enumerate(names):
        if name in names[:number]:
            yield Problem(f"services.{number}.name", name, "a name of its own", "two services share a name")


def _operation_problems(scenario: Scenario) -> Iterator[Problem]:
    """Find operations after the end, and on zones or services that are not there."""
    names = [service.name for service in scenario.services]
    for number, operation in enumerate(scenario.operations):
        where = f"operations.{number}"
        if operation.at_s > scenario.duration_s:
            allowed = f"0 to {scenario.duration_s:g} s"
            yield Problem(f"{where}.at_s", f"{operation.at_s:g}", allowed, "this is after the run's end")
        zone = getattr(operation, "zone", None)
        if zone is not None and zone not in scenario.zone_letters:
            yield Problem(f"{where}.zone", zone, ", ".join(scenario.zone_letters), "the scenario has no such zone")
        service = getattr(operation, "service", None)
        if service is not None and service not in names:
            yield Problem(f"{where}.service", service, ", ".join(names), "there is no such service")


def _service_problems(number: int, service: Service, scenario: Scenario) -> Iterator[Problem]:
    where, names = f"services.{number}", [one.name for one in scenario.services]
    yield from launch.launch_type(scenario.launch_type).refusals(where, service, scenario)
    yield from _spread_problems(where, service)
    scaling = service.scaling
    if scaling is not None and scaling.min_tasks > scaling.max_tasks:
        came, allowed = str(scaling.max_tasks), f"{scaling.min_tasks} or more"
        yield Problem(f"{where}.scaling.max_tasks", came, allowed, "the most is less than the least")
    yield from _daemon_problems(where, service)
    yield from _network_problems(where, service)
    yield from _neighbour_problems(where, service, names)
    if service.traffic is not None:
        yield from _trace_problems(f"{where}.traffic", service.traffic.shape, len(service.traffic.rates))


def _order_problems(scenario: Scenario) -> Iterator[Problem]:
    """Find spans whose end lies before their begin, and checks that outlast their period."""
    pairs = (
        ("fleet", "boot_min_s", "boot_max_s", scenario.fleet),
        ("assumptions", "agent_missed_min_s", "agent_missed_max_s", scenario.assumptions),
        ("assumptions", "pull_min_mib_per_s", "pull_max_mib_per_s", scenario.assumptions),
    )
    for group, low, high, record in pairs:
        if getattr(record, low) > getattr(record, high):
            came, least = f"{getattr(record, high):g}", f"{getattr(record, low):g} or more"
            yield Problem(f"{group}.{high}", came, least, f"it may not be below {low}")
    if scenario.balancer.check_timeout_s >= scenario.balancer.check_every_s:
        came, allowed = f"{scenario.balancer.check_timeout_s:g}", f"below {scenario.balancer.check_every_s:g} s"
        yield Problem("balancer.check_timeout_s", came, allowed, "a check must end before the next begins")


def _spread_problems(where: str, service: Service) -> list[Problem]:
    if service.work == "hyperexponential" and service.work_cv < 1:
        came = f"{service.work_cv:g}"
        return [Problem(f"{where}.work_cv", came, "1 to 10", "two kinds of requests vary at least as much as one does")]
    return []


def _trace_problems(where: str, shape: str, rates: int) -> list[Problem]:
    if shape == "rates" and rates == 0:
        return [Problem(f"{where}.rates", "nothing", "one rate or more", "a recorded trace needs its rates")]
    return []


def _daemon_problems(where: str, service: Service) -> list[Problem]:
    """Find what a daemon cannot have: its count follows the hosts."""
    if service.kind != "daemon" or service.scaling is None:
        return []
    why = "a daemon has as many tasks as there are hosts: nothing scales it"
    return [Problem(f"{where}.scaling", "target tracking", "none, for a daemon", why)]


def _network_problems(where: str, service: Service) -> list[Problem]:
    """Find a task on its host's own network that names no port (fact `ecs.network.bridge_dynamic_ports`)."""
    if service.network_mode != "host" or service.host_ports or service.udp_ports:
        return []
    why = "in host mode a task listens on its host's own ports, and no free one is found for it: name them"
    return [Problem(f"{where}.host_ports", "nothing", "one port or more", why)]


def _neighbour_problems(where: str, service: Service, names: list[str]) -> list[Problem]:
    """Find rules about other pods that name a service which does not exist: they would speak of nobody."""
    return [
        Problem(f"{where}.pods.scheduling.neighbours.{rule}", name, ", ".join(names), "there is no such service")
        for rule, name in service.pods.scheduling.neighbours.named()
        if name not in names
    ]


def _fleet_problems(scenario: Scenario) -> list[Problem]:
    """Find groups that share a name, and a fleet that is too large altogether."""
    found: list[Problem] = []
    names = [group.name for group in scenario.fleet.groups]
    for number, name in enumerate(names):
        if name in names[:number]:
            found.append(Problem(f"fleet.groups.{number}.name", name, "a name of its own", "two groups share a name"))
    if scenario.fleet.size > MAX_HOSTS:
        came, allowed = f"{scenario.fleet.size:,} hosts", f"up to {MAX_HOSTS:,}"
        where = "fleet.groups" if scenario.fleet.groups else "fleet.providers"
        found.append(Problem(where, came, allowed, "the groups have too many hosts together"))
    return found


# --- budgets -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Weight:
    """What a run may come to at the most: the figures that its budgets are held against.

    requests: with every retry, or the calls of an application's modules. looks: at tasks that leak or crash. cells: seconds that
    tasks may serve, counted one by one. events: in the log.
    """

    requests: float
    tasks: int
    looks: float
    cells: float
    events: float


def weigh(scenario: Scenario, requests: float) -> Weight:
    """Bound from above what a run may come to. requests: how many the traffic is expected to bring.

    >>> from engine import Scenario
    >>> weigh(Scenario(), 720_000).tasks
    21
    """
    is_graph = bool(scenario.application.modules)
    worst = requests * (application_checks.worst_calls(scenario) if is_graph else _tries(scenario))
    tasks = 0
    for service in scenario.services:
        if service.kind == "daemon":
            tasks += autoscaler_checks.most_nodes(scenario)
            continue
        most = _most_tasks(service.scaling) if service.scaling else 0
        wanted = [service.desired, most, *(getattr(o, "desired", 0) for o in scenario.operations)]
        tasks += max(wanted)
    tasks += sum(getattr(o, "count", 0) for o in scenario.operations)
    lives, moved = _lives(scenario, tasks, worst), _moved(scenario, tasks) + autoscaler_checks.moved(scenario, tasks)
    # A group that shrinks under its tasks again and again is stopped at the limit, as a fifth blow is.
    cells = (lives + min(moved, 4 * tasks)) * math.ceil(scenario.duration_s / step_s(scenario.duration_s))
    return Weight(worst, tasks, _looks(scenario, tasks), cells, _events(scenario, tasks, lives + moved))


def refuse_over_budget(scenario: Scenario, requests: float) -> None:
    """Refuse a run that would take too long or too much memory, with the figure that broke it.

    requests: how many the traffic is expected to bring.
    """
    found: list[Problem] = []
    weight, is_graph = weigh(scenario, requests), bool(scenario.application.modules)
    if weight.requests > MAX_REQUESTS:
        came = f"{weight.requests:,.0f} {'calls' if is_graph else 'requests'}" + (
            " with every retry" if is_graph or _tries(scenario) > 1 else ""
        )
        allowed = f"up to {MAX_REQUESTS:,}"
        found.append(Problem("duration_s", came, allowed, "lower the traffic, the retries or the duration"))
    if weight.tasks > MAX_TASKS:
        found.append(Problem("services", f"{weight.tasks:,} tasks", f"up to {MAX_TASKS:,}", "lower the desired counts"))
    if weight.looks > MAX_LOOKS:
        came, allowed = f"{weight.looks:,.0f} looks at tasks that leak or crash", f"up to {MAX_LOOKS:,}"
        found.append(
            Problem("operations", came, allowed, "a look a second at each: lower the tasks, or how long it lasts")
        )
    if weight.cells > MAX_CELLS:
        came, allowed = f"{weight.cells:,.0f} task-seconds to count", f"up to {MAX_CELLS:,}"
        found.append(Problem("duration_s", came, allowed, "lower the tasks or the duration" + _why_so_many(scenario)))
    if weight.events > MAX_EVENTS:
        came, allowed = f"up to {weight.events:,.0f} events", f"up to {MAX_EVENTS:,}"
        found.append(Problem("duration_s", came, allowed, "lower the tasks or the duration" + _why_so_many(scenario)))
    if found:
        raise BudgetError(found)


def _tries(scenario: Scenario) -> int:
    return max((1 + service.retries for service in scenario.services), default=1)


def _looks(scenario: Scenario, tasks: int) -> float:
    """Bound how often a task is looked at because it leaks or crashes: once a second, for each fault and each service that leaks."""
    end_s, lasts_s, watched = scenario.duration_s, 0.0, dict[str | None, float]()
    for o in scenario.operations:
        if o.do in {"leak-module", "crash-module"}:
            lasts_s += min(getattr(o, "for_s", None) or end_s, end_s - o.at_s)
        elif o.do == "deploy" and o.leak_mib:
            watched[o.service] = max(watched.get(o.service, 0.0), end_s - o.at_s)
    return tasks * (lasts_s + sum(watched.values()))


def _lives(scenario: Scenario, tasks: int, requests: float) -> float:
    """Bound from above how many tasks could ever serve: each may be replaced when somebody acts, or in a loop of deaths."""
    idle = {"change-traffic", "set-desired", "run-tasks", "restore-agent"}
    # A kubelet that is silent for long enough is emptied; an agent of ECS only if we assume so.
    if not scenario.assumptions.silent_replaced and not launch.launch_type(scenario.launch_type).is_kubernetes:
        idle.add("cut-agent")
    acts = sum(o.do not in idle for o in scenario.operations)
    most = max(service.max_percent for service in scenario.services) / 100
    # A fifth blow rarely finds another full set: the run itself is stopped at the limit.
    once = tasks * (1 + min(acts, 4) + _taken_back(scenario) + _interruptions(scenario)) + _moved_by_patches(scenario)
    once += _leaked_away(scenario, tasks, requests)
    if not _dies_in_a_loop(scenario):
        return once
    balancer, assumed = scenario.balancer, scenario.assumptions
    shortest = (balancer.unhealthy_after - 1) * balancer.check_every_s + assumed.container_s + assumed.scheduler_s
    return once + tasks * most * scenario.duration_s / shortest


def _leaked_away(scenario: Scenario, tasks: int, requests: float) -> float:
    """Bound how many tasks a leak or a crash loop can take: each has to fill its memory first, or to live, and to start."""
    assumed = scenario.assumptions
    start_s = assumed.container_s + assumed.scheduler_s
    by_time = tasks * scenario.duration_s
    lives_s = min((o.lives_s / 2 for o in scenario.operations if o.do == "crash-module"), default=math.inf)
    crashed = by_time / (lives_s + start_s)
    leak_mib = max((o.leak_mib for o in scenario.operations if o.do in {"deploy", "leak-module"}), default=0.0)
    if not leak_mib:
        return crashed
    free_mib = min(
        s.memory_mib * (1 - s.memory_base_share) - s.memory_per_request_mib * s.concurrency for s in scenario.services
    )
    slowest = by_time / (catalog.seconds("k8s.kubelet", "backoff_first_s") + start_s)
    # A module may work several times for one request.
    worked = requests * max(1, len(scenario.application.modules))
    return crashed + min(slowest, worked * leak_mib / max(free_mib, leak_mib))


def _moved_by_patches(scenario: Scenario) -> float:
    """Bound how many tasks patches move: each old host drains once, with as many tasks as it could hold."""
    if launch.launch_type(scenario.launch_type).hosts != "owned":
        return 0.0
    names = {group.instance_type for group in scenario.fleet.kinds}
    names.update(name for provider in scenario.fleet.providers for name in provider.instance_types)
    kinds = [catalog.instance_type(name) for name in names]
    most = max(
        min(kind.cpu_units // service.cpu_units, kind.memory_mib // service.memory_mib)
        for kind in kinds
        for service in scenario.services
    )
    hosts = scenario.fleet.most * (1 + len(scenario.operations))  # those that replaced others may be old too
    return float(
        sum((o.do == "patch" and o.what == "os") or o.do == "update-nodes" for o in scenario.operations) * hosts * most
    )


def _taken_back(scenario: Scenario) -> float:
    """Count how often AWS takes each task's place away in the course of things: Spot capacity, or a host at its age."""
    launched, days = launch.launch_type(scenario.launch_type), scenario.duration_s / 86_400
    by_chance = scenario.assumptions.spot_tasks_per_h * days * 24 if launched.is_spot else 0.0
    lifetime = catalog.number("ecs.mi.lifetime", "drain_start_day")  # Auto Mode's is longer
    by_age = (days + scenario.fleet.age_days) // lifetime if launched.hosts == "managed" else 0.0
    return by_chance + by_age


def _dies_in_a_loop(scenario: Scenario) -> bool:
    """Say whether tasks may die of their own: a start that outlasts its checks, or a zone that swallows them."""
    patience = scenario.balancer.unhealthy_after * scenario.balancer.check_every_s
    is_slow = any(
        service.start_s > max(service.grace_s, patience - scenario.balancer.check_every_s)
        for service in scenario.services
    )
    return is_slow or any(o.do == "impair-zone" and (o.loss > 0 or o.latency_ms > 1_000) for o in scenario.operations)


def _why_so_many(scenario: Scenario) -> str:
    """Name what makes a small scenario large."""
    return ": its tasks may be replaced again and again" if _dies_in_a_loop(scenario) else ""


def _events(scenario: Scenario, tasks: int, lives: float) -> float:
    """Bound the log from above."""
    is_managed = launch.launch_type(scenario.launch_type).hosts == "managed"
    grouped = sum(group.hosts for group in scenario.fleet.kinds) * (2 + len(scenario.operations))
    hosts = (lives if is_managed else grouped) * 6
    is_kubernetes = launch.launch_type(scenario.launch_type).is_kubernetes
    metrics = 2 * sum(
        scenario.duration_s / (s.pods.hpa.sync_s if is_kubernetes else s.scaling.period_s)
        for s in scenario.services
        if s.scaling
    )
    metrics += sum(scenario.duration_s / alarm_s for alarm_s in _alarms_s(scenario))
    metrics += sum(_changes(s.scaling.schedule, scenario.duration_s) for s in scenario.services if s.scaling) * 2
    hosts += _provider_events(scenario)
    longest, first = catalog.seconds("ecs.service.throttle_max"), scenario.assumptions.first_gap_s
    rounds = scenario.duration_s / longest + math.log2(longest / first) + 2
    failed_starts = rounds * tasks * 6 if _may_fail_to_start(scenario) else 0.0
    of_kubernetes = _of_kubernetes(scenario, tasks, lives, hosts)
    return lives * 15 + hosts + metrics + failed_starts + _silences(scenario) + _stuck(scenario, hosts) + of_kubernetes


def _of_kubernetes(scenario: Scenario, tasks: int, lives: float, hosts: float) -> float:
    """Bound what Kubernetes alone writes: of a pod's readiness and eviction, of pulls tried again, of nodes and their zones.

    Pods that come back with their node, or whose node does, begin anew without being replaced: once for each operation.
    """
    if not launch.launch_type(scenario.launch_type).is_kubernetes:
        return 0.0
    returns = lives * (8 + 9 * len(scenario.operations))
    pulls = sum(not service.image_pulls for service in scenario.services)
    tries = scenario.duration_s / catalog.seconds("k8s.kubelet", "backoff_longest_s") + 8
    refused = scenario.duration_s / catalog.seconds("k8s.drain_retry") * tasks if _asks_budgets(scenario) else 0.0
    nodes = hosts if launch.launch_type(scenario.launch_type).has_hosts else lives * 6
    return returns + tries * lives * bool(pulls) + refused + nodes


def _asks_budgets(scenario: Scenario) -> bool:
    """Say whether a PodDisruptionBudget may refuse an eviction again and again."""
    return any(service.pods.disruption is not None for service in scenario.services)


def _alarms_s(scenario: Scenario) -> list[float]:
    """List how often the alarm of each roll-out writes a point down."""
    every = [service.deployment for service in scenario.services]
    found = [o.deployment for o in scenario.operations if o.do == "deploy" and o.deployment is not None]
    plain = sum(o.do == "deploy" and o.deployment is None for o in scenario.operations)
    return [one.alarm_period_s for one in [*found, *every * plain] if one.alarm]


def _stuck(scenario: Scenario, hosts: float) -> float:
    """Bound what drains write that do not move: a word each time their patience ends and the reason has changed."""
    is_renewed = _taken_back(scenario) >= 1 or any(o.do == "patch" for o in scenario.operations)
    words = 2 + scenario.duration_s / scenario.assumptions.stuck_after_s
    return (1 + hosts / 6) * words if is_renewed else 0.0


def _silences(scenario: Scenario) -> float:
    """Bound what silent agents write: each tries to reconnect until the run ends."""
    tries = 20 + scenario.duration_s / catalog.seconds("ecs.agent.acs_backoff", "max_s")
    return tries * sum(o.do == "cut-agent" for o in scenario.operations)


def _provider_events(scenario: Scenario) -> float:
    """Bound what is written about the hosts of capacity providers, and about their reservation."""
    if not launch.launch_type(scenario.launch_type).owns_hosts:
        return 0.0
    total = 0.0
    rounds = 2 + len(scenario.operations) + _shrinkings(scenario) + _interruptions(scenario)
    for provider in scenario.fleet.providers:
        total += provider.max_hosts * rounds * 7
        total += scenario.duration_s / provider.period_s + 1
    return total


def _shrinkings(scenario: Scenario) -> float:
    """Bound how often the groups of capacity providers may have shrunk and grown again: each time it was quiet before."""
    if not launch.launch_type(scenario.launch_type).owns_hosts:
        return 0.0
    managed = [provider for provider in scenario.fleet.providers if provider.managed_scaling]
    return sum(scenario.duration_s / (p.period_s * p.quiet_points) for p in managed)


def _moved(scenario: Scenario, tasks: int) -> float:
    """Bound how many tasks have to move because their hosts are let go: none, where only empty hosts may go."""
    is_rough = any(not provider.protect for provider in scenario.fleet.providers)
    return 2.0 * tasks * _shrinkings(scenario) if is_rough else 0.0


def _interruptions(scenario: Scenario) -> float:
    """Bound how often chance takes a Spot host back, for each host a group may have: six deviations above the mean."""
    if not launch.launch_type(scenario.launch_type).owns_hosts:
        return 0.0
    most = 0.0
    for provider in scenario.fleet.providers:
        if provider.market == "spot" and provider.interruptions_per_hour:
            mean = provider.interruptions_per_hour * scenario.duration_s / 3600
            most += mean + 6 * math.sqrt(mean) + 6
    return most


def _most_tasks(scaling: Scaling) -> int:
    """Give the most tasks that scaling may ever want, a scheduled change of the bounds included."""
    return max(scaling.max_tasks, *(change.max_tasks or 0 for change in scaling.schedule), 0)


def _changes(schedule: tuple[ScheduledChange, ...], duration_s: float) -> float:
    """Count how often a schedule may act."""
    return sum(1 + (duration_s // 86_400 if change.daily else 0) for change in schedule)


def _may_fail_to_start(scenario: Scenario) -> bool:
    """Say whether starts may fail again and again: a pull that never works, or no zone to start in."""
    return any(not s.image_pulls for s in scenario.services) or any(
        o.do == "fail-zone" or (o.do == "interrupt-spot-tasks" and o.for_s > 0) or (o.do == "deploy" and o.fails)
        for o in scenario.operations
    )


def step_s(duration_s: float) -> float:
    """Count by the second, but for very long runs: 1 s up to two hours, then 10 s, a minute, and five beyond a week.

    >>> step_s(3_600), step_s(86_400), step_s(604_800), step_s(2_592_000)
    (1.0, 10.0, 60.0, 300.0)
    """
    if duration_s <= 7_200:
        return 1.0
    if duration_s <= 86_400:
        return 10.0
    return 60.0 if duration_s <= 604_800 else 300.0
