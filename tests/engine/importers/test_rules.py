"""Each reason alone: one change to a definition that runs everywhere, and who refuses it."""

import pytest

from engine import catalog, importers
from engine.importers.rules import KNOWN_CODES
from tests.engine.importers.the_design import GOOD, codes, design, one

EC2, FARGATE, MANAGED = "ecs-ec2", "ecs-fargate", "ecs-managed-instances"
EVERYWHERE = {EC2, FARGATE, MANAGED}


def refusing(definition):
    """Give code -> who refuses for it."""
    found = {}
    for launch_type in (EC2, FARGATE, MANAGED):
        for code in codes(definition, launch_type):
            found.setdefault(code, set()).add(launch_type)
    return found


def test_the_plain_definition_runs_everywhere():
    assert refusing(design()) == {}
    assert importers.as_data(design())["also_runs_on"] == ["ecs-fargate-spot", "ecs-managed-instances"]


@pytest.mark.parametrize(
    ("container", "code", "who"),
    [
        ({"privileged": True}, "privileged", {FARGATE}),
        ({"privileged": False}, None, set()),
        ({"links": ["side"]}, "links", EVERYWHERE),  # awsvpc has none either
        ({"links": []}, None, set()),
        ({"portMappings": [{"containerPort": 80, "hostPort": 8080}]}, "host_port_mismatch", EVERYWHERE),
        ({"portMappings": [{"containerPort": 80, "hostPort": 80}]}, None, set()),
        ({"portMappings": [{"containerPort": 80, "hostPort": 0}]}, None, set()),
        ({"resourceRequirements": [{"type": "GPU", "value": "2"}]}, "gpu", {FARGATE}),
        ({"resourceRequirements": [{"type": "NeuronDevice", "value": "ALL"}]}, "managed_only", {EC2, FARGATE}),
        ({"linuxParameters": {"devices": [{"hostPath": "/dev/fuse"}]}}, "devices", {FARGATE}),
        ({"linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"]}}}, None, set()),
        ({"linuxParameters": {"capabilities": {"add": ["SYS_PTRACE", "NET_RAW"]}}}, "linux_capability_add", {FARGATE}),
        ({"linuxParameters": {"capabilities": {"drop": ["ALL"]}}}, None, set()),
        ({"linuxParameters": {"swappiness": 10}}, "unsupported_parameter", {FARGATE, MANAGED}),
        ({"linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 8}]}}, "unsupported_parameter", {MANAGED}),
        ({"dnsServers": ["10.0.0.2"]}, "unsupported_parameter", {FARGATE, MANAGED}),
        ({"disableNetworking": False}, None, set()),
        ({"dockerLabels": {"a": "b"}}, "unsupported_parameter", {MANAGED}),
        ({"logConfiguration": {"logDriver": "awslogs"}}, "awslogs_prefix_missing", {FARGATE}),
        ({"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-stream-prefix": "x"}}}, None, set()),
        ({"logConfiguration": {"logDriver": "json-file"}}, "log_driver", {FARGATE}),
        ({"logConfiguration": {"logDriver": "syslog"}}, "log_driver", {FARGATE, MANAGED}),
        ({"stopTimeout": 120}, None, set()),
        ({"stopTimeout": 121}, "stop_timeout", {FARGATE}),
        ({"healthCheck": {"command": ["CMD", "x"], "interval": 301}}, "health_check_range", EVERYWHERE),
        ({"healthCheck": {"command": ["CMD", "x"], "interval": 300, "retries": 10}}, None, set()),
        (
            {"firelensConfiguration": {"type": "fluentbit", "options": {"config-file-type": "s3"}}},
            "firelens_s3",
            {FARGATE},
        ),
        ({"memory": 100, "memoryReservation": 101}, "reservation_above_limit", EVERYWHERE),
        ({"memory": 896}, None, set()),  # with the other container's 128 reserved, all of the task's 1024
        ({"memory": 897}, "containers_exceed_task", EVERYWHERE),
        ({"cpu": 512}, None, set()),
        ({"cpu": 513}, "containers_exceed_task", {FARGATE}),
        ({"essential": False}, "no_essential", EVERYWHERE),
        ({"image": None}, "incomplete_container", EVERYWHERE),
    ],
)
def test_one_change_to_a_container(container, code, who):
    assert refusing(design(container)) == ({code: who} if code else {})


