"""Functions keep within their documented limits, turn nobody away below them, and cost what was used."""

from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Kind, Scenario, catalog, run
from engine.functions import function_of
from engine.pricing import bill
from tests.laws.any_scenario import scenarios


def on_lambda(scenario):
    return scenario.with_("launch_type", "lambda")


@settings(max_examples=40)
@given(scenarios(most_rps=40))
def test_environments_are_started_reclaimed_lost_or_still_there_and_never_more_in_use_than_the_limit(scenario):
    run_ = run(on_lambda(scenario))
    for number, table in enumerate(run_.requests.functions):
        function = function_of(run_.scenario, number)

        assert (table.there >= 0).all()
        assert (table.in_use >= 0).all()
        assert (table.in_use <= table.there).all()
        assert table.peak.max() <= function.limit
        # Every attempt was turned away, or found an environment, or was lost on its way in.
        tables = run_.requests.services[number]
        attempts = int(tables.arrived.sum() + tables.retried.sum())
        assert table.invoked.sum() + table.throttled.sum() <= attempts
        assert tables.failed[0].sum() <= table.throttled.sum()


@settings(max_examples=40)
@given(scenarios(most_rps=40))
def test_the_log_counts_what_the_tables_count(scenario):
    run_ = run(on_lambda(scenario))
    events, steps = (
        run_.events,
        len(run_.requests.services[0].arrived) - 2,
    )  # the last second ends with the run: nobody looks
    told = {kind: float(events.value[events.where(kind)].sum()) for kind in Kind}
    for kind, name in (
        (Kind.ENVIRONMENTS_STARTED, "started"), (Kind.ENVIRONMENTS_RECLAIMED, "reclaimed"), (Kind.ENVIRONMENTS_LOST, "died"),
        (Kind.FUNCTION_THROTTLED, "throttled"),
    ):  # fmt: skip
        assert told[kind] == sum(getattr(table, name)[:, :steps].sum() for table in run_.requests.functions)


@settings(max_examples=30)
@given(st.floats(1, 400), st.sampled_from([20, 100, 700]), st.integers(1, 4), st.integers(0, 99))
def test_nobody_is_throttled_below_the_documented_limits(rps, work_ms, zones, seed):
    """With work of a known length the environments in use are known: as many as requests that came within it."""
    run_ = run(Scenario.of({
        "seed": seed, "launch_type": "lambda", "duration_s": 60, "zones": zones, "traffic": {"rps": rps},
        "services": [{"work": "constant", "work_ms": work_ms, "start_s": 0, "image_mib": 1, "timeout_s": 60}],
    }), keep_requests=True)  # fmt: skip
    kept, table = run_.requests.services[0].kept, run_.requests.functions[0]
    ends = np.where(np.isnan(kept.end_s), np.inf, kept.end_s)
    in_flight = [int((ends[:i] > at_s).sum()) for i, at_s in enumerate(kept.arrive_s.tolist()[:3_000])]

    assert max(in_flight) < catalog.number("lambda.concurrency_default")
    assert table.throttled.sum() == 0


def test_above_each_limit_the_cause_is_named():
    def causes(rps, **service):
        run_ = run(Scenario.of({
            "launch_type": "lambda", "duration_s": 30, "traffic": {"shape": "spike", "rps": 0, "peak_rps": rps, "at_s": 5, "for_s": 20},
            "services": [{"start_s": 1, "image_mib": 0, "timeout_s": 30, "work": "constant", **service}],
        }))  # fmt: skip
        return run_.requests.functions[0].throttled.sum(axis=1) > 0

    assert causes(200, work_ms=1_000, function={"reserved": 50}).tolist() == [True, False, False]
    # More than a thousand at once need more than a thousand new environments.
    assert causes(2_000, work_ms=5_000, function={"account_concurrency": 5_000}).tolist() == [False, True, False]
    # A hundred environments let a thousand requests a second through, however short they are.
    assert causes(2_000, work_ms=10, start_s=0, function={"reserved": 100, "provisioned": 100, "boot_s": 0})[2]


@pytest.mark.parametrize("provisioned", [0, 20])
def test_the_bill_is_what_was_used_times_its_price(provisioned):
    """Worked out anew from every request: its own milliseconds, rounded up, and its start-up code where it waited for it."""
    scenario = Scenario.of({
        "launch_type": "lambda", "duration_s": 120, "warm": False, "traffic": {"rps": 30},
        "services": [{"work_ms": 200, "start_s": 2, "image_mib": 50, "timeout_s": 600,
                      "function": {"memory_mb": 1024, "provisioned": provisioned}}],
    })  # fmt: skip
    run_ = run(scenario, keep_requests=True)
    kept = run_.requests.services[0].kept
    gb, init_s, end_s = 1024 / 1024, 2 * 1769 / 1024, scenario.duration_s
    done = kept.outcome == 0
    billed = np.zeros(2)
    for arrive_s, start_s, stop_s in zip(kept.arrive_s[done], kept.start_s[done], kept.end_s[done], strict=True):
        is_cold = start_s > arrive_s
        ns = int(stop_s * 1e9) - int(start_s * 1e9) + int(init_s * 1e9) * is_cold
        billed[0] += ceil(ns / 1e6) / 1000
    items = {item.name: item.usd for item in bill(run_)}
    table = run_.requests.functions[0]
    left_s = table.billed_ms.sum() / 1000 - billed[0]  # those that were still at work when the run ended

    assert 0 <= left_s <= (kept.outcome == -1).sum() * (2 + init_s)
    assert items["function_requests"] == pytest.approx(len(kept.outcome) * catalog.number("lambda.price.request") / 1e6)
    on_demand, on_warm = table.billed_ms.sum(axis=1) / 1000 * gb
    work = on_demand * catalog.number("lambda.price.gb_s") + on_warm * catalog.number(
        "lambda.price.provisioned", "work_gb_s"
    )
    assert items["function_time"] == pytest.approx(work)
    assert (on_warm > 0) == (provisioned > 0)
    kept_usd = provisioned * gb * end_s * catalog.number("lambda.price.provisioned", "kept_gb_s")
    assert items.get("function_provisioned", 0.0) == pytest.approx(kept_usd)
