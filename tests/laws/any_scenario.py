"""Any small scenario: short, with little traffic, and with every delay drawn in, so that much happens in few seconds."""

from typing import Any

from hypothesis import strategies as st

from engine import Scenario
from engine.scenario import LaunchTypeName

ZONES = "abc"
LAUNCH_TYPES = LaunchTypeName.__args__


def moments(end_s: float) -> st.SearchStrategy[float]:
    """A moment of the run. Round ones often: they fall together with checks, ticks and each other."""
    return st.one_of(
        st.integers(0, int(end_s)).map(float), st.floats(0, end_s, allow_nan=False), st.sampled_from([0.0, 20.0, 40.0])
    )


def deployments() -> st.SearchStrategy[dict[str, Any]]:
    """Every strategy, with bake times of seconds, and now and then a breaker or an alarm."""
    return st.fixed_dictionaries({
        "strategy": st.sampled_from(["rolling", "all-at-once", "blue-green", "canary", "linear"]),
        "bake_s": st.sampled_from([0, 10]), "canary_percent": st.sampled_from([5, 40, 100]),
        "canary_bake_s": st.sampled_from([0, 20]), "step_percent": st.sampled_from([30, 50]),
        "step_bake_s": st.sampled_from([0, 7]), "breaker": st.booleans(), "rollback": st.booleans(),
        "breaker_type": st.sampled_from(["BOUNDED_PERCENT", "COUNT", "UNBOUNDED_PERCENT"]),
        "breaker_value": st.sampled_from([1, 50]), "breaker_resets": st.booleans(), "alarm": st.booleans(),
        "alarm_percent": st.sampled_from([0, 1, 20]), "alarm_points": st.integers(1, 2),
        "alarm_period_s": st.sampled_from([10, 20]), "alarm_delay_s": st.sampled_from([0, 5, 30]),
        "alarm_on": st.sampled_from(["service", "new-version"]), "ready_within_s": st.sampled_from([10, 86_400]),
    })  # fmt: skip


def operations(end_s: float, zones: int = 3, services: tuple[str, ...] = ("web",)) -> st.SearchStrategy[dict[str, Any]]:
    """Anything that can be done, at any moment of the run."""
    at_s, zone = moments(end_s), st.sampled_from(ZONES[:zones])
    host = st.builds("{}{}".format, zone, st.integers(1, 4))
    service = st.sampled_from([None, *services])
    return st.one_of(
        st.fixed_dictionaries({"do": st.just("fail-zone"), "zone": zone, "at_s": at_s}),
        st.fixed_dictionaries({"do": st.just("restore-zone"), "zone": zone, "at_s": at_s}),
        st.fixed_dictionaries({
            "do": st.just("impair-zone"), "zone": zone, "at_s": at_s,
            "latency_ms": st.sampled_from([0, 150, 1_200, 9_000]), "loss": st.sampled_from([0, 0.3, 1]),
        }),
        st.fixed_dictionaries({
            "do": st.just("zonal-shift"), "zone": zone, "at_s": at_s, "for_s": st.floats(1, 60, allow_nan=False)
        }),
        st.fixed_dictionaries({"do": st.just("fail-host"), "host": host, "at_s": at_s}),
        st.fixed_dictionaries({"do": st.just("drain-host"), "host": host, "at_s": at_s}),
        st.fixed_dictionaries({"do": st.just("interrupt-spot"), "at_s": at_s}, optional={"hosts": st.integers(1, 3)}),
        st.fixed_dictionaries({"do": st.just("interrupt-spot"), "at_s": at_s, "host": host}),
        st.fixed_dictionaries({"do": st.just("cut-agent"), "host": host, "at_s": at_s}),
        st.fixed_dictionaries({"do": st.just("restore-agent"), "host": host, "at_s": at_s}),
        st.fixed_dictionaries({
            "do": st.just("patch"), "what": st.sampled_from(["os", "os", "agent"]), "hosts_at_once": st.integers(1, 3),
            "percent_at_once": st.sampled_from([None, None, 50]), "launch_first": st.booleans(), "force": st.booleans(),
            "pause_s": st.sampled_from([0, 0, 7]), "wait_days": st.just(0), "at_s": at_s,
        }),
        st.fixed_dictionaries({
            "do": st.just("interrupt-spot-tasks"), "share": st.sampled_from([0, 0.3, 1]),
            "for_s": st.sampled_from([0, 5, 60]), "at_s": at_s,
        }),
        st.fixed_dictionaries({
            "do": st.just("fail-control-plane"), "for_s": st.sampled_from([None, 5, 40]), "at_s": at_s,
        }),
        st.fixed_dictionaries({"do": st.just("kill-member"), "member": st.integers(1, 3), "at_s": at_s}),
        st.fixed_dictionaries({"do": st.just("restart-member"), "member": st.integers(1, 3), "at_s": at_s}),
        st.fixed_dictionaries({"do": st.just("stop-task"), "task": st.integers(1, 14), "at_s": at_s}),
        st.fixed_dictionaries({
            "do": st.just("set-desired"), "service": service, "desired": st.integers(0, 9), "at_s": at_s
        }),
        st.fixed_dictionaries({
            "do": st.just("deploy"), "service": service, "at_s": at_s, "fails": st.sampled_from([False, False, True]),
            "undo": st.sampled_from([False, False, True]), "start_s": st.sampled_from([None, 0, 9]),
            "image_mib": st.sampled_from([None, 0, 300]), "errors": st.sampled_from([0, 0, 0.3, 1]),
            "leak_mib": st.sampled_from([0, 0, 5, 200]), "deployment": st.none() | deployments(),
        }),
        st.fixed_dictionaries({
            "do": st.just("change-traffic"), "service": service, "factor": st.sampled_from([0, 0.5, 1, 2.5]),
            "at_s": at_s,
        }),
    )  # fmt: skip


