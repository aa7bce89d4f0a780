"""Constraints, network modes and mixed fleets: each rule picks another host of one hand-made fleet, and says so."""

import numpy as np
import pytest

from engine import Kind, Scenario, ScenarioError, catalog, pricing
from engine.placement import FILTERS, UDP, Column, Hosts, Needs, Traits, choose
from engine.placement.choose import FEASIBLE
from engine.placement.constraints import all_of
from engine.placement.doubts import doubts
from engine.placement.room import enis_for_tasks
from engine.placement.words import in_words
from tests.engine.the_log import host_types, reasons, rows, serving, tell, times

#   host                       0       1       2       3       4       5
RACK = Column.of(["r1", "r1", "r2", None, "r2", "r3"])
FLEET = Hosts(
    zone=np.array([            0,      0,      1,      1,      2,      2]),
    is_open=np.array([         True,   True,   True,   True,   True,   True]),
    free_cpu=np.array([        1024,   2048,   4096,   1500,   3000,   2500]),
    free_mib=np.array([        4096,   8192,   2048,   3000,   6000,   7000]),
    peers=np.array([           2,      0,      1,      0,      0,      0]),
    ports=(frozenset({80}), frozenset(), frozenset(), frozenset({80}), frozenset({80 + UDP}), frozenset({443})),
    free_enis=np.array([       3,      0,      1,      2,      5,      1]),
    traits=Traits(
        {"rack": RACK}, Column.of([f"i-{k}" for k in range(6)]), np.ones(6, dtype=np.bool_),
        running=np.array([     2,      1,      1,      0,      0,      0]),
        groups={"service:web": np.array([2, 0, 1, 0, 0, 0]), "service:db": np.array([0, 1, 0, 0, 0, 0])},
    ),
)  # fmt: skip
TASK = Needs(cpu_units=1024, memory_mib=2048)


@pytest.mark.parametrize(("needs", "strategies", "constraints", "host"), [
    (TASK, ["binpack-cpu"], [], 0),                                                  # the tightest of all
    (TASK, ["binpack-cpu"], ["distinctInstance"], 3),                                # 0 and 2 run one already
    (TASK, ["binpack-cpu"], ["memberOf(attribute:rack == r2)"], 4),
    (TASK, ["binpack-cpu"], ["memberOf(attribute:rack exists)", "distinctInstance"], 1),
    (TASK, ["binpack-cpu"], ["memberOf(not task:group == service:web)", "memberOf(attribute:rack != r1)"], 3),
    (TASK, ["binpack-cpu"], ["memberOf(task:group == service:db)"], 1),              # only where the database is
    (TASK, ["binpack-memory"], ["memberOf(runningTasksCount == 1)"], 2),
    (TASK, ["spread:attribute:rack"], [], 3),                                        # r1 two, r2 one, r3 and none: none
    (TASK, ["spread:attribute:rack", "binpack-memory"], [], 3),
    (TASK, ["spread:attribute:rack"], ["memberOf(attribute:rack exists)"], 5),
    (TASK, ["spread:attribute:nobody-has-it", "binpack-memory"], [], 2),             # one group: the tie goes on
    (Needs(1024, 2048, frozenset({80})), ["binpack-cpu"], [], 1),                    # 0 and 3 have it taken
    (Needs(1024, 2048, frozenset({80 + UDP})), ["binpack-cpu"], [], 0),              # UDP 80 is another port
    (Needs(1024, 2048, frozenset({443, 80})), ["binpack-cpu"], ["distinctInstance"], 1),
    (Needs(1024, 2048, enis=1), ["binpack-memory"], ["distinctInstance"], 3),        # 1 has no interface left
    (Needs(2048, 2048, enis=1), ["spread-hosts"], [], 4),
])  # fmt: skip
def test_rules_disagree_about_one_fleet(needs, strategies, constraints, host):
    assert choose(needs, FLEET, strategies, None, all_of(tuple(constraints))).host == host


def test_resources_come_before_constraints_and_each_host_names_what_struck_it_out():
    rules = all_of(("memberOf(attribute:rack exists)", "distinctInstance"))
    verdict = choose(Needs(2000, 2048, frozenset({443}), 1), FLEET, ["spread-zones"], None, rules)

    names = [verdict.filters[i] if i != FEASIBLE else "fits" for i in verdict.stopped_by]
    assert names == ["cpu", "enis", "distinctInstance", "cpu", "fits", "ports"]
    assert verdict.refused == {"cpu": 2, "ports": 1, "enis": 1, "distinctInstance": 1}
    assert verdict.constraints == ("memberOf(attribute:rack exists)", "distinctInstance")
    assert list(verdict.filters[: len(FILTERS)]) == ["closed", "provider", "cpu", "memory", "ports", "enis"]
    assert (verdict.host, verdict.decided_by) == (4, "only")
    assert verdict.free_enis.tolist() == [3, 0, 1, 2, 5, 1]
    assert verdict.ports[4] == {80 + UDP}


