"""Laws: no tree ends in a traceback, and what is right by Kubernetes is a scenario."""

import contextlib
import json

import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine import importers
from engine.errors import DefinitionError, ScenarioError
from engine.importers import kubernetes
from engine.importers.kubernetes.pods import size_of
from tests.engine.importers.kubernetes.the_manifest import FRONT, GOOD, changed, claim, manifest, volume, workload

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from(["100m", "64Mi", "25%", "web", "v1", "apps/v1", "Deployment", "In", "Exists", "Always", "arm64", "1e3"]),
)  # fmt: skip
NAMES = st.sampled_from([
    "apiVersion", "kind", "metadata", "name", "namespace", "labels", "annotations", "spec", "replicas", "selector", "matchLabels",
    "matchExpressions", "key", "operator", "values", "template", "containers", "initContainers", "image", "resources", "requests",
    "limits", "cpu", "memory", "nvidia.com/gpu", "ports", "containerPort", "hostPort", "protocol", "volumes", "hostPath", "csi",
    "driver", "persistentVolumeClaim", "claimName", "volumeClaimTemplates", "securityContext", "privileged", "hostNetwork", "affinity",
    "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms", "nodeSelector", "tolerations", "strategy",
    "rollingUpdate", "maxSurge", "maxUnavailable", "minAvailable", "scaleTargetRef", "minReplicas", "maxReplicas", "metrics", "type",
    "resource", "target", "averageUtilization", "behavior", "scaleDown", "policies", "items", "storageClassName", "capacity", "storage",
]) | st.text(max_size=4)  # fmt: skip
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=30
)
KINDS = st.sampled_from([
    ("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("extensions/v1beta1", "Deployment"),
    ("v1", "Service"), ("autoscaling/v1", "HorizontalPodAutoscaler"), ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"), ("policy/v1", "PodDisruptionBudget"), ("v1", "PersistentVolumeClaim"),
    ("policy/v1beta1", "PodDisruptionBudget"), ("v1", "PersistentVolume"), ("storage.k8s.io/v1", "StorageClass"), ("v1", "List"),
])  # fmt: skip


def everything_said(data):
    """Read it and ask all there is to ask: only our own refusals may come."""
    found = None
    with contextlib.suppress(DefinitionError):
        found = importers.read_design(data)
    if isinstance(found, kubernetes.Manifest):
        everything_said_of(found)


def everything_said_of(found):
    json.dumps(kubernetes.as_data(found))
    assert kubernetes.as_text("any", found)
    for note in kubernetes.remarks(found):
        assert note.note("es")
    for launch_type in kubernetes.RULES:
        for finding in kubernetes.refusals(found, launch_type):
            assert finding.label("es")
            assert finding.mend("es")
        with contextlib.suppress(ScenarioError):
            kubernetes.scenario_of(found, launch_type)


@given(KINDS, TREES)
def test_any_tree_under_any_kind_is_read_or_refused(kind, tree):
    head = {"apiVersion": kind[0], "kind": kind[1]}
    everything_said(json.dumps(head | {"metadata": {"name": "a"}, "spec": tree}))
    everything_said(json.dumps(head | {"metadata": tree, "items": [tree], "spec": {"template": {"spec": tree}}}))


@given(st.dictionaries(NAMES, TREES, max_size=5), st.dictionaries(NAMES, TREES, max_size=5))
def test_any_member_of_a_good_deployment_is_read_or_refused(pod, container):
    tree = json.loads(json.dumps(GOOD))
    inside = tree["spec"]["template"]["spec"]
    inside["containers"][0] |= container
    inside |= pod
    everything_said(json.dumps(tree))


@given(st.lists(st.sampled_from([
    "apiVersion: v1\n", "kind: Service\n", "---\n", "metadata: {name: a}\n", "spec:\n", "  ports: [{port: 80}]\n", "- x\n", "&a ", "*a",
    "<<: *a\n", "{", "}", "\t", ": ", "!!int ", "|\n", "...\n", "%YAML 1.2\n", "? ", "\ufeff", "'", '"', "kind: List\nitems:\n", "\x85",
]), max_size=24))  # fmt: skip
def test_any_text_is_read_or_refused(parts):
    everything_said("".join(parts))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    everything_said(b"apiVersion: v1\nkind: Service\n" + data)


# --- what is right runs ---

CPU = st.one_of(st.integers(0, 4_000).map("{}m".format), st.floats(0, 4).map(lambda cores: round(cores, 3)))
MEMORY = st.one_of(st.integers(0, 8_192).map("{}Mi".format), st.integers(0, 8).map("{}G".format))
AMOUNT = st.one_of(st.integers(0, 5), st.integers(0, 100).map("{}%".format))


@st.composite
def good_manifests(draw):
    """A workload as people write them, with a Service, an autoscaler and a budget where it may have them."""
    kind = draw(st.sampled_from(["Deployment", "StatefulSet", "DaemonSet"]))
    containers = [
        {"name": f"c{n}", "image": "x", "resources": {"requests": {"cpu": draw(CPU), "memory": draw(MEMORY)}}}
        for n in range(draw(st.integers(1, 3)))
    ]
    surge, away = draw(AMOUNT), draw(AMOUNT)
    rolls = str(surge).rstrip("%") != "0" or str(away).rstrip("%") != "0"
    strategy = {"strategy": {"rollingUpdate": {"maxSurge": surge, "maxUnavailable": away}}} if rolls else {}
    spec = {"replicas": draw(st.integers(0, 40)) if kind != "DaemonSet" else ...}
    spec |= strategy if kind == "Deployment" else {"serviceName": "web"} if kind == "StatefulSet" else {}
    pod = {"containers": containers, "terminationGracePeriodSeconds": draw(st.integers(0, 600))}
    if draw(st.booleans()):
        pod |= {"initContainers": [{"name": "i", "image": "x", "resources": {"requests": {"cpu": draw(CPU)}}}]}
    if draw(st.booleans()):
        pod |= {"nodeSelector": {"kubernetes.io/arch": draw(st.sampled_from(["amd64", "arm64"]))}}
    trees = [workload(kind=kind, spec=spec, pod=pod)]
    if draw(st.booleans()):
        trees.append(FRONT)
    if kind == "Deployment" and draw(st.booleans()):
        least = draw(st.integers(1, 5))
        metric = {"type": "Utilization", "averageUtilization": draw(st.integers(1, 300))}
        trees.append({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "h"},
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": "web"}, "minReplicas": least,
                "maxReplicas": least + draw(st.integers(0, 9)),
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": metric}}],
            },
        })  # fmt: skip
    if draw(st.booleans()):
        budget = {draw(st.sampled_from(["minAvailable", "maxUnavailable"])): draw(AMOUNT)}
        trees.append({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "b"},
            "spec": budget | {"selector": {"matchLabels": {"app": "web"}}},
        })  # fmt: skip
    return trees


