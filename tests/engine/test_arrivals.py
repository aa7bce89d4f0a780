"""Traffic: each shape brings what it says, and a change of traffic starts at its own moment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Scenario, ScenarioError, run
from engine.scenario import Traffic
from engine.traffic.arrivals import SHAPES, expected_requests, rate_at, segments

PLAN = {
    "rps": 100,
    "peak_rps": 300,
    "at_s": 100,
    "for_s": 200,
    "period_s": 400,
    "rates": (10, 20, 40),
    "rates_every_s": 50,
}


@pytest.mark.parametrize(("shape", "expected"), [
    #                 0    50   100   101   120   200   299   300   500
    ("steady",      [100,  100, 100,  100,  100,  100,  100,  100,  100]),
    ("day",         [100,  129, 200,  202,  231,  300,  202,  200,  200]),
    ("ramp",        [100,  100, 100,  101,  120,  200,  299,  300,  300]),
    ("spike",       [100,  100, 300,  300,  300,  300,  300,  100,  100]),
    ("flash-crowd", [100,  100, 100,  110,  300,  187,  131,  131,  104]),
    ("rates",       [10,    20,  40,   40,   40,   40,   40,   40,   40]),
])  # fmt: skip
def test_each_shape_at_its_moments(shape, expected):
    traffic = Traffic(shape=shape, **PLAN)

    assert [round(rate_at(traffic, t)) for t in (0, 50, 100, 101, 120, 200, 299, 300, 500)] == expected


def test_every_shape_of_the_scenario_is_drawn():
    assert set(SHAPES) == set(Scenario.model_json_schema()["$defs"]["Traffic"]["properties"]["shape"]["enum"])


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_as_many_come_as_were_planned(shape):
    scenario = Scenario.of({"duration_s": 600, "traffic": PLAN | {"shape": shape}, "services": [{"desired": 9}]})
    arrived = run(scenario).requests.services[0].arrived.sum()
    planned = expected_requests(scenario)

    assert abs(arrived - planned) < 4 * planned**0.5  # four standard deviations of a Poisson count
    ends, rates = segments(scenario, scenario.services[0])
    middle = np.concatenate([[0], ends[:-1]])
    assert [rate_at(scenario.traffic, t) for t in middle] == pytest.approx(rates)


def test_gaps_are_exponential_and_independent():
    kept = run(Scenario.of({"duration_s": 300, "traffic": {"rps": 200}}), keep_requests=True).requests.services[0].kept
    gaps = np.diff(kept.arrive_s)

    assert gaps.mean() == pytest.approx(1 / 200, rel=0.02)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.03)
    assert abs(np.corrcoef(gaps[:-1], gaps[1:])[0, 1]) < 0.02


@pytest.mark.parametrize(
    ("work", "cv"), [("constant", 0), ("exponential", 1), ("lognormal", 2), ("hyperexponential", 2)]
)
def test_work_has_the_mean_and_the_spread_it_says(work, cv):
    kept = run(Scenario.of({
        "duration_s": 600, "traffic": {"rps": 200},
        "services": [{"desired": 12, "work": work, "work_ms": 40, "work_cv": 2, "concurrency": 8, "timeout_s": 60}],
    }), keep_requests=True).requests.services[0].kept  # fmt: skip
    took = (kept.end_s - kept.start_s)[kept.outcome == 0]

    assert took.mean() == pytest.approx(0.04, rel=0.04)
    assert took.std() / took.mean() == pytest.approx(cv, rel=0.12, abs=1e-9)


# --- changes ---------------------------------------------------------------------------------------------------------


def per_second(run_, service=0):
    return run_.requests.services[service].arrived


def test_a_change_of_traffic_multiplies_the_plan_from_its_moment_on_until_the_next():
    changes = [{"do": "change-traffic", "factor": f, "at_s": t} for t, f in ((60.5, 3), (120, 0), (180, 1))]
    arrived = per_second(run(Scenario.of({"duration_s": 240, "traffic": {"rps": 50}, "operations": changes})))

    assert arrived[:60].mean() == pytest.approx(50, rel=0.1)
    assert arrived[61:120].mean() == pytest.approx(150, rel=0.1)
    assert arrived[121:180].sum() == 0
    assert arrived[180:240].mean() == pytest.approx(50, rel=0.1)


def test_of_two_changes_at_once_the_files_later_one_stands():
    changes = [{"do": "change-traffic", "factor": f, "at_s": 60} for f in (3, 0)]
    plan = {"duration_s": 120, "traffic": {"rps": 50}}

    assert per_second(run(Scenario.of(plan | {"operations": changes})))[61:].sum() == 0
    assert per_second(run(Scenario.of(plan | {"operations": changes[::-1]})))[61:120].mean() == pytest.approx(
        150, rel=0.1
    )


def test_a_change_meets_the_service_it_names():
    scenario = Scenario.of({
        "duration_s": 120, "traffic": {"rps": 50}, "services": [{}, {"name": "api", "share": 0.5, "desired": 2}],
        "operations": [{"do": "change-traffic", "service": "api", "factor": 4, "at_s": 60}],
    })  # fmt: skip
    web, api = (per_second(run(scenario), n) for n in (0, 1))

    assert web[60:120].mean() == pytest.approx(50, rel=0.1)
    assert (api[:60].mean(), api[60:120].mean()) == (pytest.approx(25, rel=0.15), pytest.approx(100, rel=0.1))


def test_a_service_with_traffic_of_its_own_ignores_the_scenarios_and_its_share():
    scenario = Scenario.of({
        "duration_s": 120, "traffic": {"rps": 50}, "services": [{}, {"name": "api", "share": 9, "traffic": {"rps": 20}}],
    })  # fmt: skip

    assert per_second(run(scenario), 1)[:120].mean() == pytest.approx(20, rel=0.1)


@given(st.floats(0, 600), st.sampled_from(sorted(SHAPES)), st.floats(0, 5))
def test_a_change_cuts_nothing_that_lies_before_it(at_s, shape, factor):
    plain = Scenario.of({"duration_s": 600, "traffic": PLAN | {"shape": shape}})
    changed = Scenario.of({
        "duration_s": 600, "traffic": PLAN | {"shape": shape},
        "operations": [{"do": "change-traffic", "factor": factor, "at_s": at_s}],
    })  # fmt: skip
    ends, rates = segments(plain, plain.services[0])
    ends_too, rates_too = segments(changed, changed.services[0])
    before = int(np.searchsorted(ends, at_s))

    assert ends_too[:before].tolist() == ends[:before].tolist()
    assert rates_too[:before].tolist() == rates[:before].tolist()
    assert (np.diff(ends_too) > 0).all()
    assert len(ends_too) <= len(ends) + 1


# --- recorded rates --------------------------------------------------------------------------------------------------


def test_rates_come_as_a_list_or_as_the_text_of_a_csv():
    table = "minute,requests_per_s\n0,1.5\n1,2\n2,0\n"
    listed = Traffic(shape="rates", rates=(1.5, 2, 0))

    assert Traffic(shape="rates", rates=table) == listed
    assert Traffic(shape="rates", rates="1.5\n2\n0") == listed
    assert Traffic(shape="rates", rates="rate\r\n1.5\r\n2\r\n0\r\n\r\n") == listed


@pytest.mark.parametrize(("text", "complaint"), [
    ("minute,rate\n0,1\n1,many\n", "row 3"),
    ("minute,rate\n0,-1\n", "between 0 and"),
    ("minute,rate\n0,nan\n", "between 0 and"),
    ("minute,rate\n0,inf\n", "between 0 and"),
    ("rate\n" + "1\n" * 30_000, "at most"),
    ("rate\n1\n\n2\n", "row 3"),
    ("", "rate"),
])  # fmt: skip
def test_a_bad_row_is_named(text, complaint):
    with pytest.raises(ScenarioError) as refused:
        Scenario.of({"traffic": {"shape": "rates", "rates": text}})

    assert complaint in str(refused.value)
    assert "traffic.rates" in str(refused.value)


@pytest.mark.parametrize("name", ["aws-elb-bursty.csv", "worldcup98-match-days.csv", "worldcup98-steady-week.csv"])
def test_a_real_trace_goes_in_as_it_is(name, shared):
    text = (shared / "samples" / "traces" / name).read_text()
    table = [float(line.split(",")[1]) for line in text.splitlines()[1:]]
    scenario = Scenario.of({"duration_s": 3_600, "traffic": {"shape": "rates", "rates": text, "scale": 2}})
    arrived = run(scenario).requests.services[0].arrived

    assert list(scenario.traffic.rates) == table
    planned = 2 * 60 * sum(table[:60])
    assert abs(arrived.sum() - planned) < 5 * planned**0.5 + 1
    assert Scenario.from_token(scenario.token()) == scenario  # a fortnight of minutes fits a link
