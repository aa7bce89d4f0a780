"""What the API server refuses beyond its schema: each wrong manifest for its own reason, everywhere."""

import pytest

from tests.engine.importers.kubernetes.test_schemas import BUDGET, HPA
from tests.engine.importers.kubernetes.the_manifest import ALL, FRONT, refusals, workload

CONTAINER = {"name": "web", "image": "web:1"}
ROLLING = {"type": "RollingUpdate"}


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        (workload(metadata={"name": ...}), "no_name"),
        (workload(pod={"containers": []}), "no_container"),
        (workload(container={"image": ...}), "no_image"),
        (workload(container={"image": ""}), "no_image"),
        (workload(pod={"containers": [CONTAINER, CONTAINER]}), "name_twice"),
        (workload(pod={"containers": [CONTAINER], "initContainers": [CONTAINER]}), "name_twice"),
        (workload(container={"resources": {"requests": {"cpu": "plenty"}}}), "bad_quantity"),
        (workload(container={"resources": {"limits": {"memory": "-1Gi"}}}), "bad_quantity"),
        (workload(container={"resources": {"limits": {"memory": "511Mi"}}}), "limit_below_request"),
        (workload(container={"resources": {"requests": {"nvidia.com/gpu": 1}}}), "limit_below_request"),
        (workload(spec={"selector": {"matchLabels": {"app": "other"}}}), "selector_mismatch"),
        (workload(spec={"selector": {"matchLabels": {"app": ...}}}), "selector_mismatch"),
        (workload(container={"volumeMounts": [{"name": "data", "mountPath": "/data"}]}), "volume_missing"),
        (workload(container={"ports": [{"containerPort": 0}]}), "port_range"),
        (workload(container={"ports": [{"containerPort": 80, "hostPort": 65_536}]}), "port_range"),
        (FRONT | {"spec": {"ports": [{"port": 70_000}]}}, "port_range"),
        (workload(spec={"strategy": ROLLING | {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "0%"}}}), "no_progress"),
        (workload(spec={"strategy": ROLLING | {"rollingUpdate": {"maxSurge": "a lot"}}}), "bad_share"),
        (workload(spec={"strategy": ROLLING | {"rollingUpdate": {"maxUnavailable": -1}}}), "bad_share"),
        (workload(spec={"replicas": -1}), "bad_count"),
        (workload(spec={"replicas": 2**31}), "bad_count"),
        (workload(pod={"terminationGracePeriodSeconds": -5}), "bad_count"),
        (HPA | {"spec": HPA["spec"] | {"minReplicas": 6}}, "bad_count"),
        (BUDGET | {"spec": {"minAvailable": 1, "maxUnavailable": 1}}, "budget_of_two_minds"),
        (BUDGET | {"spec": {"minAvailable": "half"}}, "bad_share"),
    ],
)  # fmt: skip
def test_a_contradiction_is_refused_everywhere_for_its_own_reason(tree, code):
    found = refusals(tree)

    assert {name: reasons[0] for name, reasons in found.items()} == dict.fromkeys(ALL, code)
    assert len(found["eks-managed"]) == 1


@pytest.mark.parametrize(
    "tree",
    [
        workload(spec={"replicas": 0}),
        workload(container={"resources": {"limits": {"memory": "0.5Gi", "cpu": 0.25}}}),
        workload(spec={"selector": {"matchLabels": ..., "matchExpressions": [{"key": "tier", "operator": "Exists"}]}}),
        workload(spec={"strategy": ROLLING | {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}}),
        workload(spec={"strategy": ROLLING | {"rollingUpdate": {"maxUnavailable": "30%"}}}),
        workload(
            container={"volumeMounts": [{"name": "data", "mountPath": "/data"}]},
            pod={"volumes": [{"name": "data", "emptyDir": {}}]},
        ),
        workload(metadata={"name": ..., "generateName": "web-"}),
        BUDGET | {"spec": {"maxUnavailable": "50%"}},
        FRONT | {"spec": {"type": "ExternalName", "externalName": "a.example.com"}},
    ],
)
def test_what_is_no_contradiction_runs_everywhere(tree):
    assert refusals(tree) == {}


def test_every_reason_has_words_in_both_languages_and_none_is_left_over():
    import re
    from pathlib import Path

    from engine import catalog
    from engine.importers import kubernetes

    folder = Path(kubernetes.__file__).parent
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    for lang in catalog.LANGUAGES:
        texts = catalog.texts(lang)
        told = {key.split(".")[2] for key in texts if key.startswith(("manifest.refusal.", "manifest.note."))}
        from_files = {"key_twice", "loose_json"}  # the notes of reading a file at all
        named = set(re.findall(r'"([a-z0-9_]+)"', source))

        assert told - from_files <= named, lang
