"""Node autoscalers in a run: nodes come for pods that wait, go when nobody needs them, and cost what they cost."""

from collections import Counter
from itertools import pairwise

import pytest

from engine import Kind, Scenario, ScenarioError, catalog, pricing, run
from tests.engine.the_log import WHOLE, host_types, numbers, reasons, rows, tell, times

M5_XLARGE = catalog.instance_type("m5.xlarge").usd_per_hour


def story(kind, *, wanted=18, at_s=120, later=None, duration_s=2_400, hosts=3, zones=3, settings=None, **more):
    """Six pods of a vCPU on three nodes of four vCPU; then more are wanted, and perhaps fewer later: [at_s, n]."""
    operations = [{"do": "set-desired", "at_s": at_s, "desired": wanted}]
    if later is not None:
        operations.append({"do": "set-desired", "at_s": later[0], "desired": later[1]})
    service = {"desired": 6, "cpu_units": 1000, "memory_mib": 1900} | more.pop("service", {})
    auto = {"kind": kind} | ({kind.replace("-", "_"): settings} if settings else {})
    given = {
        "duration_s": duration_s, "launch_type": "eks-managed", "services": [service], "zones": zones,
        "fleet": {"hosts": hosts} | more.pop("fleet", {}), "operations": operations + more.pop("operations", []),
        "kubernetes": {"autoscaler": auto} | WHOLE,
    }  # fmt: skip
    return tell(**(given | more))


def costs(run_):
    return sum(item.usd for item in pricing.bill(run_) if item.name in {"hosts", "auto_mode_fee"})


# --- pods wait: a node comes ---------------------------------------------------------------------------------------------


def test_without_an_autoscaler_the_pods_wait_for_ever():
    run_ = story("none")

    assert times(run_, Kind.NODE_ORDERED) == []
    assert len(rows(run_, Kind.TASK_PLACED)) == 12


@pytest.mark.parametrize("kind", ["cluster-autoscaler", "karpenter"])
def test_pods_without_a_node_get_one_within_seconds_and_its_boot(kind):
    run_ = story(kind)
    ordered = times(run_, Kind.NODE_ORDERED)
    fleet = run_.scenario.fleet
    placed = times(run_, Kind.TASK_PLACED)

    # The scheduler finds no room a second after the wish; the one scans every 10 s, the other's batch is quiet for a second.
    longest = 11 if kind == "cluster-autoscaler" else 2
    news = [at_s for at_s in ordered if at_s > 120]
    assert min(news) <= 120 + longest + 0.001
    assert len(placed) >= 18
    assert max(at_s for at_s in placed[:18]) <= min(news) + fleet.boot_max_s + 30


def test_the_one_adds_nodes_of_its_group_the_other_buys_one_that_fits():
    # Nine pods more than fit, in one zone: three m5.xlarge of the group, or one large node.
    plain = {"zones": 1, "hosts": 2, "wanted": 17}
    cluster, karpenter = (
        story("cluster-autoscaler", **plain),
        story("karpenter", **plain, settings={"policy": "WhenEmpty"}),
    )

    assert reasons(cluster, Kind.NODE_ORDERED) == ["m5.xlarge"] * 3
    assert reasons(karpenter, Kind.NODE_ORDERED) == ["c5.4xlarge"]


def test_karpenter_keeps_pods_even_over_the_zones_unless_told_otherwise():
    even = story("karpenter", settings={"policy": "WhenEmpty"})
    cheap = story("karpenter", settings={"policy": "WhenEmpty", "spread_zones": False})

    assert len(set(numbers(even, "zone", Kind.NODE_ORDERED))) == 3
    assert len(rows(cheap, Kind.NODE_ORDERED)) == 1


def test_a_group_that_is_full_leaves_pods_stranded_and_says_so():
    run_ = story("cluster-autoscaler", settings={"max_nodes": 4})

    assert len(rows(run_, Kind.NODE_ORDERED)) == 1
    assert reasons(run_, Kind.PODS_STRANDED) == ["most"]
    assert numbers(run_, "value", Kind.PODS_STRANDED) == [2]


