"""Who adds and removes nodes: nobody, the Cluster Autoscaler, or Karpenter."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from engine import catalog
from engine.fields import Record, known_families, setting

Expander = Literal["random", "most-pods", "least-waste", "least-nodes", "priority"]


class NodeGroup(Record):
    """How far the Cluster Autoscaler may move one group of the fleet."""

    name: str = setting("hosts", "A group of the fleet, by its name; a fleet of one kind is called hosts.",
                        pattern=r"^[a-z][a-z0-9-]{0,31}$")  # fmt: skip
    min_nodes: int = setting(1, "Never fewer nodes than this on purpose.", unit="nodes", ge=0, le=1_000)
    max_nodes: int = setting(100, "Never more nodes than this.", unit="nodes", ge=0, le=1_000)
    priority: int = setting(0, "With the expander by priority the highest wins.", ge=0, le=1_000)


class ClusterAutoscaler(Record):
    """The Cluster Autoscaler: it makes node groups larger when pods wait, and smaller when nodes are not needed."""

    scan_s: float = setting(
        catalog.seconds("k8s.ca.scan"), "How often it looks.", unit="s", fact="k8s.ca.scan", ge=1, le=300
    )
    expander: Expander = setting(
        str(catalog.value("k8s.ca.expander")), "Which group grows where several would help; ties are broken by lot.",
        fact="k8s.ca.expander",
    )  # fmt: skip
    groups: tuple[NodeGroup, ...] = setting((), "Bounds of single groups; the others have the next two.", max_length=20)
    min_nodes: int = setting(1, "Each group keeps so many nodes.", unit="nodes", ge=0, le=1_000)
    max_nodes: int = setting(100, "Each group grows up to so many nodes.", unit="nodes", ge=0, le=1_000)
    max_provision_s: float = setting(
        catalog.seconds("k8s.ca.max_provision"), "A node that is not there after this is given up.", unit="s",
        fact="k8s.ca.max_provision", ge=10, le=7_200,
    )  # fmt: skip
    backoff_s: float = setting(
        catalog.seconds("k8s.ca.backoff"), "And its group is not asked again for so long.", unit="s", fact="k8s.ca.backoff",
        ge=0, le=7_200,
    )  # fmt: skip
    threshold: float = setting(
        catalog.number("k8s.ca.util_threshold"),
        "A node may go once the larger of its CPU and memory requests is below this share.", unit="share",
        fact="k8s.ca.util_threshold", ge=0, le=1,
    )  # fmt: skip
    count_daemons: bool = setting(
        bool(catalog.value("k8s.ca.daemons_counted")),
        "Daemons' pods count in that share.",
        fact="k8s.ca.daemons_counted",
    )
    unneeded_s: float = setting(
        catalog.seconds("k8s.ca.unneeded"), "A node must have been unneeded for so long before it goes.", unit="s",
        fact="k8s.ca.unneeded", ge=0, le=86_400,
    )  # fmt: skip
    delay_after_add_s: float = setting(
        catalog.seconds("k8s.ca.delay_after_add"), "After a node was added, none goes for so long.", unit="s",
        fact="k8s.ca.delay_after_add", ge=0, le=86_400,
    )  # fmt: skip
    delay_after_failure_s: float = setting(
        catalog.seconds("k8s.ca.delay_after_failure"), "After a drain that failed, none goes for so long.", unit="s",
        fact="k8s.ca.delay_after_failure", ge=0, le=86_400,
    )  # fmt: skip
    recheck_s: float = setting(
        catalog.seconds("k8s.ca.recheck"), "A node whose pods found no room elsewhere is looked at again after this.",
        unit="s", fact="k8s.ca.recheck", ge=0, le=7_200,
    )  # fmt: skip
    removed_at_once: int = setting(
        int(catalog.number("k8s.ca.parallel", "all")), "Nodes that go at once, at most.", unit="nodes",
        fact="k8s.ca.parallel", ge=1, le=1_000,
    )  # fmt: skip
    drained_at_once: int = setting(
        int(catalog.number("k8s.ca.parallel", "drained")), "Of them, nodes that have to be drained.", unit="nodes",
        fact="k8s.ca.parallel", ge=0, le=1_000,
    )  # fmt: skip
    eviction_s: float = setting(
        catalog.seconds("k8s.ca.eviction_time"), "Where a pod may not be evicted for so long, its node stays.", unit="s",
        fact="k8s.ca.eviction_time", ge=0, le=7_200,
    )  # fmt: skip


class Karpenter(Record):
    """Karpenter: it buys the nodes that the waiting pods need, of any type, and packs them together when it pays."""

    batch_idle_s: float = setting(
        catalog.seconds("karpenter.batch", "idle_s"), "A batch of waiting pods ends once none came for so long.", unit="s",
        fact="karpenter.batch", ge=0.1, le=300,
    )  # fmt: skip
    batch_max_s: float = setting(
        catalog.seconds("karpenter.batch", "max_s"), "Or so long after its first pod.", unit="s", fact="karpenter.batch",
        ge=0.1, le=600,
    )  # fmt: skip
    families: tuple[str, ...] = setting(
        (), "Instance families that it may buy from; none = the fleet's.", max_length=40
    )
    max_nodes: int = setting(200, "Never more nodes than this.", unit="nodes", ge=0, le=1_000)
    max_vcpu: int = setting(0, "Never more vCPU than this in all; 0 = no limit.", unit="vCPU", ge=0, le=100_000)
    spread_zones: bool = setting(
        True, "Pods that name no topology spread of their own are kept even over the zones all the same.", assumed=True
    )
    policy: Literal["WhenEmpty", "WhenEmptyOrUnderutilized"] = setting(
        str(catalog.value("karpenter.consolidation_policy")), "Which nodes it may take away to save money.",
        fact="karpenter.consolidation_policy",
    )  # fmt: skip
    consolidate_after_s: float | None = setting(
        None, "A node is left alone so long after a pod came or went; none = at once, in Auto Mode after its own wait; "
        "-1 = for ever.", unit="s", fact="karpenter.consolidate_after", ge=-1, le=86_400,
    )  # fmt: skip
    poll_s: float = setting(
        catalog.seconds("karpenter.validation_delay", "poll_s"), "How often it looks for a saving.", unit="s",
        fact="karpenter.validation_delay", ge=1, le=3_600,
    )  # fmt: skip
    validate_s: float = setting(
        catalog.seconds("karpenter.validation_delay", "validation_s"), "And the saving must still be there after this.",
        unit="s", fact="karpenter.validation_delay", ge=0, le=600,
    )  # fmt: skip
    budget_percent: float = setting(
        catalog.number("karpenter.disruption_budget"), "Share of the nodes that it may disturb at once.", unit="%",
        fact="karpenter.disruption_budget", ge=0, le=100,
    )  # fmt: skip
    expire_after_h: float | None = setting(
        None, "A node is replaced at this age; none = Karpenter's own, in Auto Mode its pool's; 0 = never.", unit="h",
        fact="karpenter.expire_after", ge=0, le=8_760,
    )  # fmt: skip
    drift: bool = setting(True, "A node whose AMI is no longer the newest is replaced, within the budget.")

    @field_validator("families")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_families(names)


class Autoscaler(Record):
    """Who adds and removes nodes: nobody, the Cluster Autoscaler, or Karpenter."""

    kind: Literal["none", "cluster-autoscaler", "karpenter"] = setting(
        "none", "Who adds and removes nodes. EKS Auto Mode brings its own Karpenter, whatever is chosen here."
    )
    cluster_autoscaler: ClusterAutoscaler = setting(ClusterAutoscaler(), "The Cluster Autoscaler's settings.")
    karpenter: Karpenter = setting(Karpenter(), "Karpenter's settings.")
