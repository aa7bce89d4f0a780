"""Any small fleet with everything that can be asked of it, and any stream of tasks for it."""

import numpy as np
from hypothesis import strategies as st

from engine import Scenario
from engine.placement import Column, Hosts, Needs, Traits
from engine.placement.constraints import all_of
from engine.placement.stream import Batch
from tests.laws.any_scenario import moments, scenarios

STRATEGIES = (
    "spread-zones", "spread-hosts", "binpack-cpu", "binpack-memory", "random", "spread:attribute:rack",
    "spread:attribute:nobody-has-it",
)  # fmt: skip
CONSTRAINTS = (
    "distinctInstance", "memberOf(attribute:rack exists)", "memberOf(attribute:rack in [r1, r2])",
    "memberOf(not attribute:rack == r1)", "memberOf(task:group == service:web)", "memberOf(not task:group == service:api)",
    "memberOf(runningTasksCount < 3)", "memberOf(runningTasksCount == 0 or attribute:rack =~ r[12])",
    "memberOf(ec2InstanceId != i-0)", "memberOf(agentConnected == true)", "memberOf(runningTasksCount > 0)",
)  # fmt: skip
GROUPS = ("service:web", "service:api", "family:web")


def columns(n, low, high):
    return st.lists(st.integers(low, high), min_size=n, max_size=n).map(lambda found: np.array(found, dtype=np.int64))


@st.composite
def fleets(draw, least=1, most=8):
    """A fleet of a few hosts, some of them closed, some with tasks."""
    n = draw(st.integers(least, most))
    groups = {name: draw(columns(n, 0, 2)) for name in draw(st.sets(st.sampled_from(GROUPS)))}
    rack = draw(st.lists(st.sampled_from([None, "r1", "r2", "r3"]), min_size=n, max_size=n))
    running = sum(groups.values(), np.zeros(n, dtype=np.int64))
    return Hosts(
        zone=draw(columns(n, 0, 2)),
        is_open=draw(columns(n, 0, 4)) > 0,
        free_cpu=draw(columns(n, 0, 40)) * 100,
        free_mib=draw(columns(n, 0, 40)) * 128,
        peers=groups.get("service:web", np.zeros(n, dtype=np.int64)),
        ports=tuple(frozenset(draw(st.sets(st.sampled_from([80, 443]), max_size=1))) for _ in range(n)),
        free_enis=draw(columns(n, 0, 4)),
        traits=Traits(
            attributes={"rack": Column.of(rack)},
            instance_id=Column.of([f"i-{host}" for host in range(n)]),
            is_connected=draw(columns(n, 0, 4)) > 0,
            running=running,
            groups=groups,
        ),
    )


def _from_web(found):
    """Begin with the group whose tasks a fleet shows as peers."""
    first = found[0]
    return [Batch(first.needs, first.count, first.strategies, first.constraints, "service:web"), *found[1:]]


batches = st.builds(
    Batch,
    needs=st.builds(
        Needs,
        st.integers(1, 12).map(lambda n: n * 100),
        st.integers(1, 12).map(lambda n: n * 128),
        st.sampled_from([frozenset(), frozenset(), frozenset({80}), frozenset({80, 443})]),
        st.integers(0, 1),
    ),
    count=st.integers(0, 12),
    strategies=st.lists(st.sampled_from(STRATEGIES), min_size=1, max_size=4).map(tuple),
    constraints=st.lists(st.sampled_from(CONSTRAINTS), max_size=2).map(lambda texts: all_of(tuple(texts))),
    group=st.sampled_from(GROUPS),
)
streams = st.lists(batches, min_size=1, max_size=3).map(_from_web)


# --- whole scenarios -------------------------------------------------------------------------------------------------

RULES = (
    [], [], ["distinctInstance"], ["memberOf(attribute:disk == ssd)"], ["memberOf(not task:group == service:api)"],
    ["memberOf(runningTasksCount < 4)", "memberOf(attribute:ecs.availability-zone != us-east-1b)"],
)  # fmt: skip


def hand_starts(end_s):
    """Stand-alone tasks, at any moment."""
    return st.fixed_dictionaries({
        "do": st.just("run-tasks"), "at_s": moments(end_s), "count": st.integers(1, 4),
        "placement": st.sampled_from([["random"], ["binpack-cpu"], ["spread:attribute:disk", "random"]]),
        "constraints": st.sampled_from(RULES), "for_s": st.sampled_from([None, 0.5, 30]),
    })  # fmt: skip


@st.composite
def placing_scenarios(draw):
    """Any small scenario on hosts of several kinds, with constraints, daemons, network modes and tasks by hand."""
    given = draw(scenarios(most_rps=8)).model_dump(mode="json") | {"launch_type": "ecs-ec2"}
    for service in given["services"]:
        service["constraints"] = draw(st.sampled_from(RULES))
        service["network_mode"] = draw(st.sampled_from(["bridge", "bridge", "awsvpc"]))
        service["host_ports"] = draw(st.sampled_from([[], [], [8080]]))
        service["udp_ports"] = draw(st.sampled_from([[], [], [8080]]))
        service["placement"] = draw(st.lists(st.sampled_from(STRATEGIES[:6]), min_size=1, max_size=3))
        if draw(st.integers(0, 3)) == 0:
            service |= {"kind": "daemon", "scaling": None, "capacity": []}
    given["fleet"]["trunking"] = draw(st.booleans())
    given["fleet"]["groups"] = [
        {"name": f"g{n}", "hosts": draw(st.integers(0, 3)), "instance_type": kind, "attributes": attributes}
        for n, (kind, attributes) in enumerate(
            [("m5.large", {"disk": "ssd"}), ("m5.xlarge", {}), ("c5.large", {"disk": "hdd"})][: draw(st.integers(0, 3))]
        )
    ]
    given["operations"] += draw(st.lists(hand_starts(given["duration_s"]), max_size=2))
    return Scenario.of(given)


@st.composite
def placing_and_more(draw):
    """Such a scenario, the same with one more start by hand, and its moment."""
    scenario = draw(placing_scenarios())
    more = draw(hand_starts(scenario.duration_s))
    plain = scenario.model_dump(mode="json")
    return scenario, Scenario.of(plain | {"operations": [*plain["operations"], more]}), more["at_s"]