def test_karpenters_own_limit_does_the_same_and_room_that_comes_back_is_used():
    run_ = story("karpenter", settings={"max_nodes": 3}, later=[900, 6])

    assert reasons(run_, Kind.PODS_STRANDED)[0] == "nodes"
    assert numbers(run_, "value", Kind.PODS_STRANDED)[-1] == 0


def test_what_no_node_holds_is_stranded_from_the_start():
    large = {"cpu_units": 9_000, "desired": 1}
    cluster = story("cluster-autoscaler", service=large, wanted=1)
    karpenter = story("karpenter", service=large | {"cpu_units": 120_000}, wanted=1)

    assert reasons(cluster, Kind.PODS_STRANDED) == ["no-group"]
    assert reasons(karpenter, Kind.PODS_STRANDED) == ["no-type"]


def test_a_node_that_does_not_come_in_time_is_given_up_and_its_group_left_alone():
    run_ = story("cluster-autoscaler", settings={"max_provision_s": 20, "backoff_s": 300}, fleet={"boot_min_s": 90})
    ordered, late = times(run_, Kind.NODE_ORDERED), times(run_, Kind.REMOVAL_DROPPED)

    assert set(reasons(run_, Kind.REMOVAL_DROPPED)) == {"late"}
    assert 20 < late[0] - ordered[0] <= 31
    again = min(at_s for at_s in ordered if at_s > ordered[0])
    assert again - late[0] >= 300


# --- nobody needs them: nodes go ------------------------------------------------------------------------------------------


def test_the_cluster_autoscaler_waits_ten_minutes_then_takes_one_node_after_the_other():
    run_ = story("cluster-autoscaler", later=[900, 6])
    unneeded, gone = times(run_, Kind.NODE_UNNEEDED), times(run_, Kind.NODE_REMOVED)

    first = min(at_s for at_s in unneeded if at_s > 900)
    assert 900 < first <= 911
    assert gone[0] - first == pytest.approx(600)
    # A ReplicaSet deletes from the fullest nodes, so one is empty: it goes at once, with the first that has to be drained.
    drained = [at_s for at_s, why in zip(gone, reasons(run_, Kind.NODE_REMOVED), strict=True) if why == "unneeded"]
    assert all(later - sooner >= 10 for sooner, later in pairwise(drained))
    assert (len(drained), len(gone)) == (2, 3)


def test_a_bare_pod_keeps_its_node_from_the_cluster_autoscaler_and_not_from_karpenter():
    """Nobody would start it again: the one leaves its node alone for ever, the other drains it all the same."""
    bare = {"do": "run-tasks", "count": 6, "at_s": 800}
    cluster, karpenter = (
        story(kind, operations=[bare], wanted=24, later=(900, 1), at_s=100, duration_s=5_000)
        for kind in ("cluster-autoscaler", "karpenter")
    )

    def of_bare(run_, *kinds):
        created = rows(run_, Kind.TASK_CREATED)
        tasks = [int(run_.events.task[row]) for row in created if run_.events.reason[row] == "run-tasks"]
        return {host for task in tasks for host in numbers(run_, "host", *kinds, task=task)}

    assert len(of_bare(cluster, Kind.TASK_PLACED)) > 1
    assert of_bare(cluster, Kind.TASK_PLACED).isdisjoint(numbers(cluster, "host", Kind.NODE_REMOVED))
    assert of_bare(cluster, Kind.POD_EVICTED) == set()
    assert rows(cluster, Kind.NODE_REMOVED) != []
    assert of_bare(karpenter, Kind.POD_EVICTED) != set()


def test_karpenter_takes_them_within_a_minute():
    run_ = story("karpenter", later=[900, 6])
    gone = [at_s for at_s in times(run_, Kind.NODE_REMOVED) if at_s > 900]

    assert gone[0] < 935
    assert {"delete", "replace", "empty"} >= set(reasons(run_, Kind.NODES_CONSOLIDATED))


def test_saving_sooner_costs_less():
    cluster, karpenter = story("cluster-autoscaler", later=[600, 6]), story("karpenter", later=[600, 6])

    assert costs(karpenter) < costs(cluster) < costs(story("cluster-autoscaler"))