@pytest.mark.parametrize(("strategies", "decided_by"), [
    (["binpack-cpu"], "binpack-cpu"), (["spread-zones", "binpack-cpu"], "binpack-cpu"), (["spread-hosts"], "first"),
])  # fmt: skip
def test_a_verdict_names_the_strategy_that_decided(strategies, decided_by):
    assert choose(TASK, FLEET, strategies).decided_by == decided_by


def test_a_refusal_is_told_in_words_with_its_figures():
    needs = Needs(3000, 2048, frozenset({80 + UDP}), 1)
    verdict = choose(needs, FLEET, ["spread-zones"], None, all_of(("distinctInstance",)))

    assert in_words(verdict, needs) == (
        "none of 6 hosts: 4 have not enough CPU (3,000 units wanted, 2,500 is the most that is free), "
        "1 have port 80/udp taken, 1 break the constraint distinctInstance"
    )


# --- in a run --------------------------------------------------------------------------------------------------------

MIXED = {"groups": [
    {"name": "general", "instance_type": "m5.large", "hosts": 3, "attributes": {"disk": "hdd"}},
    {"name": "arm", "instance_type": "m7g.large", "hosts": 2, "attributes": {"disk": "ssd"}},
    {"name": "large", "instance_type": "c5.xlarge", "hosts": 1},
], "rebalance": False}  # fmt: skip


def placed_on(run_):
    """Count the tasks that were placed on each host."""
    hosts = [run_.hosts[int(run_.events.host[i])][0] for i in rows(run_, Kind.TASK_PLACED)]
    return {name: hosts.count(name) for name in sorted(set(hosts))}


def test_groups_are_dealt_out_to_the_zones_one_after_the_other():
    run_ = tell(duration_s=10, fleet=MIXED)

    assert run_.hosts == (("a1", 0), ("b1", 1), ("c1", 2), ("a2", 0), ("b2", 1), ("c2", 2))
    assert host_types(run_) == ("m5.large",) * 3 + ("m7g.large",) * 2 + ("c5.xlarge",)


def test_a_mixed_fleet_is_paid_host_by_host():
    run_ = tell(duration_s=3_600, traffic={"rps": 0}, fleet=MIXED, services=[{"desired": 0}])
    hosts = next(item for item in pricing.bill(run_) if item.name == "hosts")
    hour = sum(catalog.instance_type(kind).usd_per_hour for kind in host_types(run_))

    assert hosts.usd == pytest.approx(hour)


def test_a_dead_host_is_replaced_by_one_of_its_kind():
    run_ = tell(
        duration_s=600,
        fleet=MIXED,
        services=[{"desired": 0}],
        operations=[{"do": "fail-host", "host": "a2", "at_s": 5}],
    )

    assert host_types(run_)[6:] == ("m7g.large",)


@pytest.mark.parametrize(("rule", "hosts"), [
    ("attribute:disk == ssd", {"a2", "b2"}),
    ("attribute:disk exists and attribute:ecs.cpu-architecture == x86_64", {"a1", "b1", "c1"}),
    ("attribute:ecs.instance-type =~ c5.*", {"c2"}),
    ("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", {"a1", "b1", "a2", "b2"}),
    ("attribute:ecs.os-type == linux and not ec2InstanceId in [i-a1, i-b1, i-c1]", {"a2", "b2", "c2"}),
    ("attribute:ecs.ami-id exists", {"a1", "b1", "c1", "a2", "b2", "c2"}),
])  # fmt: skip
def test_tasks_go_only_where_their_expression_holds(rule, hosts):
    service = {"desired": 12, "cpu_units": 256, "memory_mib": 256, "constraints": [f"memberOf({rule})"]}
    run_ = tell(duration_s=20, fleet=MIXED, services=[service])

    assert set(placed_on(run_)) == hosts
    assert sum(placed_on(run_).values()) == 12


def test_tasks_join_those_of_another_service():
    services = [
        {"name": "cache", "desired": 2, "cpu_units": 256, "memory_mib": 256},
        {
            "name": "web",
            "desired": 6,
            "cpu_units": 256,
            "memory_mib": 256,
            "constraints": ["memberOf(task:group == service:cache)"],
        },
    ]
    run_ = tell(duration_s=20, fleet={"hosts": 6}, services=services)

    assert placed_on(run_) == {"a1": 4, "b1": 4}