@pytest.mark.parametrize(
    ("changes", "code", "who"),
    [
        ({"networkMode": "bridge"}, "bridge_network", {FARGATE, MANAGED}),
        ({"networkMode": "host"}, "host_network", {FARGATE}),
        ({"networkMode": "none"}, "none_network", {FARGATE}),
        ({"networkMode": "default"}, "bad_network_mode", EVERYWHERE),
        ({"networkMode": None}, "bridge_network", {FARGATE}),  # Managed Instances take awsvpc by themselves
        ({"cpu": None}, "missing_task_cpu", {FARGATE}),
        ({"memory": None}, "missing_task_memory", {FARGATE}),
        ({"cpu": "256", "memory": "4096"}, "invalid_cpu_memory_pair", {FARGATE}),
        ({"cpu": "256", "memory": "2048"}, None, set()),
        ({"cpu": "lots"}, "bad_size", EVERYWHERE),
        ({"volumes": [{"name": "v"}]}, None, set()),
        ({"volumes": [{"name": "v", "host": {}}]}, None, set()),
        ({"volumes": [{"name": "v", "host": {"sourcePath": "/x"}}]}, "host_volume", {FARGATE, MANAGED}),
        (
            {"volumes": [{"name": "v", "dockerVolumeConfiguration": {"scope": "task"}}]},
            "docker_volume",
            {FARGATE, MANAGED},
        ),
        ({"volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]}, None, set()),
        ({"placementConstraints": []}, None, set()),
        ({"placementConstraints": [{"type": "memberOf", "expression": "a == b"}]}, "placement_constraint", {FARGATE}),
        ({"pidMode": "host"}, "pid_mode", {FARGATE}),
        ({"pidMode": "task"}, None, set()),
        ({"ipcMode": "task"}, "unsupported_parameter", {FARGATE, MANAGED}),
        ({"ephemeralStorage": {"sizeInGiB": 20}}, "ephemeral_storage", {FARGATE}),
        ({"requiresCompatibilities": ["FARGATE"]}, None, set()),
        ({"requiresCompatibilities": ["EC2"]}, None, set()),  # said as a remark, for ECS works out the rest itself
        ({"requiresCompatibilities": ["BARGE"]}, "bad_value", EVERYWHERE),
    ],
)
def test_one_change_to_the_task(changes, code, who):
    found = refusing(design(**changes))
    if code == "ephemeral_storage":
        who = {FARGATE}
        found.pop("unsupported_parameter")  # Managed Instances have no such disk at all

    cpu_less = {"bad_size"} if code == "bad_size" else set()
    assert found == ({code: who} if code else {}), cpu_less


@pytest.mark.parametrize("mode", ["host", "bridge", None])
def test_a_host_port_needs_equality_only_where_there_is_no_mapping(mode):
    definition = design({"portMappings": [{"containerPort": 80, "hostPort": 8080}]}, networkMode=mode)

    assert ("host_port_mismatch" in codes(definition, EC2)) == (mode == "host")
    assert "host_port_mismatch" in codes(definition, FARGATE)


def test_links_are_fine_in_bridge_mode_on_hosts():
    assert codes(design({"links": ["side"]}, networkMode="bridge"), EC2) == []
    assert codes(design({"links": ["side"]}, networkMode="none"), EC2) == ["links"]


def test_declaring_fargate_in_vain_keeps_it_from_every_launch_type():
    definition = design({"privileged": True}, requiresCompatibilities=["EC2", "FARGATE"])

    assert refusing(definition) == {"privileged": {FARGATE}, "declared_fargate_invalid": {EC2, MANAGED}}
    (found,) = importers.refusals(definition, EC2)
    assert found.where == "privileged"


def test_what_registration_may_let_through_is_refused_by_fargate_alone():
    s3 = {"firelensConfiguration": {"type": "fluentd", "options": {"config-file-type": "s3"}}}

    assert refusing(design(s3, requiresCompatibilities=["FARGATE"])) == {"firelens_s3": {FARGATE}}


def test_every_reason_is_given_not_only_the_first():
    definition = design(
        {"privileged": True, "links": ["side"]}, networkMode="host", pidMode="host", without=["cpu", "memory"]
    )

    assert set(codes(definition, FARGATE)) == {
        "host_network", "links", "missing_task_cpu", "missing_task_memory", "privileged", "pid_mode",
    }  # fmt: skip


def test_on_hosts_memory_may_come_from_the_task_or_from_each_container():
    bare = [{"name": "a", "image": "a"}, {"name": "b", "image": "b", "memoryReservation": 64}]

    assert codes(design(containerDefinitions=bare), EC2) == []
    assert codes(one({"family": "x", "containerDefinitions": bare}), EC2) == ["container_memory_missing"]
    assert importers.refusals(one({"family": "x", "containerDefinitions": bare}), EC2)[0].where == "a"


@pytest.mark.parametrize(("cpu", "is_refused"), [("127", True), ("128", False), ("196608", False), ("196609", True)])
def test_cpu_on_hosts_has_a_range(cpu, is_refused):
    containers = [{"name": "a", "image": "a"}]

    assert ("task_cpu_range" in codes(design(cpu=cpu, containerDefinitions=containers), EC2)) == is_refused


def test_every_pair_of_the_table_runs_and_its_neighbours_do_not():
    for size in catalog.fargate_sizes():
        containers = [{"name": "a", "image": "a"}]
        pair = {"cpu": str(size.cpu_units), "memory": str(size.memory_mib), "containerDefinitions": containers}

        assert codes(one(GOOD | pair), FARGATE) == []
        assert codes(one(GOOD | pair | {"memory": str(size.memory_mib + 1)}), FARGATE) == ["invalid_cpu_memory_pair"]


def test_spot_refuses_what_fargate_refuses():
    for definition in (design({"privileged": True}), design(networkMode="host"), design()):
        assert codes(definition, "ecs-fargate-spot") == codes(definition, FARGATE)


def test_a_task_of_no_container_runs_nowhere():
    assert refusing(one({"family": "x", "containerDefinitions": []})) == {"no_container": EVERYWHERE} | {
        code: {FARGATE} for code in ("bridge_network", "missing_task_cpu", "missing_task_memory")
    }


def test_codes_beyond_the_known_ones_stand_apart_and_still_keep_it_from_running():
    data = importers.as_data(design({"logConfiguration": {"logDriver": "json-file"}}))

    assert data["refusals"] == {EC2: [], FARGATE: []}
    assert data["also_refused"][FARGATE] == ["log_driver"]
    assert data["runs_on"] == [EC2]
    assert "log_driver" not in KNOWN_CODES


def test_a_declaration_that_leaves_a_launch_type_out_is_a_remark():
    (remark,) = importers.remarks(design(requiresCompatibilities=["EC2"]))

    assert (remark.code, remark.where) == ("not_declared", "ecs-fargate, ecs-managed-instances")


def test_an_open_declaration_is_shown_and_nothing_is_concluded_from_it():
    definition = design(requiresCompatibilities=["${LAUNCH_TYPE}"])

    assert importers.as_data(definition)["requires_compatibilities"] == ["${LAUNCH_TYPE}"]
    assert [remark.code for remark in importers.remarks(definition)] == ["open_value"]


def test_every_reason_has_its_words_in_both_languages():
    english, spanish = (catalog.texts(lang) for lang in catalog.LANGUAGES)
    reasons = {key.split(".")[2] for key in english if key.startswith("import.refusal.")}

    assert reasons >= KNOWN_CODES
    for code in reasons:
        found = importers.Finding(code, "HERE", "ALLOWED")
        assert found.label("en") != found.label("es")
        assert spanish[f"import.refusal.{code}.mend"]
