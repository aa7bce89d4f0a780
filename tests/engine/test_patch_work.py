"""What a release cost: read from the log, by hand on hosts of yours, by nobody where AWS patches."""

import pytest

from engine import Scenario, catalog, run, story
from engine.patch_work import patches


def of_file(name, **changed):
    scenario = Scenario.read(catalog.scenario_text(name))
    for path, value in changed.items():
        scenario = scenario.with_(path.replace("__", "."), value)
    return run(scenario)


@pytest.fixture(scope="module")
def three():
    return {name: patches(of_file(f"patch_{name}"))[0] for name in ("ec2", "managed", "fargate")}


def test_on_hosts_of_yours_people_work_once_at_each_end_and_twice_a_batch(three):
    work = [step.what for step in three["ec2"].work]

    assert work == ["choose-release", *["start-batch", "watch-batch"] * 6, "check-result"]
    assert three["ec2"].batches == 6
    assert three["managed"].work == three["fargate"].work == ()


def test_hours_by_hand_days_by_aws(three):
    assert 0.5 < three["ec2"].hours < 1.5
    assert 7 * 24 < three["fargate"].hours < 7 * 24 + 1
    assert 14 * 24 < three["managed"].hours < 21 * 24


def test_every_task_had_to_move_wherever_it_ran(three):
    assert {name: found.tasks_moved for name, found in three.items()} == {"ec2": 12, "managed": 12, "fargate": 12}
    assert all(found.extra_host_s > 0 for found in three.values())
    assert all(found.missing_host_s == 0 for found in three.values())


def test_larger_batches_are_fewer_steps_and_fewer_hours():
    one, three_, all_ = (
        patches(of_file("patch_ec2", operations=[{"do": "patch", "at_s": 600, "hosts_at_once": n}]))[0]
        for n in (1, 3, 6)
    )

    assert one.hours > three_.hours > all_.hours
    assert [len(found.work) for found in (one, three_, all_)] == [14, 6, 4]


def test_a_stuck_drain_is_a_step_with_its_reason_for_you_and_none_where_aws_waits():
    stuck = of_file("patch_ec2", services__web__max_percent=100)
    theirs = of_file("patch_fargate", services__web__max_percent=100)
    freed = [step for step in patches(stuck)[0].work if step.what == "free-stuck-drain"]

    assert [(step.host, step.reason) for step in freed] == [(0, "healthy-percent")]
    assert patches(stuck)[0].stuck[0][1:] == (0, "healthy-percent")
    assert patches(theirs)[0].stuck[0][1:] == (-1, "healthy-percent")
    assert patches(theirs)[0].work == ()


def test_a_run_without_a_release_has_no_report():
    assert patches(of_file("hour")) == ()


@pytest.mark.parametrize(("name", "keys"), [
    ("agent_cut", ["agent_cut", "agent_missed", "agent_back"]),
    ("patch_ec2", ["patch_started", "patch_done"]),
    ("patch_fargate", ["patch_started", "retired", "patch_done"]),
    ("fargate_spot", ["spot", "spot_gone", "spot_back"]),
])  # fmt: skip
def test_each_scenario_tells_its_story_in_order(name, keys):
    told = [line.key.removeprefix("caption.") for line in story.captions(of_file(name))]

    assert [key for key in told if key in keys] == keys


def test_only_the_dead_host_of_the_pair_costs_anything():
    found = of_file("agent_cut")
    failed = found.requests.services[0].failed.sum(axis=(0, 1))

    assert failed[:720].sum() == 0  # while a1's agent was away
    assert failed[720:].sum() > 0  # once b1 was dead
