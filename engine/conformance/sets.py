"""The sets that the engine can answer, by name."""

from __future__ import annotations

from typing import Any

from engine.conformance import agent, aws, eks, examples, hpa, queueing, rollout
from engine.conformance.cases import Known, each

SETS: dict[str, Known[Any]] = {
    "aws_documented_examples": Known(examples.form, each(examples.worked)),
    "aws_ec2_instances": Known(lambda _: aws.InstanceName, each(aws.instance)),
    "aws_eni_max_pods": Known(lambda _: aws.Addresses, each(aws.pods)),
    "aws_fargate_sizes": Known(lambda _: aws.FargatePair, each(aws.fargate)),
    "ecs_agent_host_accounting": Known(lambda _: agent.HostAndTask, each(agent.accounting)),
    "eks_node_allocatable": Known(lambda _: eks.Node, each(eks.node)),
    "k8s_gen_hpa_replica_calc": Known(lambda _: hpa.Metric, each(hpa.replicas)),
    "k8s_gen_pdb": Known(lambda _: rollout.Budget, each(rollout.budget)),
    "k8s_gen_rollout_fenceposts": Known(lambda _: rollout.Fenceposts, each(rollout.fenceposts)),
    "k8s_hpa_controller": Known(lambda _: hpa.Whole, each(hpa.decision)),
    "k8s_hpa_rate_policies": Known(lambda _: hpa.Rates, each(hpa.rates)),
    "k8s_hpa_replica_calc": Known(lambda _: hpa.Metric, each(hpa.replicas)),
    "k8s_hpa_stabilization": Known(lambda _: hpa.Windows, each(hpa.windows)),
    "k8s_pdb": Known(lambda _: rollout.Budget, each(rollout.budget)),
    "k8s_proportional_scaling": Known(lambda _: rollout.Resize, each(rollout.resized)),
    "k8s_rollout_fenceposts": Known(lambda _: rollout.Fenceposts, each(rollout.fenceposts)),
    "k8s_rollout_max_unavailable": Known(lambda _: rollout.Deployment, each(rollout.max_unavailable)),
    "k8s_rollout_new_rs": Known(lambda _: rollout.NewSet, each(rollout.new_set)),
    "k8s_rollout_old_rs": Known(lambda _: rollout.OldSet, each(rollout.old_set)),
    "queueing_mg1": Known(lambda _: queueing.MG1, queueing.mg1),
    "queueing_mmc": Known(lambda _: queueing.MMC, queueing.mmc),
    "queueing_mmck": Known(lambda _: queueing.MMCK, queueing.mmck),
}
