"""What is played follows from what was asked, and what cannot be played is told all at once."""

import numpy as np
import pytest

from engine import ScenarioError
from engine.scenario import Scenario
from engine.sweep import MEASURED, Axis, Plan, play
from tests.engine.sweep.a_sweep import SMALL, plan


def problems(*given, **named):
    with pytest.raises(ScenarioError) as refused:
        Plan.of(*given, **named)
    return {problem.path: problem for problem in refused.value.problems}


def test_every_value_meets_every_other():
    assert [v.label for v in plan().variants] == [
        "launch_type=ecs-ec2, traffic.rps=40", "launch_type=ecs-ec2, traffic.rps=60",
        "launch_type=ecs-fargate, traffic.rps=40", "launch_type=ecs-fargate, traffic.rps=60",
    ]  # fmt: skip
    assert [(v.scenario.launch_type, v.scenario.traffic.rps) for v in plan().variants] == [
        ("ecs-ec2", 40), ("ecs-ec2", 60), ("ecs-fargate", 40), ("ecs-fargate", 60),
    ]  # fmt: skip


def test_without_a_grid_there_is_one_variant():
    (only,) = plan(grid=()).variants

    assert (only.label, only.scenario) == ("as it is", Scenario.of(SMALL))


@pytest.mark.parametrize(("replications", "size"), [(2, 1), (33, 1), (200, 6), (10_000, 25)])
def test_batches_are_every_run_once_and_early_replications_first(replications, size):
    asked = plan(replications, grid=("zones=2,3",))
    met = np.zeros((2, replications), dtype=int)
    for batch in asked.batches:
        met[batch.variant, batch.first : batch.first + batch.count] += 1

    assert (met == 1).all()
    assert asked.batches[0].count == size
    assert [batch.number for batch in asked.batches] == list(range(len(asked.batches)))
    assert [batch.first for batch in asked.batches] == sorted(batch.first for batch in asked.batches)


def test_long_runs_go_in_small_batches():
    assert plan(200, grid=(), traffic={"rps": 90_000}).batches[0].count == 3


def test_all_variants_meet_the_same_seeds_and_a_row_can_be_run_again():
    from engine import run

    asked = plan(3, seed=70)
    columns = play(asked, workers=1).columns()

    assert columns["seed"].tolist() == [70, 71, 72] * 4
    row = 7  # the second replication of the third variant
    again = run(asked.variants[2].scenario.with_("seed", 71))
    assert columns["failed"][row] == MEASURED["failed"].of(again)
    assert columns["p99"][row] == MEASURED["p99"].of(again)
    assert (columns["variant"][row], columns["launch_type"][row], columns["traffic.rps"][row]) == (2, "ecs-fargate", 40)


def test_a_path_may_lead_into_a_service_that_the_file_leaves_at_its_default():
    asked = Plan.of({"duration_s": 30}, [Axis("services.web.desired", (3, 5))], 2)

    assert [v.scenario.services[0].desired for v in asked.variants] == [3, 5]


def test_a_scenario_of_the_talks_time_keeps_its_defaults():
    base = Scenario.of({"duration_s": 30, "era": "talk"})
    (only,) = Plan.of(base, (), 2).variants

    assert only.scenario == base


def test_everything_wrong_is_told_at_once():
    axes = [
        Axis("trafic.rps", (1, 2)), Axis("zones", (3, "many")), Axis("zones", (2,)), Axis("seed", (1, 2)),
        Axis("services.api.desired", (1,)), Axis("launch_type", ("ecs-ec2", "ecs-ec2")),
    ]  # fmt: skip
    found = problems(SMALL | {"duration_s": "long"}, axes, 1)

    assert set(found) == {
        "replications", "zones", "seed", "launch_type", "duration_s", "trafic", "services.api",
    }  # fmt: skip
    assert "no setting of this name" in found["trafic"].message
    assert found["trafic"].came == "{'rps': 1}; {'rps': 2}"
    assert found["replications"].message == "an interval needs two replications or more"
    assert found["services.api"].allowed == "web"


def test_a_value_of_the_wrong_type_is_told_with_what_is_allowed():
    found = problems(SMALL, [Axis("zones", (3, "many"))], 2)

    assert (found["zones"].came, found["zones"].allowed) == ("'many'", "1 to 6 zones")


def test_what_does_not_go_together_in_one_variant_is_told():
    found = problems(SMALL, [Axis("duration_s", (30, 10)), Axis("operations.0.at_s", (5, 20))], 2)

    assert found["operations.0.at_s"].message == "this is after the run's end"


def test_two_variants_that_are_one_scenario_are_refused():
    found = problems(SMALL, [Axis("traffic.rps", (40, 40.0))], 2)

    assert found["grid"].message == "they are the same scenario"


@pytest.mark.parametrize(
    ("axes", "replications", "path", "words"),
    [
        ([Axis("zones", (1, 2)), Axis("warm", (True, False))], 10_001, "replications", "more than can be kept"),
        ([Axis("traffic.rps", tuple(range(1, 52)))], 2, "traffic.rps", "fewer values"),
        ([Axis("traffic.rps", tuple(range(1, 50))), Axis("zones", (1, 2, 3, 4, 5, 6))], 2, "grid", "too large"),
        ([Axis("traffic.rps", tuple(range(1, 50))), Axis("zones", (2, 3))], 10_000, "replications", "more than can be kept"),
    ],
)  # fmt: skip
def test_what_is_too_much_is_refused_before_it_begins(axes, replications, path, words):
    assert words in problems(SMALL, axes, replications)[path].message


def test_the_last_replication_needs_a_seed_too():
    assert "no seed" in problems(SMALL | {"seed": 2**32 - 2}, (), 3)["seed"].message


def test_a_variant_that_outgrows_its_budget_is_refused_before_it_begins():
    found = problems(SMALL | {"duration_s": 3_600}, [Axis("traffic.rps", (40, 90_000))], 2)

    assert "requests" in next(iter(found.values())).came


def test_what_is_no_scenario_is_told():
    assert problems(["a", "list"])["file"].message == "a scenario is a mapping"


@pytest.mark.parametrize(("text", "values"), [
    ("launch_type=ecs-ec2,lambda", ("ecs-ec2", "lambda")),
    ("traffic.rps=1,2.5", (1, 2.5)),
    ("warm=true,false", (True, False)),
    ("services.web.placement=[spread-zones],[binpack-memory, random]", (["spread-zones"], ["binpack-memory", "random"])),
])  # fmt: skip
def test_an_axis_is_typed_as_yaml(text, values):
    assert Axis.read(text).values == values


@pytest.mark.parametrize("text", ["zones", "=1", "zones=", "zones=[1", "zones=1]: 2"])
def test_an_axis_that_cannot_be_read_is_refused(text):
    with pytest.raises(ScenarioError):
        Axis.read(text)


def test_no_measure_is_called_like_a_setting():
    assert not set(MEASURED) & set(Scenario.model_fields)