def test_distinct_instances_leave_the_rest_waiting_and_the_run_goes_on():
    run_ = tell(duration_s=60, fleet={"hosts": 4}, services=[{"desired": 6, "constraints": ["distinctInstance"]}])

    assert placed_on(run_) == {"a1": 1, "a2": 1, "b1": 1, "c1": 1}
    assert set(reasons(run_, Kind.TASK_REFUSED)) == {"distinctInstance"}
    assert serving(run_, 59) == [4]


def test_a_task_may_join_one_that_is_being_stopped():
    """The documented surprise of distinctInstance: two tasks on one host, of which one was told to stop."""
    run_ = tell(
        duration_s=60, fleet={"hosts": 1, "instance_type": "m5.2xlarge"}, zones=1,
        services=[{"desired": 1, "constraints": ["distinctInstance"]}],
        operations=[{"do": "stop-task", "task": 1, "at_s": 10}],
    )  # fmt: skip

    assert times(run_, Kind.TASK_PLACED, task=2)[0] < 20
    assert times(run_, Kind.TASK_STOPPED, task=1) == []  # it drains for minutes


def test_an_impossible_constraint_keeps_its_task_waiting_and_says_so_beforehand():
    given = {"services": [{"desired": 2, "constraints": ["memberOf(attribute:disk == tape)"]}]}
    run_ = tell(duration_s=60, **given)
    (doubt,) = doubts(Scenario.of(given))

    assert set(reasons(run_, Kind.TASK_REFUSED)) == {"memberOf(attribute:disk == tape)"}
    assert serving(run_, 59) == [0]
    assert times(run_, Kind.TASK_STOPPED) == []
    assert (doubt.path, doubt.came) == ("services.0.constraints", "memberOf(attribute:disk == tape)")
    assert "6 hosts" in doubt.allowed


@pytest.mark.parametrize(("service", "fleet", "path", "figures"), [
    ({"memory_mib": 20_000}, {}, "services.0.memory_mib", ("20,000", "15,892 MiB")),
    ({"cpu_units": 5_000}, {}, "services.0.cpu_units", ("5,000", "4,096")),
    ({"desired": 25}, {}, "services.0.desired", ("25", "24 on 6 hosts")),
    ({"desired": 7, "constraints": ["distinctInstance"]}, {}, "services.0.constraints", ("7", "6 on 6 hosts")),
    ({"desired": 7, "host_ports": [80]}, {}, "services.0.host_ports", ("7", "6 on 6 hosts")),
    ({"desired": 19, "network_mode": "awsvpc"}, {}, "services.0.network_mode", ("19", "18 on 6 hosts", "3 for tasks")),
    ({"kind": "daemon", "cpu_units": 3_000}, {"groups": [{"hosts": 2}, {"name": "small", "instance_type": "m5.large", "hosts": 1}]},
     "services.0.desired", ("3", "2 on 3 hosts")),
])  # fmt: skip
def test_what_will_wait_is_told_beforehand_with_the_figure(service, fleet, path, figures):
    (doubt,) = doubts(Scenario.of({"services": [service], "fleet": fleet}))

    assert doubt.path == path
    assert all(figure in str(doubt) for figure in figures), str(doubt)


@pytest.mark.parametrize("service", [
    {"desired": 24}, {"desired": 6, "constraints": ["distinctInstance"]}, {"desired": 18, "network_mode": "awsvpc"},
    {"desired": 5, "constraints": ["memberOf(task:group == service:nobody)"]}, {"kind": "daemon"},
])  # fmt: skip
def test_what_fits_to_the_last_task_raises_no_doubt(service):
    assert doubts(Scenario.of({"services": [service]})) == []
    assert doubts(Scenario.of({"services": [{"desired": 500}], "launch_type": "ecs-fargate"})) == []


def test_a_task_that_fits_no_host_waits_and_the_others_run():
    services = [{"name": "huge", "desired": 1, "memory_mib": 30_000, "share": 0}, {"name": "web", "desired": 3}]
    run_ = tell(duration_s=60, services=services)

    assert reasons(run_, Kind.TASK_REFUSED) == ["memory"]
    assert serving(run_, 59) == [3]


