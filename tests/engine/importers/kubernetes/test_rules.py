"""Who refuses what: one change at a time, and the launch types disagree where they should."""

import pytest

from engine.importers import kubernetes
from tests.engine.importers.kubernetes.the_manifest import (
    ALL,
    changed,
    claim,
    codes,
    manifest,
    notes,
    refusals,
    storage_class,
    volume,
    workload,
)  # fmt: skip

OWN = "k8s-self-run", "eks-unmanaged", "eks-managed"
DAEMON = workload(kind="DaemonSet", spec={"replicas": ...})


def on(label, *values, operator="In"):
    """Require a node with this label."""
    rule = {"key": label, "operator": operator, "values": list(values)}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [rule]}]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}


def test_a_plain_deployment_runs_everywhere():
    assert refusals(workload()) == {}


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        (DAEMON, "daemonset"),
        (workload(container={"securityContext": {"privileged": True}}), "privileged"),
        (
            workload(pod={"initContainers": [{"name": "i", "image": "i", "securityContext": {"privileged": True}}]}),
            "privileged",
        ),
        (workload(pod={"hostNetwork": True}), "host_network"),
        (workload(container={"ports": [{"containerPort": 80, "hostPort": 8080}]}), "host_port"),
        (workload(pod={"hostPID": True}), "host_pid"),
        (workload(pod={"hostIPC": True}), "host_pid"),
        (workload(pod={"volumes": [{"name": "v", "hostPath": {"path": "/var"}}]}), "host_path"),
        (workload(container={"resources": {"limits": {"nvidia.com/gpu": "1"}}}), "gpu"),
        (workload(container={"resources": {"limits": {"aws.amazon.com/neuron": 1}}}), "gpu"),
        (workload(container={"resources": {"limits": {"smarter-devices/fuse": 1}}}), "device"),
        (workload(pod={"nodeSelector": {"kubernetes.io/arch": "arm64"}}), "arm64"),
        (workload(pod=on("kubernetes.io/arch", "arm64")), "arm64"),
        (workload(pod={"nodeSelector": {"disk": "ssd"}}), "node_selector"),
        (workload(pod={"nodeSelector": {"topology.kubernetes.io/zone": "eu-west-1a"}}), "node_selector"),
        (workload(container={"resources": {"requests": {"ephemeral-storage": "176Gi"}}}), "disk"),
        (workload(container={"resources": {"requests": {"cpu": 17}}}), "too_large"),
        (workload(container={"resources": {"requests": {"memory": "120Gi"}}}), "too_large"),
        (workload(pod={"volumes": [{"name": "v", "awsElasticBlockStore": {"volumeID": "vol-1"}}]}), "ebs_or_dynamic_pv"),
    ],
)  # fmt: skip
def test_fargate_alone_refuses_what_needs_a_node_of_your_own(tree, code):
    assert refusals(tree) == {"eks-fargate": [code]}


