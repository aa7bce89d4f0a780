"""The other rows acted out: privileges, daemons, a shell, networks, side-cars, duties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import ScenarioError, catalog
from engine.era import ERAS
from engine.fargate import (
    COLUMNS,
    AgentAsk,
    Asks,
    DaemonAsk,
    NetworkAsk,
    PrivilegedAsk,
    ShellAsk,
    copies,
    duties,
    enact,
    opens,
    reach,
)

EC2, FARGATE, MANAGED = COLUMNS


def keys(found):
    return [step.key.split(".", 2)[2] for step in found.steps]


# --- privileged ---


@pytest.mark.parametrize(
    ("column", "isolation", "wall", "tasks"),
    [
        (EC2, "shared", "host", 8),
        (EC2, "sandbox", "host", 8),  # not to be had there
        (FARGATE, "shared", "vm", 1),
        (MANAGED, "shared", "host", 8),
        (MANAGED, "sandbox", "vm", 1),
        (MANAGED, "confidential", "vm", 1),
    ],
)
def test_how_far_a_broken_out_container_gets(column, isolation, wall, tasks):
    found = reach(column, isolation, neighbours=7)

    assert (found.wall, found.tasks) == (wall, tasks)
    assert ("reach.kernel" in {thing.key for thing in found.things}) == (wall == "host")


def test_alone_on_a_host_there_are_no_neighbours_to_reach():
    things = {thing.key for thing in reach(EC2, "shared", neighbours=0).things}

    assert things == {"reach.own_task", "reach.own_role", "reach.kernel", "reach.instance_role"}


def test_fargate_refuses_at_registration_in_the_apis_words():
    found = enact("privileged", FARGATE, "today")
    (refused,) = [step for step in found.steps if step.key.endswith("refused")]

    assert found.verdict == "no"
    assert refused.at_s == 0
    assert "not supported" in refused.values["quote"]
    assert "runs_without" in keys(found)
    assert "stopped" in keys(found)


def test_without_asking_nothing_is_refused():
    found = enact("privileged", FARGATE, "today", Asks(privileged=PrivilegedAsk(privileged=False)))

    assert keys(found)[0] == "runs_without"


@given(st.integers(0, 100))
def test_a_machine_of_its_own_never_holds_more_than_one_task(neighbours):
    assert reach(FARGATE, "shared", neighbours).tasks == 1
    assert reach(MANAGED, "sandbox", neighbours).tasks == 1
    assert reach(EC2, "shared", neighbours).tasks == neighbours + 1


# --- daemons ---


@pytest.mark.parametrize(
    ("column", "key", "agents"),
    [(EC2, "a_host", 13), (FARGATE, "a_task", 40), (MANAGED, "a_host", 13)],
)
def test_one_agent_a_host_or_one_a_task(column, key, agents):
    found = enact("daemons", column, "today", Asks(daemon=DaemonAsk(hosts=10, joins=3, tasks=40)))

    assert found.reason.key == f"reason.daemons.{key}"
    assert found.reason.values == {"n": agents}


def test_a_daemon_that_stops_comes_back_or_takes_its_instance_with_it():
    assert keys(enact("daemons", EC2, "today"))[-2:] == ["stopped", "restarted"]
    assert keys(enact("daemons", MANAGED, "today"))[-1] == "stopped_managed"
    assert "stopped" not in keys(enact("daemons", EC2, "today", Asks(daemon=DaemonAsk(stops=False))))


def test_no_host_joins_no_step():
    found = enact("daemons", EC2, "today", Asks(daemon=DaemonAsk(joins=0)))

    assert "joins" not in keys(found)
    assert found.reason.values == {"n": 3}


# --- a shell ---


@pytest.mark.parametrize(
    ("column", "era", "asked", "doors"),
    [
        (EC2, "talk", {}, ("ssh", "docker_exec")),
        (EC2, "today", {}, ("ssh", "docker_exec", "exec")),
        (EC2, "today", {"key_and_port": False}, ("exec",)),
        (FARGATE, "talk", {}, ()),
        (FARGATE, "talk", {"sshd_in_image": True}, ("sshd",)),
        (FARGATE, "today", {}, ("exec",)),
        (FARGATE, "today", {"exec_enabled": False}, ()),  # too late: it cannot be switched on for a running task
        (FARGATE, "today", {"role_allows": False}, ()),
        (FARGATE, "today", {"root_writable": False}, ()),
        (FARGATE, "today", {"reaches_ssm": False}, ()),
        (MANAGED, "today", {}, ("exec",)),
    ],
)
def test_which_doors_open(column, era, asked, doors):
    ask = ShellAsk(**asked)
    found = enact("shell", column, era, Asks(shell=ask))

    assert opens(column, era, ask) == doors
    assert (found.verdict == "yes") == bool(doors)
    if doors:
        assert found.reason.values["door"].key == f"door.{doors[0]}"
    else:
        assert keys(found)[-1] == "replaced"


def test_a_door_that_lacks_something_names_the_first_thing():
    found = enact("shell", FARGATE, "today", Asks(shell=ShellAsk(root_writable=False, reaches_ssm=False)))
    (lacks,) = [step for step in found.steps if step.key.endswith("lacks") and step.values["door"].key == "door.exec"]

    assert lacks.values["need"].key == "need.root_writable"


def test_before_its_day_a_door_says_when_it_came():
    found = enact("shell", FARGATE, "talk")
    (soon,) = [step for step in found.steps if step.key.endswith("not_yet")]

    assert soon.values["date"] == catalog.value("ecs.exec.exists")


# --- networks ---


@pytest.mark.parametrize(
    ("column", "mode", "taken"),
    [(column, mode, mode in modes) for column, modes in (
        (EC2, {"none", "bridge", "host", "awsvpc"}), (FARGATE, {"awsvpc"}), (MANAGED, {"none", "host", "awsvpc"}),
    ) for mode in ("none", "bridge", "host", "awsvpc")],
)  # fmt: skip
def test_which_modes_are_taken(column, mode, taken):
    found = enact("network", column, "today", Asks(network=NetworkAsk(mode=mode)))

    assert (found.verdict == "yes") == taken
    assert ("refused" in keys(found)) == (not taken)


@pytest.mark.parametrize(
    ("column", "asked", "tasks", "bound_by"),
    [
        (EC2, {"mode": "bridge"}, 8, "cpu"),
        (EC2, {"mode": "bridge", "memory_mib": 2048}, 3, "memory"),
        (EC2, {"mode": "host"}, 1, "port"),
        (EC2, {"mode": "awsvpc"}, 2, "enis"),
        (EC2, {"mode": "awsvpc", "trunking": True}, 8, "cpu"),
        (EC2, {"mode": "awsvpc", "instance_type": "m5.4xlarge"}, 7, "enis"),
        (EC2, {"mode": "none"}, 8, "cpu"),
        (EC2, {"mode": "host", "cpu_units": 4096}, 0, "cpu"),
        (FARGATE, {"mode": "awsvpc"}, 1, "own_host"),
        (MANAGED, {"mode": "awsvpc"}, 2, "enis"),
    ],
)
def test_how_many_copies_share_a_host(column, asked, tasks, bound_by):
    found = copies(column, NetworkAsk(**asked))

    assert (found.tasks, found.bound_by) == (tasks, bound_by)


def test_a_task_that_fits_no_host_does_not_run():
    found = enact("network", EC2, "today", Asks(network=NetworkAsk(cpu_units=4096)))

    assert found.verdict == "no"
    assert "runs" not in keys(found)


def test_a_host_of_no_known_type_is_said_in_words():
    with pytest.raises(ScenarioError, match="no instance type"):
        enact("network", EC2, "today", Asks(network=NetworkAsk(instance_type="m5.tiny")))


# --- side-cars ---


def test_the_side_car_runs_on_both_and_costs_differently():
    mine, theirs = (enact("sidecars", column, "today") for column in (EC2, FARGATE))

    assert mine.verdict == theirs.verdict == "yes"
    assert mine.reason.values["cost"].value == pytest.approx(0.006)
    assert theirs.reason.values["cost"].value == pytest.approx(0.04937)


def test_a_side_car_may_be_free_or_too_large():
    free = enact("sidecars", FARGATE, "today", Asks(agent=AgentAsk(cpu_units=800, memory_mib=1700)))
    large = Asks(agent=AgentAsk(cpu_units=4096, memory_mib=30_720))

    assert free.reason.key == "reason.sidecars.free"
    assert enact("sidecars", FARGATE, "talk", large).verdict == "no"
    assert enact("sidecars", FARGATE, "today", large).verdict == "yes"


# --- managed by ---


def test_who_does_what_is_as_the_facts_say():
    assert {column: sum(who == "customer" for who in duties(column).values()) for column in COLUMNS} == {
        EC2: 8, FARGATE: 6, MANAGED: 6,
    }  # fmt: skip
    assert all(duties(column)["image_contents"] == "customer" for column in COLUMNS)


def test_the_image_is_yours_in_every_column_and_era():
    for column in COLUMNS:
        for era in ERAS:
            found = enact("managed", column, era)

            assert found.verdict == "absent" or keys(found)[-1] == "image"


@pytest.mark.parametrize(
    ("column", "era", "days"),
    [(EC2, "talk", 0), (EC2, "today", 0), (FARGATE, "talk", 0), (FARGATE, "today", 7), (MANAGED, "today", 21)],
)
def test_when_the_hosts_are_patched_at_the_latest(column, era, days):
    assert enact("managed", column, era).steps[-1].at_s == days * 86_400


def test_who_chooses_the_day():
    assert "you_patch" in keys(enact("managed", EC2, "today"))
    assert "they_choose" in keys(enact("managed", FARGATE, "talk"))
    assert "notice" in keys(enact("managed", FARGATE, "today"))
    assert "drains" in keys(enact("managed", MANAGED, "today"))
