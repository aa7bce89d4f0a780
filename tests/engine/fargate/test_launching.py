"""Launches: the burst at once, the rest at the bucket's pace; each task pulls its image; and the simulation says the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Kind, Scenario, ScenarioError, catalog, run
from engine.era import ERAS
from engine.fargate import LaunchAsk, launches, lazy_from_mib, level, rising


def second_by_second(tasks, burst, per_s):
    """Count in whole seconds, as one would on paper: the twin. Tasks launched by the end of each second's first instant."""
    tokens, left, launched = burst, tasks, []
    while left:
        now = min(left, tokens)
        left -= now
        tokens = min(burst, tokens - now + per_s)
        launched.append(tasks - left)
    return launched


@pytest.mark.parametrize(
    ("tasks", "then_s", "now_s"),
    [(10, 0, 0), (11, 1, 0), (100, 90, 0), (101, 91, 0.05), (3500, 3490, 170)],  # (3500 - 10) / 1; (3500 - 100) / 20
)
def test_when_the_last_one_is_launched(tasks, then_s, now_s):
    ask = LaunchAsk(tasks=tasks)

    assert launches(ask, "talk").launched_s[-1] == pytest.approx(then_s)
    assert launches(ask, "today").launched_s[-1] == pytest.approx(now_s)


def test_from_an_hour_to_minutes_as_was_measured():
    ask = LaunchAsk(tasks=3500)
    measured_end_s = 60 * catalog.number("timing.scale_0_3500", "ecs_fargate", 1)

    assert 3500 < launches(ask, "talk").done_s < 3700  # "about an hour"
    assert 0.7 * measured_end_s < launches(ask, "today").done_s <= measured_end_s


@given(st.integers(1, 600))
def test_twin_counting_on_paper_second_by_second(tasks):
    for era in ERAS:
        found = launches(LaunchAsk(tasks=tasks), era)
        paper = second_by_second(tasks, int(found.burst), int(found.per_s))
        ours = [int((found.launched_s <= second + 1e-9).sum()) for second in range(len(paper))]

        assert ours == paper


@given(tasks=st.integers(1, 400), services=st.integers(0, 9), image=st.floats(1, 5000), seed=st.integers(0, 99))
def test_never_sooner_than_the_bucket_allows_nor_before_the_image_is_there(tasks, services, image, seed):
    ask = LaunchAsk(tasks=tasks, services=services, image_mib=image, seed=seed)
    low, high = catalog.value("timing.fargate.assumption", "provision_s")
    for era in ERAS:
        found = launches(ask, era)
        count = np.arange(1, tasks + 1)

        assert (np.diff(found.launched_s) >= 0).all()
        assert (count <= found.burst + found.launched_s * found.per_s + 1e-6).all()
        assert (found.pulled_s - found.launched_s >= low + image / ask.pull_max_mib_per_s - 1e-9).all()
        assert (found.pulled_s - found.launched_s <= high + image / ask.pull_min_mib_per_s + 1e-9).all()
        assert found.running_s == pytest.approx(found.pulled_s + ask.container_s)


@pytest.mark.parametrize("seed", [1, 7])
def test_twin_the_simulation_starts_the_same_tasks_at_the_same_moments(seed):
    ask = LaunchAsk(tasks=140, seed=seed, image_mib=300)
    scenario = Scenario.of({
        "launch_type": "ecs-fargate", "warm": False, "seed": seed, "duration_s": 120, "traffic": {"rps": 0},
        "services": [{"desired": 140, "image_mib": 300, "cpu_units": 256, "memory_mib": 512}],
    })  # fmt: skip
    events = run(scenario).events
    created = {int(events.task[i]): float(events.at_s[i]) for i in events.where(Kind.TASK_CREATED)}
    running = {int(events.task[i]): float(events.at_s[i]) for i in events.where(Kind.TASK_RUNNING)}

    (asked_s,) = set(created.values())  # the scheduler looks a first time after a second
    assert sorted(running) == list(range(1, 141))
    assert launches(ask, "today").running_s + asked_s == pytest.approx([running[n] for n in range(1, 141)], abs=1e-9)


def test_one_service_has_a_pace_of_its_own():
    ask = LaunchAsk(tasks=101, services=1)

    assert launches(ask, "talk").launched_s[-1] == pytest.approx(100 * 60 / 23)  # 23 a minute were measured
    burst = 500 / 60
    assert launches(ask, "today").launched_s[-1] == pytest.approx((101 - burst) / burst)