@pytest.mark.parametrize(
    "tree",
    [
        workload(container={"securityContext": {"privileged": False}}),
        workload(pod={"hostNetwork": False, "hostPID": False}),
        workload(container={"resources": {"limits": {"nvidia.com/gpu": 0}}}),
        workload(pod={"tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}]}),
        workload(pod={"nodeSelector": {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}}),
        workload(pod={"nodeSelector": {"beta.kubernetes.io/os": "linux"}}),
        workload(pod=on("kubernetes.io/arch", "amd64", "arm64")),
        workload(pod=on("kubernetes.io/os", "windows", operator="NotIn")),
        workload(pod=on("disk", "ssd")),
        workload(container={"resources": {"requests": {"ephemeral-storage": "175Gi"}}}),
        workload(container={"resources": {"requests": {"cpu": "15.9"}}}),
        workload(container={"ports": [{"containerPort": 80, "hostPort": 0}]}),
        workload(container={"securityContext": {"capabilities": {"add": ["NET_ADMIN"]}}}),
        workload(kind="StatefulSet", spec={"serviceName": "web"}),
    ],
)
def test_what_looks_like_it_and_is_not_runs_everywhere(tree):
    assert refusals(tree) == {}


def test_windows_runs_on_nodes_of_your_own_only():
    for tree in (
        workload(pod={"nodeSelector": {"kubernetes.io/os": "windows"}}),
        workload(pod={"os": {"name": "windows"}}),
    ):
        assert refusals(tree) == {"eks-fargate": ["windows"], "eks-auto": ["windows"]}


def test_a_pod_for_fargate_alone_or_for_auto_alone_runs_there_alone():
    label = "eks.amazonaws.com/compute-type"

    assert set(refusals(workload(pod={"nodeSelector": {label: "fargate"}}))) == {*OWN, "eks-auto"}
    assert set(refusals(workload(pod={"nodeSelector": {label: "auto"}}))) == {*OWN, "eks-fargate"}


def test_one_pod_can_be_refused_for_every_reason_at_once():
    everything = workload(
        kind="DaemonSet",
        spec={"replicas": ...},
        pod={
            "hostNetwork": True, "hostPID": True, "volumes": [{"name": "v", "hostPath": {"path": "/"}}],
            "nodeSelector": {"disk": "ssd", "kubernetes.io/arch": "arm64"},
        },
        container={
            "securityContext": {"privileged": True}, "ports": [{"containerPort": 80, "hostPort": 80}],
            "resources": {"limits": {"amd.com/gpu": 1}},
        },
    )  # fmt: skip

    assert refusals(everything) == {"eks-fargate": [
        "daemonset", "privileged", "host_network", "host_port", "host_pid", "host_path", "gpu", "arm64", "node_selector",
    ]}  # fmt: skip


# --- volumes ---


def with_claim(*others, name="data"):
    return workload(pod={"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": name}}]}), *others


EFS = {"csi": {"driver": "efs.csi.aws.com", "volumeHandle": "fs-1"}}
EBS = {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"}}
AUTO = storage_class("auto", "ebs.csi.eks.amazonaws.com")
BY_DEFAULT = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}


@pytest.mark.parametrize(
    ("trees", "verdict", "auto"),
    [
        (with_claim(), "depends:unresolved_pvc", []),
        (with_claim(claim()), "refused", []),  # the cluster's default class makes it on demand
        (with_claim(claim(storageClassName="fast")), "refused", []),
        (with_claim(claim(storageClassName="fast"), storage_class("fast", "ebs.csi.aws.com")), "refused", ["ebs_provisioner"]),
        (with_claim(claim(storageClassName="old"), storage_class("old", "kubernetes.io/aws-ebs")), "refused", ["ebs_provisioner"]),
        (with_claim(claim(storageClassName="auto"), AUTO), "refused", []),
        (with_claim(claim(), storage_class("fast", "ebs.csi.aws.com", **BY_DEFAULT)), "refused", ["ebs_provisioner"]),
        (with_claim(claim(storageClassName="efs"), storage_class("efs", "efs.csi.aws.com")), "refused", []),
        (with_claim(claim(storageClassName="efs"), volume(storageClassName="efs", **EFS)), "ok", []),
        (with_claim(claim(storageClassName=""), volume(**EFS)), "ok", []),
        (with_claim(claim(storageClassName=""), volume(**EBS)), "refused", []),
        (with_claim(claim(storageClassName="")), "depends:unresolved_pvc", []),
        (with_claim(claim(volumeName="disk", storageClassName="x"), volume(**EFS)), "ok", []),
        (with_claim(claim(volumeName="elsewhere")), "depends:unresolved_pvc", []),
        (with_claim(claim(storageClassName="none"), storage_class("none", "kubernetes.io/no-provisioner")),
         "depends:unresolved_pvc", []),
        # One that is too small, of another class, of other access, or with other labels is not the one.
        (with_claim(claim(storageClassName="efs"), volume(storageClassName="efs", capacity={"storage": "4Gi"}, **EFS)), "refused", []),
        (with_claim(claim(storageClassName="efs"), volume(storageClassName="other", **EFS)), "refused", []),
        (with_claim(claim(storageClassName="efs", accessModes=["ReadWriteMany"]), volume(storageClassName="efs", **EFS)), "refused", []),
        (with_claim(claim(storageClassName="efs", selector={"matchLabels": {"a": "b"}}), volume(storageClassName="efs", **EFS)),
         "refused", []),
        (with_claim(claim(storageClassName="efs", selector={"matchLabels": {"a": "b"}}),
                    volume(storageClassName="efs", labels={"a": "b"}, **EFS)), "ok", []),
    ],
)  # fmt: skip
def test_a_claim_is_followed_to_where_its_volume_comes_from(trees, verdict, auto):
    found = manifest(*trees)

    assert kubernetes.verdict(found) == verdict
    assert codes(found, "eks-auto") == auto
    assert codes(found, "eks-fargate") == (["ebs_or_dynamic_pv"] if verdict == "refused" else [])
    assert ("unresolved_pvc" in notes(found)) == (verdict == "depends:unresolved_pvc")