def _schedules() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Bounds that change once or twice and never cross."""
    change = st.fixed_dictionaries({
        "at_s": st.sampled_from([0, 20, 33.3, 90]), "min_tasks": st.integers(0, 3), "max_tasks": st.integers(3, 8),
    })  # fmt: skip
    return st.lists(change, max_size=2)


def _policies() -> st.SearchStrategy[dict[str, Any]]:
    """Steps and schedules, beside the plain target tracking of most."""
    common = {
        "policy": st.sampled_from(["target", "step", "scheduled"]), "metric": st.sampled_from(["cpu", "memory", "requests"]),
        "target": st.sampled_from([20, 35, 300]), "min_tasks": st.integers(0, 2), "max_tasks": st.integers(3, 8),
        "period_s": st.just(20), "points_out": st.integers(1, 2), "points_in": st.integers(1, 3),
        "cooldown_out_s": st.sampled_from([0, 20, 60]), "cooldown_in_s": st.sampled_from([0, 20]),
        "steps_out": st.just([{"lower": 0, "upper": 10, "change": 1}, {"lower": 10, "change": 3}]),
        "steps_in": st.sampled_from([[], [{"upper": 0, "lower": -5, "change": -1}, {"upper": -5, "change": -2}]]),
        "adjust": st.sampled_from(["count", "percent"]), "schedule": _schedules(),
    }  # fmt: skip
    return st.fixed_dictionaries(common)


def providers() -> st.SearchStrategy[list[dict[str, Any]]]:
    """None (most often), one or two capacity providers whose quiet minutes are seconds."""
    one = st.fixed_dictionaries({
        "instance_types": st.sampled_from([["m5.large"], ["m5.xlarge", "m5.large"], ["c5.large"]]),
        "market": st.sampled_from(["on-demand", "spot", "spot"]), "hosts": st.integers(1, 3),
        "min_hosts": st.integers(0, 1), "max_hosts": st.integers(3, 5), "managed_scaling": st.sampled_from([True, True, False]),
        "target_percent": st.sampled_from([100, 90, 60]), "warmup_s": st.sampled_from([0, 15, 40]),
        "min_step": st.integers(1, 2), "max_step": st.sampled_from([2, 10_000]), "period_s": st.sampled_from([10, 20]),
        "quiet_points": st.integers(1, 3), "protect": st.booleans(), "managed_draining": st.booleans(),
        "drain_on_notice": st.booleans(), "interruptions_per_hour": st.sampled_from([0, 0, 30]),
    })  # fmt: skip
    return st.one_of(st.just([]), st.lists(one, max_size=2)).map(
        lambda found: [given | {"name": name} for given, name in zip(found, ("one", "two"), strict=False)]
    )


def pods() -> st.SearchStrategy[dict[str, Any]]:
    """How Kubernetes rolls out, spares and scales a service's pods."""
    rollout = st.fixed_dictionaries({
        "strategy": st.sampled_from(["RollingUpdate", "RollingUpdate", "Recreate"]),
        "max_surge": st.sampled_from(["25%", "1", "100%"]), "max_unavailable": st.sampled_from(["0", "25%", "1", "100%"]),
        "min_ready_s": st.sampled_from([0, 0, 5]), "progress_deadline_s": st.sampled_from([20, 60, 600]),
    })  # fmt: skip
    budget = st.sampled_from([
        None, {"min_available": "50%"}, {"min_available": 2}, {"max_unavailable": 1}, {"max_unavailable": 0},
        {"max_unavailable": "30%", "unhealthy": "AlwaysAllow"},
    ])  # fmt: skip
    rules = st.fixed_dictionaries({
        "select": st.sampled_from(["Max", "Min", "Disabled"]), "stabilization_s": st.sampled_from([None, 0, 20]),
        "policies": st.sampled_from([
            [], [{"type": "Pods", "value": 1, "period_s": 20}],
            [{"type": "Pods", "value": 2, "period_s": 15}, {"type": "Percent", "value": 50, "period_s": 30}],
        ]),
    })  # fmt: skip
    hpa = st.fixed_dictionaries({
        "sync_s": st.sampled_from([5, 15]), "cpu_init_s": st.sampled_from([0, 40]), "down_window_s": st.sampled_from([0, 30]),
        "metrics_every_s": st.sampled_from([10, 15]), "scale_up": st.none() | rules, "scale_down": st.none() | rules,
    })  # fmt: skip
    return st.fixed_dictionaries({"rollout": rollout, "disruption": budget, "hpa": hpa})


