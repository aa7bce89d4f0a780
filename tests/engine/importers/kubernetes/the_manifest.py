"""Small manifests for tests: one that every launch type runs, changed in one place at a time."""

import copy
import json

from engine.importers import kubernetes

ALL = "k8s-self-run", "eks-unmanaged", "eks-managed", "eks-fargate", "eks-auto"
# Runs everywhere, so that each change is the only reason to refuse it.
GOOD = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web", "tier": "front"}},
            "spec": {
                "containers": [
                    {
                        "name": "web", "image": "web:1", "ports": [{"containerPort": 80}],
                        "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}},
                    },
                    {"name": "side", "image": "side:1", "resources": {"limits": {"cpu": "100m", "memory": "64Mi"}}},
                ],
            },
        },
    },
}  # fmt: skip
FRONT = {
    "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
    "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
}  # fmt: skip


def merged(tree, changes):
    """Lay changes over a tree, level by level; a list takes the place of a list, and ... takes a member out."""
    for key, value in changes.items():
        if value is ...:
            tree.pop(key, None)
        elif isinstance(value, dict) and isinstance(tree.get(key), dict):
            merged(tree[key], value)
        else:
            tree[key] = copy.deepcopy(value)
    return tree


def changed(tree, changes):
    """Give a tree with changes laid over it; the tree itself stays."""
    return merged(copy.deepcopy(tree), changes)


def workload(pod=None, container=None, spec=None, **whole):
    """GOOD with members of the pod, its first container, the spec or the object itself changed."""
    tree = copy.deepcopy(GOOD)
    inside = tree["spec"]["template"]["spec"]
    merged(inside["containers"][0], container or {})
    merged(inside, pod or {})
    merged(tree["spec"], spec or {})
    return merged(tree, whole)


def manifest(*trees):
    """Read objects as one file."""
    return kubernetes.read("\n---\n".join(json.dumps(tree) for tree in trees))


def codes(found, launch_type):
    return [finding.code for finding in kubernetes.refusals(found, launch_type)]


def refusals(*trees):
    """Give the codes that each launch type refuses with; those that run it are left out."""
    found = manifest(*trees)
    return {name: codes(found, name) for name in ALL if codes(found, name)}


def notes(found):
    return {note.code: note.where for note in kubernetes.remarks(found)}


def claim(name="data", **spec):
    plain = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": plain | spec}


def volume(name="disk", *, labels=None, **spec):
    plain = {"capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOnce"]}
    about = {"name": name, "labels": labels or {}}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": about, "spec": plain | spec}


def storage_class(name, provisioner, **about):
    return {
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name} | about, "provisioner": provisioner,
    }  # fmt: skip
