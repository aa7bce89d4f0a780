"""`python -m engine import` takes manifests too: a table for a person, plain data for a program, a refusal for the rest."""

import json

from engine.__main__ import main
from tests.engine.importers.kubernetes.test_schemas import BUDGET, HPA
from tests.engine.importers.kubernetes.the_manifest import FRONT, workload

NAMES = {
    "objects", "workloads", "services", "hpas", "pdbs", "refusals", "eks_fargate_verdict", "fargate_size_is_hypothetical",
}  # fmt: skip


def kept(folder, *trees):
    path = folder / "web.yaml"
    path.write_text("\n---\n".join(json.dumps(tree) for tree in trees), encoding="utf-8")
    return str(path)


def test_it_says_runs_or_every_reason_and_what_to_do(tmp_path, capsys):
    daemon = workload(kind="DaemonSet", spec={"replicas": ...}, metadata={"name": "agent"}, pod={"hostPID": True})
    assert main(["import", kept(tmp_path, workload(), daemon, FRONT, HPA, BUDGET)]) == 0

    said = capsys.readouterr().out
    assert said.startswith(
        "web.yaml: 1 Deployment, 1 DaemonSet, 1 Service, 1 HorizontalPodAutoscaler, 1 PodDisruptionBudget\n"
    )
    assert "  Deployment web: 3 pods of 2 containers; CPU 350m, memory 576 MiB; on Fargate 0.5 vCPU, 1 GB\n" in said
    assert "  DaemonSet agent: one a node of 2 containers;" in said
    assert "  HorizontalPodAutoscaler web: Deployment/web, 1 to 5\n" in said
    assert "  PodDisruptionBudget web: at least 1 stay\n" in said
    assert "  eks-managed            runs\n" in said
    assert "  eks-fargate            refused, 2 reasons\n" in said
    assert (
        "    - The pod wants to see its node's processes: DaemonSet agent (hostPID). Remove hostPID and hostIPC" in said
    )


def test_plain_data_has_the_agreed_names(tmp_path, capsys):
    assert main(["import", "--json", kept(tmp_path, workload(), FRONT, HPA, BUDGET)]) == 0

    said = json.loads(capsys.readouterr().out)
    assert set(said) >= NAMES
    assert said["hpas"] == [{"name": "web", "target": "Deployment/web", "min": 1, "max": 5}]
    assert said["pdbs"] == [{"name": "web", "min_available": 1}]
    assert said["services"] == ["web ClusterIP"]
    assert said["refusals"] == {"eks-ec2": [], "eks-fargate": []}
    assert said["workloads"][0]["fargate_size"] == {"vcpu": 0.5, "gb": 1}


def test_what_goes_beyond_the_known_reasons_stands_apart(tmp_path, capsys):
    large = workload(
        container={"resources": {"requests": {"cpu": 40}}, "ports": [{"containerPort": 80, "hostPort": 80}]}
    )
    assert main(["import", "--json", kept(tmp_path, large)]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["refusals"] == {"eks-ec2": [], "eks-fargate": ["host_port"]}
    assert said["also_refused"]["eks-fargate"] == ["too_large"]
    assert said["also_runs_on"] == ["k8s-self-run", "eks-unmanaged", "eks-managed", "eks-auto"]
    assert said["runs_on"] == ["eks-ec2"]
    assert (said["eks_fargate_verdict"], said["fargate_size_is_hypothetical"]) == ("refused", True)
    assert said["workloads"][0]["fargate_size"] is None


def test_a_file_that_cannot_be_read_is_refused_with_every_place(tmp_path, capsys):
    path = tmp_path / "broken.yaml"
    path.write_text("apiVersion: v1\nkind: Pod\n---\na: [1\n---\nb: }\n", encoding="utf-8")
    assert main(["import", "--json", str(path)]) == 2

    told = capsys.readouterr()
    assert json.loads(told.out)["parses"] is False
    assert json.loads(told.out)["refusals"] == {"eks-ec2": ["not_yaml"], "eks-fargate": ["not_yaml"]}
    assert told.err.startswith("2 to mend:\n  line 5, ")


def test_odd_signs_in_a_file_move_no_cursor(tmp_path, capsys):
    assert main(["import", kept(tmp_path, workload(metadata={"name": "a\u001b[2J\nb"}))]) == 0

    assert "a?[2J?b" in capsys.readouterr().out
