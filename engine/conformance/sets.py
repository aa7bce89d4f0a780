"""The sets that the engine can answer, by name."""

from __future__ import annotations

from typing import Any

from engine.conformance import agent, aws, eks, examples, hpa, queueing, raft, rollout, scheduler, topology
from engine.conformance.cases import Known, each

SETS: dict[str, Known[Any]] = {
    "aws_documented_examples": Known(examples.form, each(examples.worked)),
    "aws_ec2_instances": Known(lambda _: aws.InstanceName, each(aws.instance)),
    "aws_eni_max_pods": Known(lambda _: aws.Addresses, each(aws.pods)),
    "aws_fargate_sizes": Known(lambda _: aws.FargatePair, each(aws.fargate)),
    "ecs_agent_host_accounting": Known(lambda _: agent.HostAndTask, each(agent.accounting)),
    "eks_node_allocatable": Known(lambda _: eks.Node, each(eks.node)),
    "k8s_default_normalize": Known(lambda _: scheduler.Raw, each(scheduler.stretched)),
    "k8s_fit_filter": Known(lambda _: scheduler.FitGiven, each(scheduler.fit)),
    "k8s_gen_balanced_allocation_current": Known(lambda _: scheduler.Shares, each(scheduler.balanced)),
    "k8s_gen_hpa_replica_calc": Known(lambda _: hpa.Metric, each(hpa.replicas)),
    "k8s_gen_pdb": Known(lambda _: rollout.Budget, each(rollout.budget)),
    "k8s_gen_resources": Known(lambda _: scheduler.Weighted, each(scheduler.resources)),
    "k8s_gen_rollout_fenceposts": Known(lambda _: rollout.Fenceposts, each(rollout.fenceposts)),
    "k8s_gen_topology_spread": Known(lambda _: scheduler.Nodes, each(topology.spread)),
    "k8s_host_ports_filter": Known(lambda _: scheduler.PortsGiven, each(scheduler.ports)),
    "k8s_hpa_controller": Known(lambda _: hpa.Whole, each(hpa.decision)),
    "k8s_hpa_rate_policies": Known(lambda _: hpa.Rates, each(hpa.rates)),
    "k8s_hpa_replica_calc": Known(lambda _: hpa.Metric, each(hpa.replicas)),
    "k8s_hpa_stabilization": Known(lambda _: hpa.Windows, each(hpa.windows)),
    "k8s_interpod_filter": Known(lambda _: scheduler.Nodes, each(topology.neighbours_filter)),
    "k8s_interpod_score": Known(lambda _: topology.Liked, each(topology.neighbours_score)),
    "k8s_least_allocated": Known(lambda _: scheduler.Weighted, each(scheduler.least)),
    "k8s_most_allocated": Known(lambda _: scheduler.Weighted, each(scheduler.most)),
    "k8s_node_affinity_filter": Known(lambda _: scheduler.OneNode, each(scheduler.affinity_filter)),
    "k8s_node_affinity_score": Known(lambda _: scheduler.Nodes, each(scheduler.affinity_score)),
    "k8s_pdb": Known(lambda _: rollout.Budget, each(rollout.budget)),
    "k8s_proportional_scaling": Known(lambda _: rollout.Resize, each(rollout.resized)),
    "k8s_rollout_fenceposts": Known(lambda _: rollout.Fenceposts, each(rollout.fenceposts)),
    "k8s_rollout_max_unavailable": Known(lambda _: rollout.Deployment, each(rollout.max_unavailable)),
    "k8s_rollout_new_rs": Known(lambda _: rollout.NewSet, each(rollout.new_set)),
    "k8s_rollout_old_rs": Known(lambda _: rollout.OldSet, each(rollout.old_set)),
    "k8s_taint_filter": Known(lambda _: scheduler.OneNode, each(scheduler.taint_filter)),
    "k8s_taint_score": Known(lambda _: scheduler.Nodes, each(scheduler.taint_score)),
    "k8s_topology_spread_filter": Known(lambda _: scheduler.Nodes, each(topology.spread_filter)),
    "k8s_topology_spread_score": Known(lambda _: topology.Candidates, each(topology.spread_score)),
    "k8s_unschedulable_filter": Known(lambda _: scheduler.OneNode, each(scheduler.unschedulable)),
    "queueing_mg1": Known(lambda _: queueing.MG1, queueing.mg1),
    "queueing_mmc": Known(lambda _: queueing.MMC, queueing.mmc),
    "queueing_mmck": Known(lambda _: queueing.MMCK, queueing.mmck),
    "raft_commit": Known(lambda _: raft.Acks, each(raft.commit)),
    "raft_vote": Known(lambda _: raft.Votes, each(raft.vote)),
}