# --- ports and network interfaces ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("service", "fits", "reason"), [
    ({}, 16, "cpu"),
    ({"host_ports": [80]}, 4, "ports"),
    ({"udp_ports": [53]}, 4, "ports"),
    ({"network_mode": "host", "host_ports": [80]}, 4, "ports"),
    ({"network_mode": "awsvpc"}, 12, "enis"),
    ({"network_mode": "awsvpc", "host_ports": [80]}, 12, "enis"),  # its own interface, its own port 80
])  # fmt: skip
def test_each_network_mode_runs_out_of_something_else(service, fits, reason):
    run_ = tell(duration_s=30, fleet={"hosts": 4}, services=[{"desired": 17, "memory_mib": 1024} | service])

    assert len(rows(run_, Kind.TASK_PLACED)) == fits
    assert set(reasons(run_, Kind.TASK_REFUSED)) == {reason}


def test_trunking_gives_many_more_interfaces():
    services = [{"desired": 50, "cpu_units": 64, "memory_mib": 64, "network_mode": "awsvpc"}]
    few = tell(duration_s=10, fleet={"hosts": 2}, services=services)
    many = tell(duration_s=10, fleet={"hosts": 2, "trunking": True}, services=services)

    assert (len(rows(few, Kind.TASK_PLACED)), len(rows(many, Kind.TASK_PLACED))) == (6, 40)


def test_an_interface_and_a_port_come_back_with_the_task_that_had_them():
    run_ = tell(
        duration_s=90, zones=1, fleet={"hosts": 1, "instance_type": "m5.large"}, balancer={"deregistration_delay_s": 5},
        services=[{"desired": 3, "cpu_units": 64, "memory_mib": 64, "network_mode": "awsvpc"}],
        operations=[{"do": "stop-task", "task": 1, "at_s": 20}],
    )  # fmt: skip

    assert [run_.events.at_s[i] for i in rows(run_, Kind.TASK_PLACED)] == [0, 0, 27]  # 5 s to drain, 2 s to end


def test_the_published_limits_of_network_interfaces_are_what_a_host_gives():
    for fact, trunking in (("ecs.awsvpc.limit_no_trunking", False), ("ecs.awsvpc.limit_trunking", True)):
        published = catalog.value(fact)

        assert {name: enis_for_tasks(catalog.instance_type(name), trunking=trunking) for name in published} == dict(
            published
        )


def test_trunking_changes_nothing_on_a_type_that_has_none():
    kind = catalog.instance_type("t3.micro")

    assert enis_for_tasks(kind, trunking=True) == enis_for_tasks(kind, trunking=False) == 1


def refused(**given):
    with pytest.raises(ScenarioError) as found:
        Scenario.of(given)
    return [(problem.path, str(problem)) for problem in found.value.problems]


@pytest.mark.parametrize(("given", "path", "words"), [
    ({"services": [{"network_mode": "host"}]}, "services.0.host_ports", "name them"),
    ({"services": [{"udp_ports": [70_000]}]}, "services.0.udp_ports", "65535"),
    ({"services": [{"constraints": ["memberOf(disk)"]}]}, "services.0.constraints", "character 10: `disk` came"),
    ({"services": [{"constraints": ["distinctInstance"] * 11}]}, "services.0.constraints", "10"),
    ({"services": [{"placement": ["spread:rack"]}]}, "services.0.placement", "spread:attribute:NAME"),
    ({"services": [{"placement": ["spread:attribute:"]}]}, "services.0.placement", "spread:attribute:NAME"),
    ({"services": [{"kind": "daemon", "scaling": {}}]}, "services.0.scaling", "nothing scales it"),
    ({"services": [{"kind": "daemon"}], "launch_type": "ecs-fargate"}, "services.0.kind", "no host is yours"),
    ({"services": [{"constraints": ["distinctInstance"]}], "launch_type": "ecs-fargate"}, "services.0.constraints", "Fargate"),
    ({"fleet": {"groups": [{"name": "x"}, {"name": "x"}]}}, "fleet.groups.1.name", "share a name"),
    ({"fleet": {"groups": [{"name": "x", "hosts": 600}, {"name": "y", "hosts": 600}]}}, "fleet.groups", "1,200 hosts"),
    ({"fleet": {"groups": [{"instance_type": "m5.huge"}]}}, "fleet.groups.0.instance_type", "m5.large"),
    ({"fleet": {"groups": [{"attributes": {"ecs.instance-type": "x"}}]}}, "fleet.groups.0.attributes", "follows from the host"),
    ({"fleet": {"groups": [{"attributes": {"a b": "x"}}]}}, "fleet.groups.0.attributes", "letters, digits"),
    ({"operations": [{"do": "run-tasks", "at_s": 1, "constraints": ["memberOf(x)"]}]}, "operations.0.constraints", "character 10"),
])  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_place(given, path, words):
    (problem,) = refused(**given)

    assert problem[0] == path
    assert words in problem[1]
