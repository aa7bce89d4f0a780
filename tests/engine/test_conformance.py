"""Conformance: the tables beside the checkout agree, so do cases that no table here holds, and a false one is caught."""

import json
import math

import numpy as np
import pytest

from engine.__main__ import main
from engine.conformance import SETS, as_text, check
from engine.conformance.cases import AnyOrder, Rounded, Span, agrees
from engine.conformance.interval import span_of, student_t

HOST = {"cpu": 2048, "memory": 2048, "reserved_tcp": [22], "reserved_udp": [1000], "gpus": ["gpu1", "gpu2"]}


def table(name, *cases, day=None):
    """Write a table as text: cases are pairs of input and expectation."""
    source = {"source": {"date": day}} if day else {}
    rows = [{"id": f"{name}/{n}", "input": given, "expect": expect} | source for n, (given, expect) in enumerate(cases)]
    return {f"{name}.json": json.dumps({"set": name, "cases": rows})}


def asked(cpu=1024, memory=1024, tcp=(), udp=(), gpus=()):
    return {"host": HOST, "task": {"cpu": cpu, "memory": memory, "tcp": [*tcp], "udp": [*udp], "gpus": [*gpus]}}


# --- the golden tables ---


@pytest.fixture(scope="module")
def golden(shared):
    """Run the whole folder once: it takes some ten seconds."""
    return check({path.name: path.read_text() for path in (shared / "golden").glob("*.json")})


@pytest.mark.parametrize("name", SETS)
def test_every_case_of_a_set_agrees(golden, name):
    agree, cases = golden.sets[name]

    assert [d for d in golden.disagreements if d.set == name] == []
    assert agree == cases > 0


def test_every_set_is_answered_and_one_that_nobody_can_answer_is_named(golden, shared):
    assert {*golden.sets} == {path.stem for path in (shared / "golden").glob("*.json")}
    assert golden.not_covered == ()

    found = check({"of_tomorrow.json": '{"set": "of_tomorrow", "cases": []}'})
    assert found.not_covered == ("of_tomorrow",)
    assert "  not covered" in as_text(found)


def test_the_intervals_are_narrow_enough_to_say_no(golden):
    """Within a sixth of the figure, where the figure is not rare; a wrong server count or a lost queue is further off."""
    for case, spans in golden.intervals.items():
        for figure, (expected, span) in spans.items():
            if expected > 0.05:
                assert span.high - span.low < expected / 3, (case, figure)


# --- cases that no table here holds ---