@given(good_manifests())
def test_a_good_manifest_is_a_scenario_wherever_it_is_not_refused(trees):
    found = manifest(*trees)
    for launch_type in kubernetes.RULES:
        if not kubernetes.refusals(found, launch_type):
            scenario = kubernetes.scenario_of(found, launch_type)

            assert type(scenario).of(scenario.model_dump(mode="json")) == scenario
            assert scenario.services[0].cpu_units * 1000 >= found.workloads[0].needed_cpu_m * 1024
    assert kubernetes.refusals(found, "eks-managed") == ()


@given(good_manifests())
def test_the_size_that_fargate_bills_holds_the_pod_and_kubernetes_share(trees):
    (found,) = manifest(*trees).workloads
    size = found.fargate_size
    if size is not None:
        billed = size_of(size)

        assert billed["vcpu"] * 1000 >= found.needed_cpu_m
        assert billed["gb"] * 1024 >= found.needed_memory_mib + 256 - 1


@given(good_manifests())
def test_yaml_and_json_say_the_same(trees):
    written = "---\n".join(yaml.safe_dump(tree) for tree in trees)

    assert kubernetes.as_data(kubernetes.read(written)) == kubernetes.as_data(manifest(*trees))


@given(st.permutations([workload(pod={"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]}),
                        claim(storageClassName="efs"), volume(storageClassName="efs", nfs={"server": "a", "path": "/"}), FRONT]))  # fmt: skip
def test_the_order_of_objects_means_nothing(trees):
    found = manifest(*trees)

    assert kubernetes.verdict(found) == "ok"
    assert found.fronts_of(found.workloads[0])


def test_laying_changes_over_a_tree_leaves_the_tree_alone():
    before = {"a": {"b": 1, "c": {"x": 1}}}

    assert changed(before, {"a": {"b": ..., "c": {"y": 2}, "d": [3]}}) == {"a": {"c": {"x": 1, "y": 2}, "d": [3]}}
    assert before == {"a": {"b": 1, "c": {"x": 1}}}