def test_many_services_meet_again_at_the_accounts_bucket():
    alone = launches(LaunchAsk(tasks=3500), "today").launched_s[-1]
    few, many = (launches(LaunchAsk(tasks=3500, services=n), "today").launched_s[-1] for n in (2, 50))

    assert few == pytest.approx((1750 - 500 / 60) / (500 / 60))
    assert many == pytest.approx(alone)


def test_lazy_loading_fetches_a_share_where_it_exists_and_pays():
    large = LaunchAsk(tasks=5, image_mib=2000, lazy=True)
    small = LaunchAsk(tasks=5, image_mib=200, lazy=True)
    share = catalog.notes("fargate")["table.needed_share"].value["needed"]

    found = launches(large, "today")
    assert (found.lazy, found.pulled_mib) == ("used", 2000 * share)
    assert (launches(large, "talk").lazy, launches(large, "talk").pulled_mib) == ("too-early", 2000)
    assert (launches(small, "today").lazy, launches(small, "today").pulled_mib) == ("too-small", 200)
    assert launches(large.model_copy(update={"lazy": False}), "today").lazy == "off"
    assert (found.running_s < launches(large, "talk").running_s).all()


def test_the_threshold_is_published_in_megabytes():
    assert lazy_from_mib() == pytest.approx(250e6 / 2**20)
    assert launches(LaunchAsk(tasks=1, image_mib=240, lazy=True), "today").lazy == "used"  # 240 MiB are 252 MB


@pytest.mark.parametrize("tasks", [1, 100, 3500, 10_000])
def test_a_chart_holds_at_most_a_thousand_points_and_ends_at_all_of_them(tasks):
    found = launches(LaunchAsk(tasks=tasks), "talk")
    chart = rising(found)

    assert len(chart.at_s) == len(chart.launched) == len(chart.running) <= 1000
    assert chart.launched[-1] == chart.running[-1] == tasks
    assert (np.diff(chart.at_s) > 0).all()
    assert (chart.running <= chart.launched).all()
    for place in range(0, len(chart.at_s), 97):
        assert chart.running[place] == (found.running_s <= chart.at_s[place]).sum()
        assert chart.launched[place] == (found.launched_s <= chart.at_s[place]).sum()


def test_the_same_question_has_the_same_answer_and_another_seed_another():
    first, again, other = (launches(LaunchAsk(tasks=50, seed=seed), "today") for seed in (3, 3, 4))

    assert (first.running_s == again.running_s).all()
    assert (first.running_s != other.running_s).any()
    assert (first.launched_s == other.launched_s).all()  # the bucket knows no chance


def test_a_slowest_pull_that_is_faster_than_the_fastest_is_said_in_words():
    with pytest.raises(ScenarioError) as refused:
        launches(LaunchAsk(pull_min_mib_per_s=50), "today")

    (problem,) = refused.value.problems
    assert (problem.path, problem.came) == ("pull_min_mib_per_s", "50")
    assert "25" in problem.allowed


# --- the bucket's level ----------------------------------------------------------------------------------------------


@given(tasks=st.integers(1, 400), services=st.sampled_from([0, 1, 3]), era=st.sampled_from(ERAS))
def test_the_bucket_gives_a_token_for_each_launch_and_never_holds_more_than_it_can(tasks, services, era):
    found = launches(LaunchAsk(tasks=tasks, services=services), era)
    moments = np.unique(np.concatenate([[0.0], found.launched_s, found.launched_s + 0.01]))
    left = level(found, moments)

    assert (left >= 0).all()
    assert (left <= found.burst).all()
    # What was there at first and what came back pays for every launch; what overflowed is lost.
    launched = np.searchsorted(np.sort(found.launched_s), moments, side="right")
    assert (left <= found.burst + found.per_s * moments - launched + 1e-6).all()


def test_a_drained_bucket_is_empty_while_tasks_wait_and_full_again_in_its_own_time():
    found = launches(LaunchAsk(tasks=300), "today")
    last_s = float(found.launched_s[-1])
    again_s = found.burst / found.per_s
    moments = np.array([0.0, last_s / 2, last_s, last_s + again_s / 2, last_s + 2 * again_s])

    assert level(found, moments) == pytest.approx([0, 0, 0, found.burst / 2, found.burst], abs=1)