@pytest.mark.parametrize(("name", "cases"), [
    ("aws_documented_examples", [
        ({"weights": {"A": 3, "B": 1}, "tasks_past_base": 8}, {"A": 6, "B": 2}),
        ({"os_total_bytes": 16_509_468_672}, {"registered_mib": 15_744}),
        ({"desired": 3, "minimum_healthy_percent": 50}, {"must_keep_running": 2, "may_stop_first": 1}),
        ({"desired": 4, "minimum_healthy_percent": 100}, {"must_keep_running": 4, "may_stop_first": 0}),
        ({"desired": 4, "maximum_percent": 200}, {"may_start_first": 4}),
        ({"pod_vcpu": 0.25, "pod_memory_gb": 0.25}, {"vcpu": 0.25, "memory_gb": 0.5}),
        ({"pod_vcpu": 4, "pod_memory_gb": 30}, {"vcpu": 8, "memory_gb": 32}),
    ]),
    ("k8s_node_affinity_filter", [
        # A value that is no label: its term chooses nothing, whatever its operator.
        ({"node": {"labels": {"foo": "bar"}}, "pod": {"affinity": {"node": {"required_terms": [
            {"exprs": [["foo", "NotIn", ["invalid value: ___@#$%^"]]], "fields": []}]}}}}, {"fits": False}),
        ({"node": {"labels": {"foo": "bar"}}, "pod": {"affinity": {"node": {"required_terms": [
            {"exprs": [], "fields": []}]}}}}, {"fits": False}),
        ({"node": {"name": "a"}, "pod": {}, "added_affinity": {"required_terms": [
            {"exprs": [], "fields": [["metadata.name", "In", ["b"]]]}]}}, {"fits": False}),
    ]),
    ("k8s_host_ports_filter", [
        ({"existing_pods": [{"containers": [{"ports": [{"host_port": 80, "ip": ""}]}]}],
          "pod": {"containers": [{"ports": [{"host_port": 80, "ip": "10.0.0.1", "protocol": ""}]}]}}, {"fits": False}),
    ]),
    ("k8s_fit_filter", [
        ({"allocatable": {"cpu_m": 10, "memory": 20, "pods": 1}, "existing_pods": [{"containers": []}], "pod": {
            "containers": [{"requests": {"cpu_m": 9, "memory": 16}}], "overhead": {"cpu_m": 2, "memory": 4}}}, {
            "fits": False, "insufficient": ["cpu", "pods"], "details": [
                {"resource": "pods", "requested": 1, "used": 1, "capacity": 1},
                {"resource": "cpu", "requested": 11, "used": 0, "capacity": 10}]}),
    ]),
    ("k8s_least_allocated", [
        ({"resources": [{"resource": "cpu", "weight": 101}], "nodes": [{"name": "a"}], "pod": {}}, {"invalid_config": True}),
        ({"resources": [{"resource": "cpu", "weight": 1}], "nodes": [{"name": "a", "allocatable": {"cpu_m": 1000}}],
          "pod": {"containers": [{}, {"requests": {"cpu_m": 0}}]}}, {"scores": {"a": 90}}),
    ]),
    ("k8s_taint_score", [
        ({"nodes": [{"name": "a", "taints": [{"key": "x", "effect": "PreferNoSchedule"}]}, {"name": "b"}],
          "pod": {"tolerations": [{"operator": "Exists"}]}}, {"scores": {"a": 100, "b": 100}}),
    ]),
    ("aws_ec2_instances", [
        ({"instance_type": "m5.large"}, {
            "vcpu": 2, "memory_mib": 8192, "arch": "amd64", "enis": 3, "ipv4_per_eni": 10, "trunking": True,
            "branch_enis": 9, "max_pods": 29, "on_demand_usd_per_hour_us_east_1": 0.096, "network_mbps": 750}),
        ({"instance_type": "c5.9xlarge"}, {"vcpu": 36, "memory_mib": 73_728, "on_demand_usd_per_hour_us_east_1": 1.53}),
        ({"instance_type": "t4g.small"}, {"arch": "arm64", "max_pods": 11, "on_demand_usd_per_hour_us_east_1": 0.0168}),
    ]),
    ("aws_eni_max_pods", [
        ({"instance_type": "x9.huge", "enis": 16, "enis_on_default_card": 8, "ipv4_per_eni": 50}, {"max_pods": 394}),
        ({"instance_type": "u-9tb1.metal"}, {"max_pods": 147}),
        ({"instance_type": "c5ad.metal"}, {"max_pods": 737}),
    ]),
    ("aws_fargate_sizes", [
        ({"cpu_units": 256, "memory_mib": 1024}, {
            "valid": True, "linux_x86_usd_per_hour": 0.014565, "linux_arm_usd_per_hour": 0.011655}),
        ({"cpu_units": 1024, "memory_mib": 9216}, {"valid": False}),
        ({"cpu_units": 8192, "memory_mib": 17408}, {"valid": False}),
        ({"cpu_units": 32768, "memory_mib": 61440}, {"valid": True}),  # today
    ]),
    ("ecs_agent_host_accounting", [
        (asked(cpu=2500, udp=[1000]), {"consumable": False, "failed": ["PORTS_UDP", "CPU"]}),
        (asked(tcp=[25], udp=[1003], gpus=["gpu1"]), {
            "consumable": True, "failed": [],
            "after_consume": {"cpu": 1024, "memory": 1024, "tcp": [22, 25], "udp": [1000, 1003], "gpus": ["gpu1"]},
            "after_release": {"cpu": 0, "memory": 0, "tcp": [22], "udp": [1000], "gpus": []}}),
        (asked(gpus=["gpu9"]), {"consumable": False, "failed": [], "after_release": {"cpu": 0, "gpus": []}}),
    ]),
])  # fmt: skip
def test_other_cases_of_the_form_agree_as_well(name, cases):
    report = check(table(name, *cases))

    assert report.disagreements == ()
    assert report.sets == {name: (len(cases), len(cases))}


def test_a_size_is_judged_on_the_day_of_its_source():
    pair = {"cpu_units": 32768, "memory_mib": 122_880}

    assert check(table("aws_fargate_sizes", (pair, {"valid": False}), day="2023-06-15")).disagreements == ()
    assert check(table("aws_fargate_sizes", (pair, {"valid": False}))).disagreements != ()


def erlang(servers, offered):
    """Give Erlang's B and C."""
    b = 1.0
    for n in range(1, servers + 1):
        b = offered * b / (n + offered * b)
    return b, b / (1 - offered / servers * (1 - b))


