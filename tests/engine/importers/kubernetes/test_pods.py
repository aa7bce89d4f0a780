"""What a pod asks for: sums, limits for requests, containers that only start, and the size of Fargate that follows."""

import pytest

from engine.importers.kubernetes.pods import size_of
from tests.engine.importers.kubernetes.the_manifest import manifest, workload


def asks(cpu, memory="0", **more):
    return {"name": f"c{cpu}{memory}{len(more)}".replace(".", ""), "image": "x",
            "resources": {"requests": {"cpu": cpu, "memory": memory}}} | more  # fmt: skip


def pod(*containers, inits=(), **more):
    (found,) = manifest(workload(pod={"containers": list(containers), "initContainers": list(inits)} | more)).workloads
    return found


def test_containers_add_up_and_a_limit_stands_for_a_missing_request():
    (found,) = manifest(workload()).workloads

    assert (found.cpu_m, found.needed_memory_mib) == (350, 576)


def test_the_largest_that_starts_counts_where_it_is_more_than_all_that_run():
    found = pod(asks("100m", "64Mi"), asks("200m", "64Mi"), inits=[asks("250m", "512Mi"), asks("50m", "1Mi")])

    assert (found.cpu_m, found.init_cpu_m, found.needed_cpu_m) == (300, 250, 300)
    assert (found.memory_bytes >> 20, found.init_memory_bytes >> 20, found.needed_memory_mib) == (128, 512, 512)


def test_a_side_car_that_starts_first_runs_beside_all_that_follow():
    side = asks("100m", restartPolicy="Always")

    assert pod(asks("200m"), inits=[side, asks("250m")]).needed_cpu_m == 350  # 100 beside 250
    assert pod(asks("200m"), inits=[asks("250m"), side]).needed_cpu_m == 300  # 100 + 200; 250 was alone
    assert pod(asks("200m"), inits=[side]).counted()["n_init"] == 1


def test_a_pod_may_ask_as_a_whole():
    found = pod(asks("100m", "64Mi"), resources={"requests": {"cpu": "2", "memory": "1Gi"}})

    assert (found.needed_cpu_m, found.needed_memory_mib) == (2000, 1024)


@pytest.mark.parametrize(
    ("cpu", "memory", "size"),
    [
        ("0", "0", (0.25, 0.5)),
        ("250m", "256Mi", (0.25, 0.5)),
        ("250m", "257Mi", (0.25, 1)),      # Kubernetes' own share is counted first
        ("251m", "256Mi", (0.5, 1)),
        ("250m", "1024Mi", (0.25, 2)),
        ("250m", "1793Mi", (0.5, 3)),      # past the memory of a quarter
        ("1", "8Gi", (2, 9)),              # the trap
        ("16", "120Gi", None),
        ("16.001", "1Gi", None),
    ],
)  # fmt: skip
def test_fargate_bills_the_smallest_size_that_holds_it(cpu, memory, size):
    billed = pod(asks(cpu, memory)).fargate_size

    assert (None if billed is None else tuple(size_of(billed).values())) == size


@pytest.mark.parametrize(("kind", "replicas", "count"), [
    ("Deployment", ..., 1), ("Deployment", 0, 0), ("StatefulSet", 4, 4), ("DaemonSet", ..., None),
])  # fmt: skip
def test_a_workload_has_one_pod_unless_it_says_otherwise(kind, replicas, count):
    (found,) = manifest(workload(kind=kind, spec={"replicas": replicas})).workloads

    assert found.replicas == count
