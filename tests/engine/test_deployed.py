"""What came of a version: how it ended, who stopped it, and what the second set of tasks cost."""

import pytest

from engine import Scenario, catalog, deployed, metrics, releases, run

BASE = Scenario.read(catalog.scenario_text("delivery_rollout"))
RULE = "services.web.deployment"


def played(strategy="rolling", *, alarm=False, version=None, **more):
    scenario = BASE.with_(f"{RULE}.strategy", strategy).with_(f"{RULE}.alarm", alarm)
    if version is not None:
        scenario = scenario.with_("operations", [{"at_s": 60, "do": "deploy", **version}])
    for path, value in more.items():
        scenario = scenario.with_(path.replace("__", "."), value)
    return run(scenario)


#                                strategy,     alarm, version                  how,    who
@pytest.mark.parametrize(("strategy", "alarm", "version", "how", "by"), [
    ("rolling", False, {"errors": 0.2}, "done", None),           # no task fails: the breaker has nothing to count
    ("rolling", True, {"errors": 0.2}, "back", "alarm"),
    ("rolling", False, {"fails": True}, "back", "breaker"),
    ("rolling", False, {"start_s": 90}, "back", "breaker"),       # good, and too slow for its checks
    ("blue-green", True, {"errors": 0.2}, "back", "alarm"),
    ("blue-green", False, {"fails": True}, "open", None),         # the breaker is for rolling updates
    ("canary", False, {}, "done", None),
])  # fmt: skip
def test_how_a_version_ends_and_who_stops_it(strategy, alarm, version, how, by):
    found = played(strategy, alarm=alarm, version=version)

    assert deployed.first(found).ending == how
    assert (None if (stop := deployed.stopped(found)) is None else stop.by) == by
    assert deployed.is_bad(found) == bool({"errors", "fails"} & set(version))


def test_a_slow_starter_comes_up_with_grace():
    found = played(version={"start_s": 90}, services__web__grace_s=120)

    assert deployed.first(found).ending == "done"
    assert deployed.failed_tasks(found) == 0


def test_the_breaker_counts_tasks_and_never_requests():
    assert deployed.failed_tasks(played(version={"errors": 0.9})) == 0
    assert (
        deployed.failed_tasks(played(version={"fails": True}))
        >= deployed.stopped(played(version={"fails": True})).value
        == 5
    )


def test_an_alarm_on_the_whole_service_sleeps_through_a_small_canary():
    """Five percent of the traffic of which a fifth fails is one percent of all: not above the limit."""
    whole, own = (
        played("canary", alarm=True, **{f"{RULE}.alarm_on".replace(".", "__"): of}) for of in ("service", "new-version")
    )
    linear = played("linear", alarm=True)

    failed = [metrics.totals(one).failed for one in (own, linear, whole)]
    assert failed == sorted(failed)
    assert failed[2] > 10 * failed[0]
    assert deployed.stopped(own).after_s < deployed.stopped(whole).after_s


def test_going_back_with_a_weight_is_quicker_than_with_tasks():
    took = {}
    for strategy in ("rolling", "blue-green"):
        found = played(strategy, alarm=True)
        took[strategy] = deployed.back_s(found)

    assert took["blue-green"] < 5
    assert took["rolling"] > 30


def test_a_second_set_is_paid_for_and_needs_room():
    rolling, blue_green = (played(strategy, version={}) for strategy in ("rolling", "blue-green"))
    no_room = played("blue-green", version={}, launch_type="ecs-ec2")

    assert 0 < deployed.first(rolling).extra_task_hours < deployed.first(blue_green).extra_task_hours
    assert (deployed.first(no_room).ending, deployed.first(no_room).took_s) == ("open", None)
    assert releases.met_in_all(no_room) == 0
    assert metrics.totals(no_room).failed == 0


def test_where_no_version_came_out_there_is_nothing_to_tell():
    calm = run(BASE.with_("operations", []))

    assert deployed.first(calm) is None
    assert deployed.stopped(calm) is None
    assert (deployed.failed_tasks(calm), deployed.is_bad(calm)) == (0, False)
