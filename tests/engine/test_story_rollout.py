"""A roll-out is told as it went: how many stay, that it stalled, that ready is not in service, that a budget keeps a drain."""

import pytest

from engine import Scenario, catalog, metrics, rollouts, run, story
from engine.kubernetes.rollout import fence

BASE = Scenario.read(catalog.scenario_text("kubernetes_rollout"))
FIRST = {"at_s": 60, "do": "deploy"}


def deployed(*, fails: bool = False, launch_type: str = "eks-managed", **rollout: str):
    data = BASE.model_dump(mode="json") | {"launch_type": launch_type, "operations": [FIRST | {"fails": fails}]}
    data["services"][0]["pods"]["rollout"] |= rollout
    return run(Scenario.of(data))


def told(of) -> dict[str, story.Line]:
    return {line.key.removeprefix("caption."): line for line in story.captions(of)}


def test_a_bad_version_is_told_to_have_stalled_at_its_deadline_with_what_is_left():
    lines = told(deployed(fails=True))
    begun, stalled = lines["rollout_begins"], lines["rollout_stalled"]

    assert (begun.at_s, begun.values["least"], begun.values["most"]) == (60, 9, 15)
    assert stalled.values["now"] == 9
    assert 240 <= stalled.at_s - begun.at_s < 250
    assert "rollout_done" not in lines


def test_a_good_version_is_told_to_be_done_and_marked():
    good = deployed()
    marks = {mark.key: mark.at_s for mark in story.marks(good)}

    assert told(good)["rollout_done"].at_s == marks["mark.rollout_done"] == rollouts.rollouts(good)[0].done_s
    assert "mark.rollout_stalled" not in marks


def test_ready_pods_that_are_not_in_service_are_told_of_where_requests_fail_and_not_where_the_roll_out_waits():
    hasty, patient = deployed(), deployed(min_ready_s=30)
    line = told(hasty)["rollout_unserved"]

    assert line.values["served"] < 9 <= line.values["ready"]
    assert metrics.totals(hasty).failed > metrics.totals(patient).failed == 0
    assert "rollout_unserved" not in told(patient)


def test_recreate_is_told_as_an_outage_and_promises_nothing():
    found = deployed(strategy="Recreate")

    assert "rollout_recreates" in told(found)
    assert rollouts.promise(found) == (0, 12)
    assert rollouts.least_ready(found) == 0


@pytest.mark.parametrize(("surge", "away"), [("25%", "25%"), ("0", "1"), ("100%", "0"), ("1", "50%")])
@pytest.mark.parametrize("fails", [False, True])
def test_no_roll_out_breaks_its_promise(surge: str, away: str, fails: bool):
    found = deployed(fails=fails, max_surge=surge, max_unavailable=away)
    posts = fence("RollingUpdate", surge, away, 12)

    assert rollouts.promise(found) == (12 - posts.unavailable, 12 + posts.surge)
    assert rollouts.least_ready(found) >= 12 - posts.unavailable


def test_ecs_promises_by_its_percentages_and_keeps_them():
    found = deployed(launch_type="ecs-ec2")

    assert rollouts.promise(found) == (9, 15)
    assert rollouts.least_ready(found) >= 9


def test_old_and_new_together_are_what_is_ready():
    found = deployed()
    pods, ready = rollouts.course(found), metrics.jumps(rollouts.ready(found), found.scenario.duration_s)

    assert (pods.old + pods.new).tolist() == ready.at(pods.at_s).tolist()
    assert (pods.old[0], pods.new[0]) == (12, 0)
    assert (pods.old[-1], pods.new[-1]) == (0, 12)


def test_a_held_drain_is_told_with_what_the_budget_needs_and_has_until_the_version_before_is_back():
    lines = told(run(BASE))

    assert (lines["drain_held"].at_s, lines["drain_held"].values["needs"]) == (425, "9")
    assert lines["rollout_undone"].at_s == 600 < lines["evicted_drain"].at_s
    assert [mark.key for mark in story.marks(run(BASE)) if mark.operation == 2] == ["mark.undo"]


def test_a_run_in_which_nothing_is_rolled_out_has_all_its_pods_and_no_story():
    calm = run(Scenario.of(BASE.model_dump(mode="json") | {"operations": []}))

    assert rollouts.least_ready(calm) == 12
    assert not [key for key in told(calm) if key.startswith(("rollout", "drain_held"))]
