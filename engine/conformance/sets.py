"""The sets that the engine can answer, by name."""

from __future__ import annotations

from typing import Any

from engine.conformance import agent, aws, eks, examples, queueing
from engine.conformance.cases import Known, each

SETS: dict[str, Known[Any]] = {
    "aws_documented_examples": Known(examples.form, each(examples.worked)),
    "aws_ec2_instances": Known(lambda _: aws.InstanceName, each(aws.instance)),
    "aws_eni_max_pods": Known(lambda _: aws.Addresses, each(aws.pods)),
    "aws_fargate_sizes": Known(lambda _: aws.FargatePair, each(aws.fargate)),
    "ecs_agent_host_accounting": Known(lambda _: agent.HostAndTask, each(agent.accounting)),
    "eks_node_allocatable": Known(lambda _: eks.Node, each(eks.node)),
    "queueing_mg1": Known(lambda _: queueing.MG1, queueing.mg1),
    "queueing_mmc": Known(lambda _: queueing.MMC, queueing.mmc),
    "queueing_mmck": Known(lambda _: queueing.MMCK, queueing.mmck),
}
