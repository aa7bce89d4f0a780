"""Objects of a file: many documents, lists, JSON and YAML, and what is none, named at once with the rest."""

import codecs
import json

import pytest

from engine import importers
from engine.errors import DefinitionError, ManifestError
from engine.importers import kubernetes
from tests.engine.importers.kubernetes.the_manifest import FRONT, GOOD, manifest, notes, workload
from tests.engine.importers.the_design import GOOD as TASK
from tests.in_time import within

WEB = json.dumps(GOOD)
YAML = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
"""


def refused(data):
    with pytest.raises(ManifestError) as caught, within(5):
        importers.read_design(data)
    return [(problem.path, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "data",
    [
        YAML, YAML.encode(), codecs.BOM_UTF8 + YAML.encode(), YAML.encode("utf-16"), "---\n" + YAML + "---\n---\n",
        "%YAML 1.1\n---\n" + YAML + "...\n", "# a remark\n" + YAML, YAML.replace("\n", "\r\n"),
        YAML.replace("kind: Deployment", "kind: &k Deployment") + "# *k\n",
    ],
    ids=["text", "utf-8", "mark", "utf-16", "empty documents", "directive", "remark", "windows lines", "anchor"],
)  # fmt: skip
def test_the_same_object_however_it_was_saved(data):
    found = importers.read_design(data)

    assert found.counted == {"Deployment": 1}
    assert found.workloads[0].counted() == kubernetes.read(YAML).workloads[0].counted()


def test_lists_are_unrolled_and_may_hold_lists():
    inner = {"apiVersion": "v1", "kind": "List", "items": [FRONT]}
    outer = {"apiVersion": "v1", "kind": "List", "metadata": {}, "items": [GOOD, inner]}
    typed = {"apiVersion": "apps/v1", "kind": "DeploymentList", "items": [GOOD | {"metadata": {"name": "other"}}]}

    found = manifest(outer, typed)

    assert found.counted == {"Deployment": 2, "Service": 1}
    assert [one.name for one in found.workloads] == ["web", "other"]


def test_a_definition_for_ecs_and_a_manifest_are_told_apart():
    assert isinstance(importers.read_design(json.dumps(TASK)), tuple)
    assert isinstance(importers.read_design(WEB), kubernetes.Manifest)
    with pytest.raises(DefinitionError) as caught:
        importers.read_design("services: {web: {image: x}}")
    assert not isinstance(caught.value, ManifestError)


def test_other_kinds_are_named_and_left_aside():
    others = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "y"}},
        {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "b"}, "spec": 7},
        {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "c"}},
    ]
    found = manifest(GOOD, *others)

    assert found.skipped == {"ConfigMap": 1, "Widget": 2}
    assert notes(found) == {"skipped": "ConfigMap, Widget × 2"}


def test_null_means_not_given():
    found = manifest(workload(pod={"volumes": None, "affinity": None}, spec={"replicas": None}))

    assert found.workloads[0].replicas == 1
    assert notes(found) == {}


def test_one_broken_document_is_refused_with_all_that_is_wrong_in_the_others():
    data = f"{YAML}---\na: [1\nb: }}\n---\nfoo: bar\n---\n{YAML.replace('image: nginx', 'image: 7')}---\n\tx: y\n---\n- 1\n"

    assert refused(data) == [
        ("line 11, column 2", "did not find expected ',' or ']'"),
        ("line 24, column 1", "found character that cannot start any token"),
        ("line 13: apiVersion", "it names no apiVersion"),
        ("line 13: kind", "it names no kind"),
        ("line 26", "this is no object of Kubernetes"),
        ("Deployment web", "Kubernetes cannot take this value"),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("kind: Deployment\nmetadata: {name: a}\n", "it names no apiVersion"),
        ("apiVersion: v2\nmetadata: {name: a}\n", "it names no kind"),
        ("apiVersion: [v1]\nkind: Deployment\n", "it names no apiVersion"),
        (f"[{WEB}, {WEB}]", "this is no object of Kubernetes"),
        (YAML.encode() + b"\xff", "the file is no text that can be read"),
        (YAML.encode() + b"\0", "the file is no text that can be read"),
        (YAML.replace("nginx", "{{ .Values.image }} }"), "a placeholder is left open"),
        (YAML + "x: *nowhere\n", "an alias must name what stands complete above it"),
        (YAML * 20_000, "the file is too large"),
        (YAML + "deep: " + "[" * 500, "it is nested too deeply"),
        ('{"apiVersion": "v1", "kind": "Pod", "spec": ' + '{"a": ' * 5_000, "it is nested too deeply"),
        ("apiVersion: v1\nkind: List\nitems: [" + "{apiVersion: v1, kind: Pod}, " * 1_001 + "]", "that is too many at once"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_manifest_is_refused_with_the_reason(data, message):
    found = refused(data)

    assert message in found[0][1]


def test_a_template_of_many_documents_is_told_each_of_its_holes():
    found = refused(f"{YAML}---\n{{{{- if .x }}}}\n{YAML}  replicas: {{{{ .n }}}}\n{{{{- end }}}}\n")

    assert [place for place, _ in found] == ["line 10", "line 19", "line 20"]
    assert {message for _, message in found} == {
        "a placeholder is left open, so this is a template and nothing to run yet: fill it in first"
    }


def test_a_small_file_that_would_grow_to_gigabytes_is_refused():
    laughs = "".join(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))

    assert refused(f"apiVersion: v1\nkind: List\nitems:\n- &a0 [x, x]\n{laughs}")[0][1].startswith("it grows too large")


def test_a_tag_runs_nothing():
    found = importers.read_design(YAML + "x: !!python/object/apply:os.system ['exit 7']\ny: !Ref Z\n")

    assert found.counted == {"Deployment": 1}
    assert notes(found)["unknown_field"] == "Deployment web: x, Deployment web: y"


def test_keys_and_objects_that_stand_twice_are_noted():
    found = importers.read_design(f"{YAML}kind: Deployment\n---\n{YAML}")

    assert notes(found)["key_twice"] == "kind (line 9)"
    assert notes(found)["object_twice"] == "Deployment web"


def test_a_list_of_many_problems_ends():
    data = "apiVersion: v1\nkind: Pod\n" + "---\na: [1\n" * 1_500

    found = refused(data)

    assert len(found) == 101
    assert found[-1][1] == "these are too many to list"
