"""The scenario: frozen, documented field by field, and the same after every journey through file and link."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine import Scenario, ScenarioError, catalog
from engine.operations import FailZone, SetDesired
from engine.scenario import Assumptions, Balancer, Fleet, Scaling, Service, Traffic
from tests.laws.any_scenario import scenarios

RECORDS = [Scenario, Service, Traffic, Scaling, Fleet, Balancer, Assumptions]


@settings(max_examples=60)
@given(scenarios())
def test_every_journey_brings_the_same_scenario_back(scenario):
    assert Scenario.read(scenario.to_yaml()) == scenario
    assert Scenario.from_token(scenario.token()) == scenario
    assert Scenario.read(scenario.model_dump_json()) == scenario
    assert Scenario.of(scenario.model_dump()) == scenario
    assert Scenario.of(scenario.model_dump(mode="json")) == scenario


@given(st.text(max_size=80))
def test_any_name_survives_the_journey(name):
    scenario = Scenario(name=name)

    assert Scenario.read(scenario.to_yaml()).name == name
    assert Scenario.from_token(scenario.token()).name == name


@given(st.floats(10, 604_800, allow_nan=False), st.floats(0, 100_000, allow_nan=False))
def test_no_bit_of_a_number_is_lost_on_the_way(duration_s, rps):
    scenario = Scenario.of({"duration_s": duration_s, "traffic": {"rps": rps}})

    assert Scenario.read(scenario.to_yaml()) == scenario
    assert Scenario.from_token(scenario.token()) == scenario


def test_a_scenarios_link_is_safe_in_a_url_and_short():
    token = Scenario().token()

    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert len(token) < 1_500


def test_a_file_says_only_what_differs():
    assert Scenario().to_yaml() == "{}\n"
    assert Scenario(seed=2).to_yaml() == "seed: 2\n"


def test_yaml_and_json_read_alike():
    data = {"seed": 3, "services": [{"desired": 4}], "operations": [{"do": "fail-zone", "zone": "b", "at_s": 5}]}
    text = "seed: 3\nservices:\n- {desired: 4}\noperations:\n- {do: fail-zone, zone: b, at_s: 5}\n"

    assert Scenario.read(text) == Scenario.read(json.dumps(data)) == Scenario.of(data)


def test_nothing_in_it_can_be_changed():
    with pytest.raises(ValidationError):
        Scenario().seed = 2
    with pytest.raises(ValidationError):
        Scenario().traffic.rps = 2


# --- with_ and acting ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "value", "read"), [
    ("seed", 2, lambda s: s.seed),
    ("traffic.rps", 500.0, lambda s: s.traffic.rps),
    ("launch_type", "ecs-fargate", lambda s: s.launch_type),
    ("services.web.desired", 5, lambda s: s.services[0].desired),
    ("services.1.desired", 5, lambda s: s.services[1].desired),
    ("services.web.scaling.target", 33.0, lambda s: s.services[0].scaling.target),     # scaling was none: it begins
    ("services.api.traffic.shape", "spike", lambda s: s.services[1].traffic.shape),
    ("operations.0.at_s", 9.0, lambda s: s.operations[0].at_s),
    ("services.web.placement", ["random"], lambda s: list(s.services[0].placement)),
])  # fmt: skip
def test_one_value_is_changed_by_its_path_and_nothing_else(path, value, read):
    scenario = Scenario.of({
        "services": [{}, {"name": "api"}], "operations": [{"do": "fail-zone", "zone": "a", "at_s": 5}]
    })  # fmt: skip
    changed = scenario.with_(path, value)

    assert read(scenario) != value if "scaling" not in path and "traffic.shape" not in path else True
    assert read(changed) == value
    back = changed.model_dump()
    top = path.split(".")[0]
    assert {name for name in back if back[name] != scenario.model_dump()[name]} == {top}


@pytest.mark.parametrize("path", [
    "", ".", "sed", "traffic.rsp", "services.nobody.desired", "services.7.desired", "services.-1.desired", "seed.deeper",
    "traffic.rps.x", "services", "operations.0.at_s", "services.web.", ".seed", "services.²", "services.web.placement.9",
    "__class__", "services.web.scaling.x", "traffic..rps",
])  # fmt: skip
def test_a_path_that_leads_nowhere_is_refused_in_plain_words(path):
    with pytest.raises(ScenarioError) as refused:
        Scenario().with_(path, 5)

    assert refused.value.problems
    assert all(problem.message and problem.allowed for problem in refused.value.problems)


WEIRD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
STEPS = st.sampled_from(
    ["services", "web", "0", "1", "-1", "traffic", "rps", "operations", "scaling", "seed", "x", "", "²", "rates"]
)


@settings(max_examples=200)
@given(st.lists(STEPS | st.text(max_size=4), max_size=5).map(".".join), WEIRD)
def test_any_value_at_any_path_gives_a_scenario_or_a_scenario_error(path, value):
    try:
        changed = Scenario().with_(path, value)
    except ScenarioError:
        return
    assert Scenario.from_token(changed.token()) == changed


def test_acting_appends():
    first, second = FailZone(do="fail-zone", zone="b", at_s=120), SetDesired(do="set-desired", desired=9, at_s=60)
    scenario = Scenario().acting(first).acting(second)

    assert scenario.operations == (first, second)
    assert Scenario().operations == ()


def test_acting_beyond_the_end_is_refused():
    with pytest.raises(ScenarioError, match="after the run's end"):
        Scenario().acting(FailZone(do="fail-zone", zone="b", at_s=601))


# --- the fields ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_says_what_it_means(record):
    for name, field in record.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_number_has_a_range_that_is_kept(record):
    schema = record.model_json_schema()
    for name, field in schema["properties"].items():
        if field.get("type") not in {"number", "integer"}:
            continue
        low, high = (
            field.get("minimum", field.get("exclusiveMinimum")),
            field.get("maximum", field.get("exclusiveMaximum")),
        )
        assert low is not None, name
        assert high is not None, name
        for wrong in (low - 1, high + 1, float("nan"), float("inf"), "many", None, [1]):
            with pytest.raises(ValidationError):
                record(**{name: wrong})


def test_defaults_that_aws_documents_come_from_their_facts():
    scenario = Scenario()

    assert scenario.balancer.check_every_s == catalog.seconds("elb.alb.hc_interval") == 30
    assert scenario.balancer.unhealthy_after == catalog.number("elb.alb.unhealthy_threshold") == 2
    assert scenario.balancer.deregistration_delay_s == catalog.seconds("elb.dereg_delay") == 300
    assert scenario.services[0].max_percent == 200
    assert scenario.services[0].min_healthy_percent == 100
    assert scenario.assumptions.agent_missed_min_s == 60
    assert scenario.assumptions.agent_missed_max_s == 120


def test_what_nobody_documents_is_marked_assumed_and_what_is_marked_cites_a_fact_that_exists():
    for record in RECORDS:
        for name, field in record.model_fields.items():
            extra = field.json_schema_extra or {}
            if "fact" in extra:
                catalog.fact(extra["fact"])
            if record is Assumptions:
                assert extra.get("assumed"), name


@pytest.mark.parametrize("ports", [(0,), (65_536,), (22,), (2376,), (80, 80)])
def test_a_port_that_cannot_be_taken_is_refused(ports):
    with pytest.raises(ScenarioError, match="host_ports"):
        Scenario.of({"services": [{"host_ports": ports}]})


def test_an_unknown_instance_type_is_refused_with_its_nearest():
    with pytest.raises(ScenarioError, match=r"m5\.large"):
        Scenario.of({"fleet": {"instance_type": "m5.huge"}})