def test_a_node_comes_before_the_one_that_it_replaces_goes():
    run_ = story("karpenter", wanted=6)
    first = min(rows(run_, Kind.NODES_CONSOLIDATED))
    look = run_.events.looks[first]
    old = look.nodes[0]
    new = next(int(run_.events.host[i]) for i in rows(run_, Kind.NODE_ORDERED) if i > first)

    assert look.action == "replace"
    assert times(run_, Kind.HOST_READY, host=new) <= times(run_, Kind.HOST_DRAINING, host=old)


def test_while_everybody_serves_a_saving_interrupts_nobody_beyond_the_budget():
    run_ = story("karpenter", wanted=6, service={"pods": {"disruption": {"max_unavailable": "1"}}})
    events, ready, least = run_.events, 0, 99
    for i in events.where(Kind.POD_READY, Kind.POD_EVICTED):
        ready += 1 if events.kind[i] == Kind.POD_READY else -1
        least = min(least, ready) if events.at_s[i] > 0 else least

    assert rows(run_, Kind.NODE_REMOVED)
    assert least == 5


def test_a_budget_of_none_keeps_every_node():
    never = {"pods": {"disruption": {"max_unavailable": "0"}}}
    for kind in ("cluster-autoscaler", "karpenter"):
        run_ = story(kind, wanted=6, service=never)

        assert rows(run_, Kind.NODE_REMOVED) == []


def test_daemons_keep_no_node_and_go_with_it():
    agents = [{"desired": 6, "cpu_units": 1000, "memory_mib": 1900}, {"name": "agent", "kind": "daemon", "cpu_units": 100,
              "memory_mib": 100, "share": 0}]  # fmt: skip
    run_ = tell(
        duration_s=2_400, launch_type="eks-managed", services=agents, fleet={"hosts": 6},
        kubernetes={"autoscaler": {"kind": "cluster-autoscaler"}},
    )  # fmt: skip

    assert len(rows(run_, Kind.HOST_GONE)) >= 3
    assert reasons(run_, Kind.NODE_REMOVED).count("empty") + reasons(run_, Kind.NODE_REMOVED).count("unneeded") >= 3


def test_karpenters_nodes_are_none_of_a_groups_whatever_its_taints_say():
    """Pods that come while nodes are on their way have room there, though the fleet's own group of that type is tainted."""
    fleet = {"groups": [{"name": "gpu", "instance_type": "m5.large", "hosts": 1, "taints": [{"key": "gpu"}]}]}
    more = {"do": "set-desired", "at_s": 135, "desired": 4}
    run_ = tell(
        duration_s=900, launch_type="eks-managed", zones=1, fleet=fleet, operations=[more | {"at_s": 120, "desired": 3}, more],
        services=[{"desired": 0, "cpu_units": 400, "memory_mib": 900}], kubernetes={"autoscaler": {"kind": "karpenter", "karpenter": {"families": ["m5"]}}},
    )  # fmt: skip

    assert len(rows(run_, Kind.NODE_ORDERED)) == 1
    assert len(rows(run_, Kind.TASK_PLACED)) == 4


def test_an_update_of_karpenters_nodes_brings_nodes_of_their_own_types():
    update = {"do": "update-nodes", "at_s": 900}
    run_ = story("karpenter", operations=[update], wanted=40, launch_type="eks-unmanaged",
                 settings={"policy": "WhenEmpty", "families": ["c5"]})  # fmt: skip
    types = host_types(run_)
    before, after = (
        Counter(
            types[int(run_.events.host[row])]
            for row in rows(run_, Kind.HOST_ASKED)
            if low <= run_.events.at_s[row] < high
        )
        for low, high in ((0, 900), (900, 9_000))
    )

    assert any(kind.startswith("c5.") for kind in after)
    assert after <= before