@pytest.mark.parametrize(("servers", "load", "rate"), [(4, 0.6, 1.0), (1, 0.97, 1.0), (30, 0.8, 1.0), (2, 0.5, 250.0)])
def test_unseen_queues_agree_with_erlang_in_any_unit_of_time(servers, load, rate):
    offered = servers * load
    b, c = erlang(servers, offered)
    wait = c / (servers - offered)
    given = {"servers": servers, "arrival_rate": offered * rate, "service_rate": rate}
    expect = {
        "erlang_b": b, "erlang_c": c, "mean_wait_queue": wait / rate, "mean_queue_len": wait * offered,
        "mean_in_system": wait * offered + offered,
    }  # fmt: skip

    assert check(table("queueing_mmc", (given, expect))).disagreements == ()


@pytest.mark.parametrize(("servers", "capacity", "offered"), [(3, 7, 2.5), (3, 3, 30.0), (2, 40, 2.0)])
def test_unseen_queues_with_an_end_agree_with_their_birth_death_chain(servers, capacity, offered):
    weight = [1.0]
    for n in range(1, capacity + 1):
        weight.append(weight[-1] * offered / min(n, servers))
    p = np.array(weight) / sum(weight)
    inside, passed = float(p @ np.arange(capacity + 1)), offered * (1 - p[-1])
    given = {"servers": servers, "capacity": capacity, "arrival_rate": offered, "service_rate": 1.0}
    expect = {"p_block": float(p[-1]), "p_empty": float(p[0]), "mean_in_system": inside, "mean_sojourn": inside / passed,
              "throughput": passed}  # fmt: skip

    assert check(table("queueing_mmck", (given, expect))).disagreements == ()


@pytest.mark.parametrize(("load", "scv"), [(0.3, 0.0), (0.7, 0.5), (0.6, 2.0), (0.5, 60.0)])
def test_unseen_spreads_of_work_agree_with_pollaczek_and_khinchine(load, scv):
    wait = 3 * load * (1 + scv) / 2 / (1 - load)
    given = {"arrival_rate": load / 3, "mean_service": 3.0, "service_scv": scv}
    expect = {"mean_wait_queue": wait, "mean_sojourn": wait + 3, "mean_in_system": load / 3 * (wait + 3)}

    assert check(table("queueing_mg1", (given, expect))).disagreements == ()


def test_the_same_figures_are_measured_again():
    given = {"servers": 1, "capacity": 2, "arrival_rate": 1.0, "service_rate": 1.0}
    one, two = (check(table("queueing_mmck", (given, {"p_block": 1 / 3}))).intervals for _ in range(2))

    assert one == two


# --- intervals ---


@pytest.mark.parametrize("chance", [0.95, 0.995, 0.9995, 0.99995, 0.999995])
def test_students_t_is_where_its_density_leaves_that_much(chance):
    freedom, t = 39, student_t(chance, 39)
    constant = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    x = np.linspace(t, 60, 400_001)
    density = constant * (1 + x * x / freedom) ** (-(freedom + 1) / 2)
    beyond = float(((density[1:] + density[:-1]) / 2 * np.diff(x)).sum())

    assert beyond == pytest.approx(1 - chance, rel=0.005)


def test_an_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(1)
    inside = sum(
        span.low <= 3.0 <= span.high
        for span in (span_of(rng.normal(3.0, 1.0, 40), doubt=0.1) for _ in range(4_000))
    )  # fmt: skip

    assert inside / 4_000 == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize("events", [0.05, 1.0, 4.0, 30.0])
def test_rare_events_leave_an_honest_interval(events):
    """So many events expected in all forty replications together: also where none was seen."""
    rng = np.random.default_rng(2)
    requests, per_replication = 400_000, 10_000
    missed = 0
    for _ in range(4_000):
        seen = rng.poisson(events / 40, 40) / per_replication
        span = span_of(seen, doubt=0.01, share_of=requests)
        missed += not span.low <= events / requests <= span.high

    assert missed / 4_000 <= 0.015


def test_a_figure_with_events_in_plenty_is_not_widened():
    values = np.random.default_rng(3).normal(0.5, 0.01, 40)

    assert span_of(values, 0.01, share_of=10_000_000) == span_of(values, 0.01)


# --- what agrees ---


@pytest.mark.parametrize(("expected", "got", "is_so"), [
    (2, 2, True), (2, 2.0, True), (2, 3, False), (1, True, False), ("arm64", "arm64", True), (None, None, True),
    (10**10, 10**10 + 1, False),
    (0.012343, Rounded(0.0123425, 6), True), (0.012344, Rounded(0.0123425, 6), False), ("1", Rounded(1, 6), False),
    (3.0, Span(2.9, 3.0, 2.95), True), (3.1, Span(2.9, 3.0, 2.95), False), (None, Span(0, 1, 0), False),
    (["b", "a"], AnyOrder(("a", "b")), True), (["a"], AnyOrder(("a", "b")), False), (["a", "a"], AnyOrder(("a",)), False),
    ({"cpu": 1}, {"cpu": 1, "memory": 2}, True), ({"cpu": 1, "disk": 2}, {"cpu": 1}, False),
])  # fmt: skip
def test_agreement_is_strict_about_kinds_and_loose_about_nothing_else(expected, got, is_so):
    assert agrees(expected, got) is is_so