def _services() -> st.SearchStrategy[dict[str, Any]]:
    scaling = st.fixed_dictionaries({
        "metric": st.sampled_from(["cpu", "requests"]), "target": st.sampled_from([20, 60, 300]),
        "min_tasks": st.integers(0, 2), "max_tasks": st.integers(3, 8), "period_s": st.sampled_from([20, 40]),
        "points_out": st.integers(1, 2), "points_in": st.integers(1, 3), "cooldown_out_s": st.just(20),
        "cooldown_in_s": st.just(20),
    })  # fmt: skip
    return st.fixed_dictionaries({
        "desired": st.integers(0, 7),
        "concurrency": st.integers(1, 3),
        "work": st.sampled_from(["exponential", "constant", "lognormal", "hyperexponential"]),
        "work_cv": st.sampled_from([1, 3]),
        "work_ms": st.sampled_from([5, 80, 400]),
        "backlog": st.sampled_from([0, 2, 50]),
        "timeout_s": st.sampled_from([0.2, 1, 3]),
        "retries": st.integers(0, 2),
        "retry_after_s": st.sampled_from([0, 0.3]),
        "start_s": st.sampled_from([0, 3, 25]),
        "grace_s": st.sampled_from([0, 40]),
        "image_mib": st.sampled_from([0, 100]),
        "image_pulls": st.sampled_from([True, True, True, False]),
        "min_healthy_percent": st.sampled_from([0, 50, 100]),
        "max_percent": st.sampled_from([100, 150, 200]),
        "placement": st.sampled_from([["spread-zones", "spread-hosts"], ["binpack-memory"], ["random"], ["binpack-cpu"]]),
        "scaling": st.one_of(st.none(), scaling, _policies()),
        "pods": st.just({}) | pods(),
        "deployment": st.just({}) | deployments(),
        "function": st.just({}) | functions(),
    })  # fmt: skip


def functions() -> st.SearchStrategy[dict[str, Any]]:
    """Functions whose limits are near and whose environments are soon forgotten."""
    return st.fixed_dictionaries({
        "memory_mb": st.sampled_from([128, 1769, 3538]), "time_limit_s": st.sampled_from([1, 900]),
        "reserved": st.sampled_from([None, 0, 1, 3, 8]), "provisioned": st.sampled_from([0, 0, 2]),
        "init_s": st.sampled_from([None, 0, 0.5]), "keep_s": st.sampled_from([1, 10, 600]),
    })  # fmt: skip


def _nodes() -> st.SearchStrategy[dict[str, Any]]:
    """Nodes whose minutes are seconds, now and then with upstream's own patience."""
    quick = st.fixed_dictionaries({
        "lease_every_s": st.sampled_from([1, 3]), "monitor_every_s": st.sampled_from([1, 5]), "grace_s": st.sampled_from([4, 12]),
        "toleration_s": st.sampled_from([0, 9, 40]), "eviction_per_s": st.sampled_from([0, 0.1, 1]), "secondary_per_s": st.just(0.05),
        "large_over": st.sampled_from([0, 50]), "unhealthy_share": st.sampled_from([0.1, 0.55]), "serial_pulls": st.booleans(),
        "probe_every_s": st.sampled_from([1, 7]), "retry_s": st.sampled_from([1, 10]),
    })  # fmt: skip
    return st.one_of(quick, quick, quick, st.just({}))