def test_nodes_grow_old_and_are_replaced():
    run_ = story("karpenter", wanted=6, duration_s=9_000, settings={"expire_after_h": 1.5, "policy": "WhenEmpty"})

    assert reasons(run_, Kind.NODE_REMOVED)[:3] == ["expired"] * 3
    assert min(times(run_, Kind.NODE_REMOVED)) == pytest.approx(5_400)
    assert len(rows(run_, Kind.NODE_ORDERED)) >= 3


def test_a_new_ami_makes_nodes_drift_and_each_is_replaced_within_the_budget():
    patch = [{"do": "patch", "what": "os", "at_s": 600}]
    run_ = story("karpenter", wanted=6, settings={"policy": "WhenEmpty"}, operations=patch)
    still = story("karpenter", wanted=6, settings={"policy": "WhenEmpty", "drift": False}, operations=patch)

    assert reasons(run_, Kind.NODE_REMOVED) == ["drifted"] * 3
    moments = times(run_, Kind.NODE_REMOVED)
    assert all(later - sooner > 30 for sooner, later in pairwise(moments)), "one at a time of three"
    assert rows(run_, Kind.PATCH_DONE)
    assert rows(still, Kind.NODE_REMOVED) == []


# --- EKS Auto Mode --------------------------------------------------------------------------------------------------------


def test_auto_mode_brings_its_own_karpenter_whatever_is_chosen():
    none, chosen = (story(kind, launch_type="eks-auto", later=[900, 6]) for kind in ("none", "cluster-autoscaler"))

    assert none.events.digest == chosen.events.digest
    assert rows(none, Kind.NODE_ORDERED)
    assert set(host_types(none)) != {"m5.xlarge"}


def test_auto_mode_waits_half_a_minute_before_it_consolidates():
    run_ = story("none", launch_type="eks-auto", later=[900, 6])
    first = min(at_s for at_s in times(run_, Kind.NODES_CONSOLIDATED) if at_s > 900)

    assert first >= 900 + 30 + 15


def test_auto_mode_bills_its_nodes_by_type_with_the_fee():
    run_ = story("none", launch_type="eks-auto", wanted=6)
    bill = {item.name: item.usd for item in pricing.bill(run_)}

    assert bill["auto_mode_fee"] == pytest.approx(bill["hosts"] * catalog.number("eks.automode.fee") / 100)


# --- what is refused, and what is left alone --------------------------------------------------------------------------------


@pytest.mark.parametrize("launch_type", ["ecs-ec2", "ecs-fargate", "eks-fargate", "ecs-managed-instances"])
def test_where_nobody_keeps_nodes_the_choice_changes_nothing(launch_type):
    given = {"duration_s": 300, "launch_type": launch_type, "traffic": {"rps": 3}}
    chosen = given | {"kubernetes": {"autoscaler": {"kind": "karpenter"}}}

    assert run(Scenario.of(given)).events.digest == run(Scenario.of(chosen)).events.digest


def test_every_contradiction_is_named_at_once():
    wrong = {
        "kind": "cluster-autoscaler",
        "cluster_autoscaler": {"min_nodes": 9, "max_nodes": 3, "groups": [{"name": "gpu"}, {"name": "hosts"}, {"name": "hosts"}]},
        "karpenter": {"batch_idle_s": 20, "batch_max_s": 10},
    }  # fmt: skip
    with pytest.raises(ScenarioError) as refused:
        Scenario.of({"launch_type": "eks-managed", "kubernetes": {"autoscaler": wrong}})
    where = [problem.path for problem in refused.value.problems]

    under = "kubernetes.autoscaler"
    assert where == [
        f"{under}.cluster_autoscaler.max_nodes", f"{under}.cluster_autoscaler.groups.0.name",
        f"{under}.cluster_autoscaler.groups.2.name", f"{under}.karpenter.batch_max_s",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["cluster-autoscaler", "karpenter"])
def test_a_lost_zone_is_made_up_for_in_the_others(kind):
    run_ = story(kind, wanted=6, operations=[{"do": "fail-zone", "zone": "b", "at_s": 300}], duration_s=1_500)
    at_end = numbers(run_, "zone", Kind.TASK_PLACED)[-2:]

    assert 1 not in at_end
    assert len(rows(run_, Kind.TASK_SERVING)) >= 8
