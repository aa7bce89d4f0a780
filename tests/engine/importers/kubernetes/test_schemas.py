"""Kubernetes' own schemas: every fault at once, old versions told from wrong ones."""

import pytest

from engine.importers.files import Document
from engine.importers.kubernetes import schemas
from engine.importers.kubernetes.objects import objects_of
from tests.engine.importers.kubernetes.the_manifest import ALL, FRONT, GOOD, codes, manifest, notes, refusals, workload

HPA = {
    "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"},
    "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "maxReplicas": 5,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}}],
    },
}  # fmt: skip
BUDGET = {
    "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
    "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
}  # fmt: skip


def one(tree):
    (found,), _ = objects_of([("document 1", Document(tree, True, ()))])
    return found


@pytest.mark.parametrize("tree", [GOOD, FRONT, HPA, BUDGET], ids=lambda tree: tree["kind"])
def test_a_good_object_has_no_fault(tree):
    assert schemas.faults(one(tree)) == ()
    assert refusals(tree) == {}


def test_every_fault_is_found_at_once():
    wrong = workload(container={"image": ["web"], "ports": [{"containerPort": "80"}], "imagePolicy": "x"}, spec={
        "replicas": "three", "selector": ..., "paused": 1,
    })  # fmt: skip
    found = manifest(wrong, FRONT | {"spec": {"ports": [{}]}})
    told = {finding.code: finding.where for finding in found.bad}

    at = "Deployment web: spec.template.spec.containers.0"
    assert told["missing_member"] == "Deployment web: spec.selector, Service web: spec.ports.0.port"
    assert set(told["bad_value"].split(", Deployment web: ")) == {
        "Deployment web: spec.paused = 1 (boolean)", "spec.replicas = 'three' (integer)",
        "spec.template.spec.containers.0.image = ['web'] (string)",
        "spec.template.spec.containers.0.ports.0.containerPort = '80' (integer)",
    }  # fmt: skip
    assert notes(found)["unknown_field"] == f"{at}.imagePolicy"
    assert {name: codes(found, name) for name in ALL} == {name: [*told] for name in ALL}


@pytest.mark.parametrize(
    ("tree", "release"),
    [
        (workload(apiVersion="extensions/v1beta1", spec={"selector": ...}), "1.16"),
        (workload(apiVersion="apps/v1beta1"), "1.16"),
        (workload(apiVersion="apps/v1beta2"), "1.16"),
        (BUDGET | {"apiVersion": "policy/v1beta1"}, "1.25"),
        (HPA | {"apiVersion": "autoscaling/v2beta2"}, "1.26"),
        (HPA | {"apiVersion": "autoscaling/v2beta1", "spec": HPA["spec"] | {
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "targetAverageUtilization": 60}}]}}, "1.25"),
        ({"apiVersion": "networking.k8s.io/v1beta1", "kind": "Ingress", "metadata": {"name": "a"}, "spec": {}}, "1.22"),
        ({"apiVersion": "policy/v1beta1", "kind": "PodSecurityPolicy", "metadata": {"name": "a"}}, "1.25"),
    ],
)  # fmt: skip
def test_a_version_that_is_gone_is_the_only_reason_and_names_its_release(tree, release):
    found = manifest(tree)

    assert {name: codes(found, name) for name in ALL} == {name: ["removed_api"] for name in ALL}
    assert f"(until {release})" in found_where(found)


def found_where(found):
    from engine.importers.kubernetes.rules import removed_api

    (finding,) = removed_api(found)
    return finding.where


def test_an_old_version_is_still_held_against_what_it_shares_with_the_new_one():
    found = manifest(workload(apiVersion="apps/v1beta1", spec={"replicas": "three"}))

    assert codes(found, "eks-managed") == ["bad_value", "removed_api"]


@pytest.mark.parametrize(
    "version", ["apps/v2", "v1", "app/v1", "autoscaling/v2", "../apps/v1", "apps/v1/v1", "APPS/V1"]
)
def test_a_version_that_never_was_is_refused(version):
    assert refusals(workload(apiVersion=version)) == {name: ["unknown_api"] for name in ALL}


def test_versions_that_are_served_are_read_alike():
    v1 = HPA | {"apiVersion": "autoscaling/v1", "spec": {
        "scaleTargetRef": HPA["spec"]["scaleTargetRef"], "maxReplicas": 5, "targetCPUUtilizationPercentage": 60,
    }}  # fmt: skip

    (new,), (old,) = manifest(HPA).autoscalers, manifest(v1).autoscalers

    assert (new.metrics, new.least, new.most, new.target) == (old.metrics, old.least, old.most, old.target)


def test_the_fact_of_removed_versions_agrees_with_the_schemas():
    from engine import catalog

    table = catalog.value("k8s.api.removed")
    kept = [
        (version, kind)
        for version, kinds in table.items()
        for kind in kinds
        if schemas._newest(version, kind) is not None
    ]

    assert kept == []