def _strategies(groups: list[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """No strategy, or weights for every provider and a base for the first."""
    if not groups:
        return st.just([])
    weights = st.lists(st.integers(1, 3), min_size=len(groups), max_size=len(groups))
    shares = st.tuples(weights, st.integers(0, 2)).map(
        lambda drawn: [
            {"provider": group["name"], "weight": weight, "base": 0 if n else drawn[1]}
            for n, (group, weight) in enumerate(zip(groups, drawn[0], strict=True))
        ]
    )
    return st.one_of(st.just([]), shares, shares)


@st.composite
def scenarios(draw: st.DrawFn, most_rps: float = 25, most_operations: int = 5) -> Scenario:
    """Any small scenario of one or two services on any launch type."""
    end_s = draw(st.sampled_from([60.0, 150.0, 240.0]))
    zones = draw(st.integers(1, 3))
    names = draw(st.sampled_from([("web",), ("web",), ("web", "api")]))
    groups = draw(providers())
    services = [draw(_services()) | {"name": name, "capacity": draw(_strategies(groups))} for name in names]
    given_: dict[str, Any] = {
        "seed": draw(st.integers(0, 2**32 - 1)),
        "duration_s": end_s,
        "launch_type": draw(st.sampled_from(LAUNCH_TYPES)),
        "zones": zones,
        "warm": draw(st.sampled_from([True, True, False])),
        "traffic": {
            "shape": draw(st.sampled_from(["steady", "spike", "ramp", "flash-crowd", "day"])),
            "rps": draw(st.one_of(st.just(0), st.floats(0.1, most_rps, allow_nan=False))), "peak_rps": most_rps, "at_s": 40, "for_s": 30,
            "period_s": 90,
        },
        "services": services,
        "fleet": {"hosts": draw(st.integers(0, 5)), "replace": draw(st.booleans()), "rebalance": draw(st.booleans()),
                  "boot_min_s": 8, "boot_max_s": draw(st.sampled_from([8, 25])), "providers": groups,
                  "scale_in_after_s": draw(st.sampled_from([-1, 0, 15])), "drain_spread_h": draw(st.sampled_from([0, 0.01])),
                  "age_days": draw(st.sampled_from([0, 0, 13.9995, 20.9995]))},
        "balancer": {
            "algorithm": draw(st.sampled_from(["round-robin", "random", "least-outstanding-requests"])),
            "cross_zone": draw(st.booleans()), "check_every_s": draw(st.sampled_from([5, 10])), "check_timeout_s": 2,
            "deregistration_delay_s": draw(st.sampled_from([0, 6])), "dns_ttl_s": draw(st.sampled_from([0, 15])),
            "dns_notices_s": draw(st.sampled_from([0, 7])),
        },
        "assumptions": {
            "scheduler_s": draw(st.sampled_from([0.5, 1])), "agent_missed_min_s": 5, "agent_missed_max_s": 15,
            "lost_host_s": draw(st.sampled_from([0, 10])), "status_checks": 1, "zone_noticed_s": 6,
            "exit_s": draw(st.sampled_from([0, 2])), "first_gap_s": 2, "rebalance_every_s": draw(st.sampled_from([10, 30])),
            "silent_replaced": draw(st.booleans()), "agent_restart_s": 3, "managed_gather_s": draw(st.sampled_from([0, 5])),
            "stuck_after_s": draw(st.sampled_from([10, 40])), "spot_tasks_per_h": draw(st.sampled_from([0, 0, 50])),
        },
        "kubernetes": {"nodes": draw(_nodes())},
        "operations": draw(st.lists(operations(end_s, zones, names), max_size=most_operations)),
    }  # fmt: skip
    return Scenario.of(given_)


@st.composite
def scenarios_and_more(draw: st.DrawFn) -> tuple[Scenario, Scenario, float]:
    """A scenario, the same with one more operation, and that operation's moment."""
    scenario = draw(scenarios())
    names = tuple(service.name for service in scenario.services)
    more = draw(operations(scenario.duration_s, scenario.zones, names))
    plain = scenario.model_dump(mode="json")
    return scenario, Scenario.of(plain | {"operations": [*plain["operations"], more]}), more["at_s"]