# --- the command ---


def write(folder, *tables):
    for one in tables:
        for name, text in one.items():
            (folder / name).write_text(text)
    return str(folder)


def test_a_falsified_table_is_caught_and_each_disagreement_named(tmp_path, capsys):
    sizes = table(
        "aws_fargate_sizes",
        ({"cpu_units": 256, "memory_mib": 512}, {"valid": True, "linux_x86_usd_per_hour": 0.012344}),
        ({"cpu_units": 256, "memory_mib": 2048}, {"valid": False}),
        ({"cpu_units": 256, "memory_mib": 4096}, {"valid": False}),
    )
    folder = write(tmp_path, sizes, table("tides", ({"moon": 1}, {"sea": 2})))

    assert main(["conformance", folder]) == 1
    text = capsys.readouterr().out
    assert "aws_fargate_sizes                             1 / 3" in text
    assert "tides" in text
    assert "2 disagree" in text
    assert (
        text.index("aws_fargate_sizes/0\n") < text.index("'linux_x86_usd_per_hour': 0.012344") < text.index("0.0123425")
    )

    assert main(["conformance", folder, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["sets"] == {"aws_fargate_sizes": {"cases": 3, "agree": 1}}
    assert found["not_covered"] == ["tides"]
    assert [(d["id"], d["expected"], d["got"]) for d in found["disagreements"]] == [
        ("aws_fargate_sizes/0", {"linux_x86_usd_per_hour": 0.012344}, {"linux_x86_usd_per_hour": 0.0123425}),
        ("aws_fargate_sizes/1", {"valid": False}, {"valid": True}),
    ]


def test_a_wrong_queue_is_outside_its_interval(tmp_path, capsys):
    """M/M/2 at 80 % passed off as M/M/1's wait, a twentieth too much blocking, and a throughput off by 3 %."""
    folder = write(
        tmp_path,
        table("queueing_mmc", ({"servers": 2, "arrival_rate": 1.6, "service_rate": 1.0}, {"mean_wait_queue": 4.0})),
        table("queueing_mmck", (
            {"servers": 1, "capacity": 5, "arrival_rate": 1.0, "service_rate": 1.0},
            {"p_block": 1 / 6 * 1.05, "throughput": 5 / 6 * 1.03, "mean_sojourn": 3.0})),
    )  # fmt: skip

    assert main(["conformance", folder]) == 1
    text = capsys.readouterr().out
    assert text.count("<-- outside") == 3
    assert "99 % for all the figures of a set together" in text


def test_tables_that_agree_end_well(tmp_path, capsys):
    folder = write(tmp_path, table("aws_eni_max_pods", ({"instance_type": "m5.large"}, {"max_pods": 29})))

    assert main(["conformance", folder]) == 0
    assert "All that is covered agrees." in capsys.readouterr().out


def test_what_the_engine_does_not_know_says_why(tmp_path, capsys):
    folder = write(
        tmp_path,
        table("aws_ec2_instances", ({"instance_type": "m99.huge"}, {"vcpu": 2})),
        table("aws_documented_examples", ({"moon": 1}, {"sea": 2})),
    )

    assert main(["conformance", folder]) == 1
    text = capsys.readouterr().out
    assert "instance_types.csv has no m99.huge" in text
    assert "no example with these fields is known" in text


def test_a_folder_that_does_not_exist_is_said(tmp_path, capsys):
    assert main(["conformance", str(tmp_path / "nowhere")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_a_folder_without_tables_is_said(tmp_path, capsys):
    assert main(["conformance", str(tmp_path)]) == 2
    assert "no *.json file" in capsys.readouterr().err


def test_everything_wrong_with_the_tables_is_said_at_once_and_nothing_is_run(tmp_path, capsys):
    (tmp_path / "a.json").write_text("{not json")
    (tmp_path / "b.json").write_text("[]")
    (tmp_path / "c.json").write_text('{"set": "aws_fargate_sizes"}')
    (tmp_path / "d.json").write_bytes(b'\xff{"set": 1}')
    (tmp_path / "e.json").write_text(json.dumps({"set": "queueing_mmc", "cases": [
        {"id": "one", "input": {"servers": 0, "arrival_rate": 1.0}, "expect": {"erlang_c": 1}},
        {"id": "two", "input": {"servers": 2, "arrival_rate": 2.0, "service_rate": 1.0}, "expect": {"erlang_c": 1}},
        {"id": "three", "input": {"servers": 1, "arrival_rate": 1, "service_rate": "fast"}},
        7,
    ]}))  # fmt: skip
    (tmp_path / "f.json").write_text('{"set": "queueing_mmc", "cases": []}')
    (tmp_path / "g.json").write_text(json.dumps({"set": "ecs_agent_host_accounting", "cases": [
        {"id": "four", "input": {"host": HOST, "task": {"cpu": 1}}, "expect": {"consumable": True}}]}))  # fmt: skip

    assert main(["conformance", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    for words in (
        "a.json: Expecting", "b.json: a table is an object", "c.json.cases: a table holds its cases", "d.json: cannot read it",
        "e.json one input.servers", "e.json one input.service_rate: this setting is needed", "e.json two input",
        "the queue would grow for ever", "e.json three expect", "e.json case 3", "f.json.set: e.json holds this set too",
        "g.json four input.task.memory",
    ):  # fmt: skip
        assert words in told
    assert "Traceback" not in told


# --- budgets, roll-outs, autoscaling: cases that no table here holds ---


@pytest.mark.parametrize(("name", "given", "expect"), [
    ("k8s_pdb", {"budget": "min_available", "value": 3, "owners": [{"replicas": 9, "pods": 5, "ready": 5}]},
     {"disruptions_allowed": 2, "desired_healthy": 3, "expected_pods": 5}),
    ("k8s_pdb", {"budget": "max_unavailable", "value": "150%", "owners": [{"replicas": 2, "pods": 2, "ready": 1}]},
     {"disruptions_allowed": 1, "desired_healthy": 0, "expected_pods": 2}),
    ("k8s_pdb", {"budget": "max_unavailable", "value": "50%", "owners": []}, {"disruptions_allowed": 0, "expected_pods": 0}),
    ("k8s_rollout_max_unavailable", {"strategy": "Recreate", "desired": 9, "max_unavailable": "50%"}, {"max_unavailable": 0}),
    ("k8s_rollout_new_rs", {"desired": 10, "max_surge": "20%", "new_rs": 1, "all_rs_total": 11, "at": "controller"},
     {"new_rs": 2}),
    ("k8s_rollout_old_rs", {"desired": 10, "max_unavailable": 0, "max_surge": 2, "old_rs": 10, "old_available": 10, "new_rs": 2,
                            "new_available": 2}, {"scales_down": True, "old_rs": 8}),
    ("k8s_proportional_scaling",
     {"desired": 5, "max_surge": 0, "old_desired": 5, "old_max_surge": 0, "recorded_desired_per_rs": {"b": 3},
      "new_rs": {"name": "c", "replicas": 2, "created": "3"},
      "old_rs": [{"name": "b", "replicas": 1, "created": "2"}, {"name": "a", "replicas": 1, "created": "1"}]},
     {"new_rs": 2, "old_rs": [2, 1]}),
    ("k8s_hpa_rate_policies", {"current": 10, "desired": 100, "min": 1, "max": 1000, "scale_up": {"select": "Min", "policies": [
        {"type": "Pods", "value": 3, "period_s": 60}, {"type": "Percent", "value": 80, "period_s": 60}]}},
     {"replicas": 13, "reason": "ScaleUpLimit"}),
    ("k8s_hpa_rate_policies", {"current": 10, "desired": 1, "min": 1, "max": 1000, "scale_down": {"select": "Disabled"}},
     {"replicas": 10, "reason": "ScaleDownLimit"}),
    ("k8s_hpa_stabilization", {"mode": "behavior", "up_window_s": 0, "down_window_s": 300, "current": 4, "desired": 3,
                               "recommendations": [{"age_s": 60.0, "replicas": 9}]}, {"stabilized": 9, "log": [9, 3]}),
    ("k8s_hpa_replica_calc", {"current_replicas": 1, "pods": [], "target_utilization_pct": 50}, {"error": True}),
    ("k8s_hpa_controller", {"spec_replicas": 2, "min": 1, "max": 5, "target_utilization_pct": 50, "pods": []},
     {"desired_replicas": 2}),
])  # fmt: skip
def test_deployments_budgets_and_autoscalers_that_no_table_here_holds(name, given, expect):
    assert [*check(table(name, (given, expect))).disagreements] == []
    assert len(check(table(name, (given, expect | dict.fromkeys(expect, 77)))).disagreements) == 1
