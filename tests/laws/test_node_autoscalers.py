"""Laws of node autoscalers: no host above its room, no budget broken, nobody waits for ever whom a node would hold, no thrash."""

from collections import Counter

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import Kind, Scenario, catalog, run
from engine.placement.pools import room_for
from tests.laws.any_autoscaler import autoscaled, autoscaled_and_more
from tests.laws.test_conservation import assert_requests_add_up
from tests.laws.test_prefix import assert_same_past


@settings(max_examples=30)
@given(autoscaled_and_more())
def test_one_more_operation_changes_nothing_before_its_moment(given_):
    scenario, more, at_s = given_

    assert_same_past(run(scenario, keep_requests=True), run(more, keep_requests=True), at_s)


@settings(max_examples=25)
@given(autoscaled())
def test_a_run_is_the_same_a_second_time_and_every_request_is_accounted_for(scenario):
    one = run(scenario, keep_requests=True)

    assert one.digest == run(scenario, keep_requests=True).digest
    assert_requests_add_up(one)


@settings(max_examples=30)
@given(autoscaled())
def test_no_node_ever_holds_more_than_it_has_room_for(scenario):
    run_ = run(scenario)
    events, cpu, mib, pods = run_.events, Counter(), Counter(), Counter()
    on: dict[int, int] = {}
    for i in events.where(Kind.TASK_PLACED, Kind.TASK_STOPPED):
        task, service = int(events.task[i]), scenario.services[events.service[i]]
        host = int(events.host[i])
        if events.kind[i] == Kind.TASK_PLACED:
            on[task] = host
            cpu[host] += service.cpu_units
            mib[host] += service.memory_mib
            pods[host] += 1
            room = room_for(scenario, run_.kinds[host].instance_type)
            assert cpu[host] <= room.cpu_units
            assert mib[host] <= room.memory_mib
            assert pods[host] <= room.enis
        elif task in on:
            host = on.pop(task)
            cpu[host] -= service.cpu_units
            mib[host] -= service.memory_mib
            pods[host] -= 1


@settings(max_examples=30)
@given(autoscaled())
def test_a_budget_of_none_keeps_every_pod_that_is_ready(scenario):
    """What drains, drains by eviction: where no pod may be away, no ready pod is ever evicted by a drain."""
    plain = scenario.model_dump(mode="json")
    for service in plain["services"]:
        service["pods"]["disruption"] = {"max_unavailable": "0"}
        service["scaling"] = None
        service["start_s"], service["image_pulls"] = 0, True
    calm = {"change-traffic"}
    plain["operations"] = [o for o in plain["operations"] if o["do"] in calm]
    plain["kubernetes"]["autoscaler"]["karpenter"]["expire_after_h"] = 0.02
    plain["warm"] = True
    run_ = run(Scenario.of(plain))
    events, ready = run_.events, set()
    for i in events.where(Kind.POD_READY, Kind.POD_EVICTED):
        if events.kind[i] == Kind.POD_READY:
            ready.add(int(events.task[i]))
        elif events.reason[i] == "drain":
            assert int(events.task[i]) not in ready


CALM = st.fixed_dictionaries({
    "desired": st.integers(1, 30), "cpu_units": st.sampled_from([256, 900, 1900, 3_500]),
    "memory_mib": st.sampled_from([256, 1_800, 6_000]),
})  # fmt: skip


def calm(kind, services, hosts, seed, more=()):
    """Nothing goes wrong: pods are wanted, and later some fewer or more."""
    given_ = {
        "seed": seed, "duration_s": 3_000, "launch_type": "eks-auto" if kind == "auto" else "eks-managed",
        "traffic": {"rps": 0}, "services": [s | {"name": f"s{n}"} for n, s in enumerate(services)],
        "fleet": {"hosts": hosts}, "operations": list(more),
        "kubernetes": {"autoscaler": {"kind": "none" if kind == "auto" else kind}},
    }  # fmt: skip
    return Scenario.of(given_)


KINDS = st.sampled_from(["cluster-autoscaler", "karpenter", "auto"])


def waiting_at_end(run_):
    events = run_.events
    created, over = set(), set()
    for i in events.where(Kind.TASK_CREATED, Kind.TASK_PLACED, Kind.TASK_STOPPED):
        (created if events.kind[i] == Kind.TASK_CREATED else over).add(int(events.task[i]))
    return created - over


@settings(max_examples=20)
@given(kind=KINDS, services=st.lists(CALM, min_size=1, max_size=3), hosts=st.integers(0, 6), seed=st.integers(0, 99))
def test_nobody_waits_for_ever_whom_a_node_would_hold(kind, services, hosts, seed):
    run_ = run(calm(kind, services, hosts, seed))

    assert waiting_at_end(run_) == set()


@settings(max_examples=30)
@given(
    kind=KINDS, services=st.lists(CALM, min_size=1, max_size=2), hosts=st.integers(1, 6), seed=st.integers(0, 99),
    then=st.integers(1, 30),
)  # fmt: skip
def test_it_comes_to_rest(kind, services, hosts, seed, then):
    """No thrash: after the last change of what is wanted, nodes come and go for a while, and then no more."""
    more = [{"do": "set-desired", "service": "s0", "desired": then, "at_s": 300}]
    run_ = run(calm(kind, services, hosts, seed, more))
    events = run_.events
    moves = events.at_s[events.where(Kind.NODE_ORDERED, Kind.NODE_REMOVED)]

    assert not (moves > 2_400).any()
    assert len(moves) < 120


@settings(max_examples=25)
@given(autoscaled(most_operations=0))
def test_what_is_saved_is_the_difference_of_what_an_hour_costs(scenario):
    run_ = run(scenario)
    events, price = run_.events, {name: kind.usd_per_hour for name, kind in catalog.instance_types().items()}
    for i in events.where(Kind.NODES_CONSOLIDATED):
        found = events.looks[int(i)]
        gone = sum(price[run_.kinds[number].instance_type] for number in found.nodes)
        comes = 0.0 if found.claim is None else price[found.claim.options[0]]
        assert np.isclose(events.value[i], gone - comes)
        assert events.value[i] > 0


@settings(max_examples=25)
@given(autoscaled())
def test_the_cluster_autoscaler_keeps_its_bounds(scenario):
    assume(scenario.launch_type != "eks-auto" and scenario.kubernetes.autoscaler.kind == "cluster-autoscaler")
    run_ = run(scenario)
    events, most = run_.events, scenario.kubernetes.autoscaler.cluster_autoscaler.max_nodes
    there = set()
    for i in events.where(Kind.HOST_ASKED, Kind.NODE_ORDERED, Kind.HOST_GONE, Kind.HOST_DRAINING):
        host = int(events.host[i])
        if events.kind[i] in (Kind.HOST_GONE, Kind.HOST_DRAINING):
            there.discard(host)
            continue
        there.add(host)
        if events.kind[i] == Kind.NODE_ORDERED:
            assert len(there) <= most
