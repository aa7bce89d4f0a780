"""Bad input: all problems at once, in words; and what would take too long is refused up front."""

import pytest

from engine import BudgetError, ScenarioError
from engine.serverless import Pipeline, operation, run

ORDERS = Pipeline.named("orders")


def problems(given):
    with pytest.raises(ScenarioError) as caught:
        Pipeline.of(given)
    return {problem.path: problem for problem in caught.value.problems}


def test_a_loop_a_reader_of_nothing_a_limit_of_nought_and_a_negative_price_are_all_told_at_once():
    found = problems({
        "prices": {"appsync_million": -1},
        "services": [
            {"kind": "api-gateway", "name": "api", "to": ["take"], "burst": 0},
            {"kind": "lambda-function", "name": "take", "to": ["orders"]},
            {"kind": "sqs-queue", "name": "orders", "to": ["take"]},
            {"kind": "fargate-service", "name": "worker", "to": ["nowhere"]},
            {"kind": "sqs-queue", "name": "lonely"},
        ],
    })  # fmt: skip

    assert "round for ever" in found["services.1.to"].message
    assert found["services.1.to"].came == "take -> orders -> take"
    assert "read nothing" in found["services.3"].message
    assert "no such box" in found["services.3.to.0"].message
    assert "nobody reads" in found["services.4.to"].message
    assert found["services.0.burst"].allowed == "1 to 1,000,000"
    assert found["prices.appsync_million"].allowed.startswith("0 to")


def test_what_cannot_be_handed_over_is_named_with_what_can():
    whole = ORDERS.model_dump(mode="json")
    whole["services"][0]["to"] = ["worker"]
    whole["services"][8]["to"] = ["live"]
    found = problems(whole)

    assert "an api-gateway" in found["services.0.to.0"].message or "api-gateway" in found["services.0.to.0"].message
    assert "take" in found["services.0.to.0"].allowed
    assert "sns-topic" in found["services.8.to.0"].message


def test_an_order_is_handed_on_once_and_last():
    whole = ORDERS.model_dump(mode="json")
    whole["services"][3]["to"] = ["fulfil", "table"]
    assert "last" in problems(whole)["services.3.to"].message

    whole["services"][1]["to"] = ["fulfil", "orders"]
    assert "one queue or state machine only" in problems(whole)["services.1.to"].message


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("services.worker.zones", 5, "services.3.zones"),
        ("services.ledger.min_acu", 64, "services.6.max_acu"),
        ("services.table.min_units", 3_000, "services.4.max_units"),
        ("services.fulfil.map_over", "table", "services.5.map_over"),
        ("traffic.enters", "take", "traffic.enters"),
        ("services.take.name", "api", "services.1.name"),
        ("operations", [{"do": "redrive", "box": "worker", "at_s": 1}], "operations.0.box"),
        ("operations", [{"do": "pause-box", "box": "nobody", "at_s": 1}], "operations.0.box"),
        ("operations", [{"do": "fail-zone", "zone": "f", "at_s": 1}], "operations.0.zone"),
        ("operations", [{"do": "spike", "at_s": 900}], "operations.0.at_s"),
    ],
)
def test_what_does_not_go_together_is_told_where_it_stands(path, value, where):
    with pytest.raises(ScenarioError) as caught:
        ORDERS.with_(path, value)

    assert where in {problem.path for problem in caught.value.problems}


def test_an_unknown_service_names_those_there_are():
    found = problems({"services": [{"kind": "mainframe", "name": "old"}]})

    assert "`kind` must name a service" in found["services.0"].message
    assert "sqs-queue" in found["services.0"].allowed


def test_a_run_that_would_take_too_long_is_refused_with_its_figure():
    long = ORDERS.with_("duration_s", 3_600).with_("traffic.retries", 8).with_("traffic.hot_share", 0.5)

    with pytest.raises(BudgetError, match="712,800 steps"):
        run(long)


def test_a_pipeline_survives_its_link_and_its_file():
    acted = ORDERS.acting(operation(do="poison", at_s=5, orders=3)).with_("services.orders.is_fifo", True)

    assert Pipeline.from_token(acted.token()) == acted
    assert Pipeline.read(acted.to_yaml()) == acted
