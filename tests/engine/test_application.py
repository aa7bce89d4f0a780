"""The application: everything that contradicts itself is found at once, and what one request may cost is counted."""

import pytest

from engine import Scenario, ScenarioError
from engine.application import Application
from engine.application_checks import calls_of_modules, depth_of_modules, first_cycle, worst_calls
from engine.checks import refuse_over_budget
from engine.errors import BudgetError


def module(name, *calls, service="web", **more):
    return {"name": name, "service": service, "calls": [c if isinstance(c, dict) else {"to": c} for c in calls], **more}


def data(*modules, actions=({"name": "buy", "entry": "front"},), services=("web",), **more):
    application = {"modules": list(modules), "actions": list(actions)}
    return {"application": application, "services": [{"name": name} for name in services], **more}


def problems_of(given):
    with pytest.raises(ScenarioError) as refused:
        Scenario.of(given)
    return {problem.path: problem for problem in refused.value.problems}


@pytest.mark.parametrize(("given", "path"), [
    (data(module("front"), module("front")), "application.modules.1.name"),
    (data(module("front"), actions=[{"name": "buy", "entry": "front"}] * 2), "application.actions.1.name"),
    (data(module("front", "cart")), "application.modules.0.calls.0.to"),
    (data(module("front"), module("cart", service="shop")), "application.modules.1.service"),
    (data(module("front"), actions=[{"name": "buy", "entry": "cart"}]), "application.actions.0.entry"),
    (data(module("front"), services=("web", "idle")), "services.1.name"),
    (data(module("front"), actions=[]), "application.actions"),
    (data(module("front"), actions=[{"name": "buy", "entry": "front", "share": 0}]), "application.actions"),
    (data(module("front", {"to": "cart", "actions": ["sell"]}), module("cart")), "application.modules.0.calls.0.actions"),
    (data(module("front", work="hyperexponential", work_cv=0.5)), "application.modules.0.work_cv"),
    (data(module("front"), operations=[{"do": "change-traffic", "service": "web", "factor": 2, "at_s": 1}]),
     "operations.0.service"),
    (data(module("front", "front")), "application.modules"),
    (data(*(module(f"m{n}", f"m{n + 1}") for n in range(16)), module("m16"), actions=[{"name": "buy", "entry": "m0"}]),
     "application.actions.0.entry"),
    (data(*(module(f"m{n}", *(f"m{k}" for k in range(max(0, n - 15), n))) for n in range(24)),
          actions=[{"name": "buy", "entry": "m0"}]), "application.modules"),
    (data(module("front", *["a"] * 15), module("a", *["b"] * 15), module("b")), "application.actions.0.entry"),
])  # fmt: skip
def test_each_contradiction_is_found(given, path):
    found = problems_of(given)

    assert list(found) == [path]
    assert found[path].came
    assert found[path].allowed
    assert found[path].message


def test_a_cycle_a_call_to_nobody_and_a_chance_above_one_are_told_together():
    found = problems_of(
        data(module("front", {"to": "cart", "share": 1.5}), module("cart", "pay"), module("pay", "cart", "bank"))
    )

    assert set(found) == {
        "application.modules.0.calls.0.share", "application.modules.2.calls.1.to", "application.modules",
    }  # fmt: skip
    assert found["application.modules"].came == "cart -> pay -> cart"
    assert found["application.modules.0.calls.0.share"].allowed == "0 to 1 share"


def test_a_service_with_traffic_of_its_own_is_none_of_an_application():
    given = data(module("front"))
    given["services"][0] |= {"traffic": {"rps": 3}, "share": 2}

    assert set(problems_of(given)) == {"services.0.traffic", "services.0.share"}


def test_a_diamond_is_no_cycle_and_its_end_is_counted_twice():
    given = data(module("front", "a", {"to": "b", "share": 0.5}), module("a", "end"), module("b", "end"), module("end"))
    application = Scenario.of(given).application

    assert first_cycle(application) == ()
    assert depth_of_modules(application) == {"front": 3, "a": 2, "b": 2, "end": 1}
    assert calls_of_modules(application) == {"front": 4, "a": 2, "b": 2, "end": 1}


def test_retries_multiply_on_the_way_down_but_not_within_a_service():
    three = {"to": "b", "retries": 2}
    modules = module("front", {"to": "a", "retries": 2}), module("a", three, service="x"), module("b", service="y")
    apart = Scenario.of(data(*modules, services=("web", "x", "y")))
    together = Scenario.of(data(module("front", {"to": "a", "retries": 2}), module("a", three), module("b")))

    assert worst_calls(apart) == 1 + 3 * (1 + 3)
    assert worst_calls(together) == 3


def test_a_retry_storm_that_would_not_end_is_refused_with_its_figure():
    services = [f"s{n}" for n in range(6)]
    chain = [module(f"m{n}", {"to": f"m{n + 1}", "retries": 10}, service=f"s{n}") for n in range(5)]
    whole = data(*chain, module("m5", service="s5"), actions=[{"name": "buy", "entry": "m0"}], services=services)
    with pytest.raises(BudgetError, match="calls with every retry"):
        refuse_over_budget(Scenario.of(whole), 1_000)


def test_without_modules_a_link_is_as_short_as_before():
    assert "application" not in Scenario().model_dump(exclude_defaults=True)
    assert Application().modules == ()
