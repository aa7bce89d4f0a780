"""What the reader may turn in this chapter: one frozen record an experiment; ranges, units and help live in the fields."""

from __future__ import annotations

from typing import Literal

from engine import catalog
from engine.eks import rules
from engine.fields import Record, setting

SupportPolicy = Literal["extended", "standard"]


class PodAsk(Record):
    """What one pod requests, and how many there are of it."""

    cpu_m: int = setting(1_000, "CPU that a pod's containers request together.", unit="mCPU", ge=0, le=200_000)
    memory_mib: int = setting(8_192, "Memory that a pod's containers request together.", unit="MiB", ge=0, le=1_048_576)
    init_cpu_m: int = setting(0, "CPU that its largest init container requests.", unit="mCPU", ge=0, le=200_000)
    init_memory_mib: int = setting(
        0, "Memory that its largest init container requests.", unit="MiB", ge=0, le=1_048_576
    )
    pods: int = setting(10, "Pods of this kind.", unit="pods", ge=1, le=5_000)


class NodeAsk(Record):
    """A node to fill with pods of one shape, beside the daemons that every node runs."""

    instance_type: str = setting("m5.large", "The nodes' instance type.", max_length=30)
    cpu_m: int = setting(100, "CPU that a pod requests.", unit="mCPU", ge=0, le=200_000)
    memory_mib: int = setting(128, "Memory that a pod requests.", unit="MiB", ge=0, le=1_048_576)
    pods: int = setting(60, "Pods of this kind.", unit="pods", ge=1, le=5_000)
    prefixes: bool = setting(
        False, "Prefix delegation: 16 addresses in the place of one.", fact="eks.pods_per_node.cap"
    )
    daemons: int = setting(
        3, "Pods that run on every node: network, proxy, an agent.", unit="pods", assumed=True, ge=0, le=50
    )
    daemon_cpu_m: int = setting(60, "CPU that each of them requests.", unit="mCPU", assumed=True, ge=0, le=10_000)
    daemon_memory_mib: int = setting(
        64, "Memory that each of them requests.", unit="MiB", assumed=True, ge=0, le=65_536
    )


class ChargeAsk(Record):
    """A workload to bill: pods of one shape on each kind of node."""

    cpu_m: int = setting(500, "CPU that a pod requests.", unit="mCPU", ge=0, le=16_000)
    memory_mib: int = setting(1_024, "Memory that a pod requests.", unit="MiB", ge=0, le=122_880)
    pods: int = setting(10, "Pods of this kind.", unit="pods", ge=1, le=1_000)
    instance_type: str = setting("m5.large", "The nodes' instance type.", max_length=30)


class UpdateAsk(Record):
    """A new AMI for a group of nodes."""

    nodes: int = setting(6, "Nodes that run the old AMI.", unit="nodes", ge=1, le=1_000)
    zones: int = setting(3, "Zones that they stand in.", ge=1, le=6)
    at_once: int = setting(
        1, "Nodes that may be missing at a time.", unit="nodes", fact="eks.mng.max_unavailable_default", ge=1, le=100
    )
    pods: int = setting(3, "Pods on a node that a budget watches.", unit="pods", ge=1, le=100)
    may_leave: int = setting(1, "Pods that the budget lets go at a time; 0 lets none go.", unit="pods", ge=0, le=100)
    force: bool = setting(False, "End a node whose pods do not leave in time.", fact="eks.mng.drain_timeout")
    restart_s: float = setting(
        45, "From a pod's eviction until its replacement counts.", unit="s", assumed=True, ge=1, le=3_600
    )
    start_day: int = setting(10, "Day on which you start the update.", unit="days", assumed=True, ge=0, le=365)


class TableAsks(Record):
    """Everything that may be turned when a row of the table is acted out."""

    charge: ChargeAsk = setting(ChargeAsk(), "The bill.")
    update: UpdateAsk = setting(UpdateAsk(), "The update.")
    node: NodeAsk = setting(NodeAsk(), "The node.")


class SliderAsk(Record):
    """A workload, and what looking after it takes. Hours are our assumptions: nobody publishes them."""

    pods: int = setting(24, "Pods of this kind.", unit="pods", ge=1, le=2_000)
    cpu_m: int = setting(500, "CPU that a pod requests.", unit="mCPU", ge=0, le=16_000)
    memory_mib: int = setting(1_024, "Memory that a pod requests.", unit="MiB", ge=0, le=122_880)
    instance_type: str = setting("m5.large", "The nodes' instance type.", max_length=30)
    master_type: str = setting("m5.large", "Instance type of the masters that you run.", max_length=30, assumed=True)
    masters: int = setting(3, "Masters that you run, with their etcd.", unit="hosts", fact="etcd.tolerance", ge=1, le=7)
    container_h: float = setting(
        12, "Images, permissions, networks, scaling rules.", unit="h", assumed=True, ge=0, le=500
    )
    node_h: float = setting(0.5, "Patches and agents, for each node.", unit="h", assumed=True, ge=0, le=100)
    scaling_h: float = setting(4, "How many nodes, of which type.", unit="h", assumed=True, ge=0, le=500)
    masters_h: float = setting(
        16, "API servers and schedulers: patches, certificates, upgrades.", unit="h", assumed=True, ge=0, le=500
    )
    state_h: float = setting(
        8, "etcd: backups, restores tried, disks, members replaced.", unit="h", assumed=True, ge=0, le=500
    )
    version_h: float = setting(
        3, "Checking and starting version upgrades where AWS runs the masters.", unit="h", assumed=True, ge=0, le=500
    )
    shared_share: float = setting(0.5, "What is left to you of a shared duty.", unit="share", assumed=True, ge=0, le=1)
    usd_per_h: float = setting(60, "An hour of a person.", unit="USD", assumed=True, ge=0, le=1_000)


class VersionsAsk(Record):
    """A cluster's years: how often somebody upgrades it."""

    every_months: int = setting(
        0, "Upgrade to the newest version every so many months; 0 = never.", unit="months", ge=0, le=60
    )
    policy: SupportPolicy = setting("extended", "What happens when standard support ends.", fact="eks.extended_default")
    months: int = setting(48, "Months to look at.", unit="months", ge=12, le=120)
    cadence_months: int = setting(
        int(rules.note("table.k8s_cadence")), "Months between two versions.", unit="months", ge=2, le=12
    )
    clusters: int = setting(1, "Clusters.", ge=1, le=500)
    upgrade_h: float = setting(
        6, "Work of one planned upgrade, for each version that it passes.", unit="h", assumed=True, ge=0, le=500
    )
    forced_h: float = setting(
        24, "Work of one that came by force: it chose its own day.", unit="h", assumed=True, ge=0, le=1_000
    )

    @property
    def standard_months(self) -> int:
        """Months of standard support."""
        return int(catalog.number("eks.support_months", "standard"))

    @property
    def all_months(self) -> int:
        """Months until AWS upgrades by force, extended support and all."""
        return self.standard_months + int(catalog.number("eks.support_months", "extended"))
