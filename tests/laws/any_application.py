"""Any small application: up to six modules that call each other, in one service, several, or each in its own."""

from typing import Any

from hypothesis import strategies as st

from engine import Scenario
from tests.laws.any_scenario import LAUNCH_TYPES, operations

RUNS_MODULES = [name for name in LAUNCH_TYPES if name != "lambda"]  # modules that call each other as functions: refused

NAMES = ("front", "cart", "pay", "ship", "ads", "mail")
SERVICES = ("one", "two", "three", "four", "five", "six")


def breakers() -> st.SearchStrategy[dict[str, Any] | None]:
    """None, or one that opens soon."""
    breaker = st.fixed_dictionaries({
        "window": st.sampled_from([1, 3, 10]), "failure_share": st.sampled_from([0.3, 0.5, 1]),
        "open_s": st.sampled_from([0.5, 5]), "trials": st.sampled_from([1, 3]),
    })  # fmt: skip
    return st.one_of(st.none(), breaker)


def calls(to: str) -> st.SearchStrategy[dict[str, Any]]:
    """One kind of call to a module."""
    return st.fixed_dictionaries({
        "to": st.just(to), "stage": st.integers(0, 2), "share": st.sampled_from([1, 1, 0.5]),
        "actions": st.sampled_from([[], [], ["buy"]]), "needed": st.sampled_from([True, True, False]),
        "timeout_s": st.sampled_from([0.02, 0.2, 1]), "retries": st.sampled_from([0, 0, 1, 2]),
        "backoff_s": st.sampled_from([0, 0.05, 1]), "jitter": st.booleans(), "breaker": breakers(),
        "bulkhead": st.sampled_from([None, None, 1, 3]),
    })  # fmt: skip


@st.composite
def applications(draw: st.DrawFn, *, most_modules: int = 6) -> tuple[dict[str, Any], list[str]]:
    """Modules that call only later ones, so that there is no cycle; give the names of the services that run them too."""
    names = NAMES[: draw(st.integers(1, most_modules))]
    homes = [draw(st.integers(0, min(i, 3))) for i in range(len(names))]
    used = sorted(set(homes))
    modules = []
    for number, name in enumerate(names):
        later = names[number + 1 :]
        callees = draw(st.lists(st.sampled_from(later), max_size=3)) if later else []
        modules.append({
            "name": name, "service": SERVICES[homes[number]], "calls": [draw(calls(to)) for to in callees],
            "work": draw(st.sampled_from(["exponential", "constant", "lognormal", "hyperexponential"])),
            "work_ms": draw(st.sampled_from([1, 10, 60])), "work_cv": draw(st.sampled_from([1, 2])),
        })  # fmt: skip
    actions = [
        {"name": "look", "entry": names[0]},
        {"name": "buy", "entry": draw(st.sampled_from(names)), "share": 0.5},
    ]
    hops = draw(st.sampled_from([(0.25, 0.75), (0, 0), (1, 1), (5, 20)]))
    application = {"modules": modules, "actions": actions, "hop_ms": hops[0], "zone_hop_ms": hops[1]}
    return application, [SERVICES[home] for home in used]


def services(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """A small service that runs some of the modules."""
    return st.fixed_dictionaries({
        "name": st.just(name), "desired": st.integers(1, 3), "concurrency": st.sampled_from([1, 3, 20]), "backlog": st.sampled_from([0, 2, 50]),
        "timeout_s": st.sampled_from([0.1, 1, 3]), "retries": st.sampled_from([0, 0, 1]), "retry_after_s": st.sampled_from([0, 0.3, 1]),
        "image_mib": st.just(0), "start_s": st.sampled_from([0, 3]),
        "scaling": st.one_of(st.none(), st.none(), st.just({"min_tasks": 1, "max_tasks": 4, "period_s": 20, "points_out": 1})),
    })  # fmt: skip


def harms(end_s: float, names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """A module that turns slow, or wrong, leaks, or takes its process down."""
    common = {
        "module": st.sampled_from(names), "at_s": st.floats(0, end_s, allow_nan=False), "for_s": st.sampled_from([None, 5, 20]),
    }  # fmt: skip
    return st.one_of(
        st.fixed_dictionaries(common | {
            "do": st.just("break-module"), "slow_x": st.sampled_from([1, 4, 30]), "errors": st.sampled_from([0, 0.4, 1]),
        }),
        st.fixed_dictionaries(common | {"do": st.just("leak-module"), "leak_mib": st.sampled_from([5, 200, 1_000])}),
        st.fixed_dictionaries(common | {"do": st.just("crash-module"), "lives_s": st.sampled_from([1, 4, 15])}),
    )  # fmt: skip


@st.composite
def scenarios(draw: st.DrawFn, *, most_operations: int = 4, most_rps: int = 30) -> Scenario:
    """An application, its services, and what is done to them."""
    application, names = draw(applications())
    end_s = 45.0  # what is done falls on round moments up to 40
    modules = [module["name"] for module in application["modules"]]
    zones = draw(st.integers(1, 3))
    acts = st.one_of(operations(end_s, zones, tuple(names)), harms(end_s, modules))
    done = [
        o
        for o in draw(st.lists(acts, max_size=most_operations))
        if not (o["do"] == "change-traffic" and o.get("service") is not None)
    ]
    return Scenario.of({
        "seed": draw(st.integers(0, 50)), "duration_s": end_s, "zones": zones,
        "launch_type": draw(st.sampled_from(["ecs-fargate", "ecs-ec2", *RUNS_MODULES])),
        "traffic": {"rps": draw(st.integers(1, most_rps))}, "application": application,
        "services": [draw(services(name)) for name in names], "operations": done,
        "balancer": {
            "algorithm": draw(st.sampled_from(["round-robin", "random", "least-outstanding-requests"])),
            "cross_zone": draw(st.booleans()), "deregistration_delay_s": draw(st.sampled_from([0, 5])),
        },
        "assumptions": {"exit_s": draw(st.sampled_from([0, 2]))},
        "fleet": {"boot_min_s": 5, "boot_max_s": 10},
    })  # fmt: skip
