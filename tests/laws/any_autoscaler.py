"""Any small scenario on nodes that somebody adds and removes, with minutes of waiting drawn in to seconds."""

from typing import Any

from hypothesis import strategies as st

from engine import Scenario
from tests.laws.any_scenario import operations, scenarios


def _disruptions() -> st.SearchStrategy[dict[str, Any] | None]:
    return st.sampled_from([None, None, {"max_unavailable": "1"}, {"min_available": "50%"}, {"max_unavailable": "0"}])


def _cluster_autoscalers() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({
        "scan_s": st.sampled_from([2, 10]), "unneeded_s": st.sampled_from([0, 10, 30]),
        "expander": st.sampled_from(["random", "most-pods", "least-waste", "least-nodes", "priority"]),
        "delay_after_add_s": st.sampled_from([0, 15]), "delay_after_failure_s": st.sampled_from([0, 10]),
        "max_provision_s": st.sampled_from([10, 60]), "backoff_s": st.sampled_from([0, 20]), "recheck_s": st.sampled_from([0, 20]),
        "threshold": st.sampled_from([0.5, 0.9]), "eviction_s": st.sampled_from([0, 12]), "min_nodes": st.integers(0, 2),
        "max_nodes": st.integers(2, 6), "drained_at_once": st.integers(1, 2), "count_daemons": st.booleans(),
    })  # fmt: skip


def _karpenters() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({
        "policy": st.sampled_from(["WhenEmpty", "WhenEmptyOrUnderutilized"]), "poll_s": st.sampled_from([2, 10]),
        "consolidate_after_s": st.sampled_from([None, -1, 0, 5]), "validate_s": st.sampled_from([0, 5]),
        "budget_percent": st.sampled_from([0, 10, 50, 100]), "expire_after_h": st.sampled_from([None, None, 0.02]),
        "max_nodes": st.sampled_from([2, 5, 200]), "max_vcpu": st.sampled_from([0, 0, 8]), "spread_zones": st.booleans(),
        "drift": st.booleans(),
    })  # fmt: skip


@st.composite
def autoscaled(draw: st.DrawFn, most_rps: float = 25, most_operations: int = 5) -> Scenario:
    """Any scenario on nodes with the Cluster Autoscaler, with Karpenter, or on EKS Auto Mode."""
    scenario = draw(scenarios(most_rps, most_operations))
    plain = scenario.model_dump(mode="json")
    for service in plain["services"]:
        service["cpu_units"] = draw(st.sampled_from([256, 1024, 1900, 3_900]))
        service["pods"]["disruption"] = draw(_disruptions())
    daemon = {"name": "agent", "kind": "daemon", "cpu_units": 128, "memory_mib": 128, "share": 0}
    if draw(st.booleans()):
        plain["services"].append(daemon)
    kind = draw(st.sampled_from(["cluster-autoscaler", "karpenter"]))
    plain["launch_type"] = draw(st.sampled_from(["k8s-self-run", "eks-unmanaged", "eks-managed", "eks-auto"]))
    plain["fleet"]["providers"] = []
    for service in plain["services"]:
        service["capacity"] = []
    plain["operations"] = [o for o in plain["operations"] if o["do"] != "interrupt-spot"]
    plain["kubernetes"]["autoscaler"] = {
        "kind": kind, "cluster_autoscaler": draw(_cluster_autoscalers()), "karpenter": draw(_karpenters()),
    }  # fmt: skip
    return Scenario.of(plain)


@st.composite
def autoscaled_and_more(draw: st.DrawFn) -> tuple[Scenario, Scenario, float]:
    """Such a scenario, the same with one more operation, and that operation's moment."""
    scenario = draw(autoscaled())
    names = tuple(service.name for service in scenario.services)
    more = draw(operations(scenario.duration_s, scenario.zones, names).filter(lambda o: o["do"] != "interrupt-spot"))
    plain = scenario.model_dump(mode="json")
    return scenario, Scenario.of(plain | {"operations": [*plain["operations"], more]}), more["at_s"]