def test_a_claim_template_asks_for_a_volume_each_pod():
    template = {"metadata": {"name": "data"}, "spec": claim(storageClassName="efs")["spec"]}
    base = workload(kind="StatefulSet", spec={"serviceName": "web", "volumeClaimTemplates": [template]})
    disks = [volume(f"disk-{n}", storageClassName="efs", **EFS) for n in range(3)]

    assert codes(manifest(base), "eks-fargate") == ["ebs_or_dynamic_pv"]
    assert codes(manifest(base, *disks[:2]), "eks-fargate") == ["ebs_or_dynamic_pv"]  # three pods, two volumes
    assert codes(manifest(base, *disks), "eks-fargate") == []


def test_of_drivers_fargate_brings_efs_alone():
    lustre = {"csi": {"driver": "fsx.csi.aws.com", "volumeHandle": "fs-1"}}
    share = {"nfs": {"server": "files.example.com", "path": "/"}}

    assert refusals(*with_claim(claim(storageClassName=""), volume(**lustre))) == {"eks-fargate": ["not_efs"]}
    assert refusals(*with_claim(claim(storageClassName=""), volume(**share))) == {}


def test_an_ephemeral_claim_is_made_on_demand():
    spec = claim(storageClassName="fast")["spec"]
    tree = workload(pod={"volumes": [{"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": spec}}}]})

    assert refusals(tree) == {"eks-fargate": ["ebs_or_dynamic_pv"]}


# --- what is said ---


def test_each_refusal_says_what_to_do_in_both_languages():
    found = manifest(DAEMON)
    (finding,) = kubernetes.refusals(found, "eks-fargate")

    assert finding.label("en") == (
        "A DaemonSet runs once on each node, and on Fargate each pod is its own node: DaemonSet web."
    )
    assert "sidecar" in finding.mend("es")
    assert finding.label("es") != finding.label("en")


def test_remarks_name_what_the_file_does_not_hold():
    from tests.engine.importers.kubernetes.test_schemas import BUDGET, HPA

    other = changed(HPA, {"spec": {"scaleTargetRef": {"name": "elsewhere"}}})
    idle = {**BUDGET, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "nobody"}}}}
    bare = workload(pod={"containers": [{"name": "a", "image": "a"}]}, metadata={"name": "bare"})
    front = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "f"},
             "spec": {"type": "NodePort", "selector": {"app": "web"}, "ports": [{"port": 80}]}}  # fmt: skip

    assert notes(manifest(workload(pod=on("a", "b")), bare, other, idle, front)) == {
        "target_elsewhere": "web (Deployment/elsewhere)", "guards_nothing": "web", "no_requests": "Deployment bare",
        "fargate_affinity": "Deployment web", "fargate_ports": "f", "labels_wanted": "Deployment web (a)",
    }  # fmt: skip


def test_verdicts_of_the_launch_types_are_told_apart():
    assert kubernetes.verdict(manifest(workload())) == "ok"
    assert kubernetes.verdict(manifest(DAEMON)) == "refused"
    assert (
        kubernetes.verdict(manifest({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}))
        == "no-workload"
    )
    assert set(ALL) == set(kubernetes.RULES)
