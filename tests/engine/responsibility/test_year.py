"""A year of operations: small years whose end one can say beforehand."""

import json

import numpy as np
import pytest

from engine.__main__ import main
from engine.errors import BudgetError, ScenarioError
from engine.reading import to_yaml
from engine.responsibility import (
    KINDS,
    LAYERS,
    MODELS,
    Rates,
    Spread,
    YearAsk,
    bill,
    check,
    draw,
    handle,
    happenings,
    played,
    read,
    years,
)
from engine.responsibility.summary import as_data, as_text

NOTHING = Rates(**dict.fromkeys(KINDS, 0))


def only(kind, rate=20, **settings):
    """Give a year of one kind of event."""
    return YearAsk(rates=NOTHING.model_copy(update={kind: rate}), replications=40, **settings)


# --- who does it -------------------------------------------------------------------------------------------------------


def test_a_certificate_wakes_who_runs_the_control_plane_and_nobody_else():
    found = years(only("certificate"))

    assert {model for model in MODELS if found[model].nights.sum() > 0} == {"on-prem", "self-run"}
    assert {model for model in MODELS if found[model].hours.sum() > 0} == {"on-prem", "self-run"}


def test_permissions_are_everybodys_own_and_cost_the_same_everywhere():
    found = years(only("iam_rule"))

    for model in MODELS:
        np.testing.assert_array_equal(found[model].hours, found["on-prem"].hours)
        np.testing.assert_array_equal(found[model].nights, found["on-prem"].nights)


def test_a_hole_in_an_image_is_yours_on_fargate_as_on_your_own_machines_and_half_of_it_on_lambda():
    found = years(only("image_cve", 2))

    np.testing.assert_array_equal(found["ecs-fargate"].hours, found["on-prem"].hours)
    np.testing.assert_allclose(found["lambda"].hours, found["on-prem"].hours / 2)


def test_a_shared_duty_calls_half_as_often():
    share = (
        years(only("host_retired", 3))["eks-managed"].nights.sum()
        / years(only("host_retired", 3))["eks-unmanaged"].nights.sum()
    )

    assert 0.3 < share < 0.7


def test_an_event_that_hits_two_layers_wakes_somebody_once():
    ask = only("zone_loss", 100)
    tickets = draw(ask)
    done = handle(ask, "self-run", tickets)
    woken = tickets.event[done.woke]

    assert len(woken) == len(set(woken)) > 0
    assert done.cannot_wait[np.isin(tickets.event, woken)].sum() > len(woken)


def test_one_who_is_woken_works_at_once_and_takes_the_hours_off():
    ask = only("zone_loss", 60, team=1, ops_h=10)
    tickets = draw(ask)
    done = handle(ask, "on-prem", tickets)
    called, planned = done.cannot_wait, ~done.cannot_wait

    np.testing.assert_array_equal(done.begun_h[called], tickets.at_h[called])
    np.testing.assert_allclose((done.done_h - done.begun_h)[called], done.mine_h[called])
    np.testing.assert_allclose((done.done_h - done.begun_h)[planned], done.mine_h[planned] * 16.8)


def test_calls_come_at_night_a_third_of_the_time():
    ask = only("quota", 100)
    tickets = draw(ask)
    done = handle(ask, "ecs-ec2", tickets)
    share = done.woke.sum() / done.cannot_wait.sum()

    assert abs(share - 1 / 3) < 4 * np.sqrt(2 / 9 / done.cannot_wait.sum())


# --- how long it stands open ---------------------------------------------------------------------------------------------


def test_aws_closes_a_hole_in_its_hosts_on_its_own_calendar():
    found = years(only("kernel_cve", deploy_days=365))

    assert 14 <= found["ecs-managed-instances"].host_days.min() <= found["ecs-managed-instances"].host_days.max() <= 21
    # The deployment on the last day, 365 days after the first, is the only other thing that can end it.
    assert np.percentile(found["ecs-fargate"].host_days, 10) == 7
    assert found["lambda"].host_days.max() <= 14 / 24


def test_who_deploys_every_day_is_on_a_patched_host_the_next_one():
    daily = years(only("kernel_cve", deploy_days=1))

    assert daily["ecs-fargate"].host_days.max() <= 1
    assert daily["ecs-managed-instances"].host_days.min() >= 14, "its hosts stay when a task is replaced"


def test_a_team_with_time_is_faster_than_aws_and_one_without_is_not():
    quick, slow = (
        years(only("kernel_cve", 12, team=team, ops_h=ops_h))["ecs-ec2"] for team, ops_h in ((3, 20), (1, 1))
    )
    aws = years(only("kernel_cve", 12))["eks-auto"]

    assert np.median(quick.host_days) < np.median(aws.host_days) < np.median(slow.host_days)


def test_who_has_too_few_hours_ends_the_year_with_work_undone():
    found = years(YearAsk(team=1, ops_h=1, replications=20))

    assert found["on-prem"].behind_h.mean() > 50
    assert found["on-prem"].behind_h.mean() > found["ecs-fargate"].behind_h.mean() > found["lambda"].behind_h.mean()


def test_open_days_are_days_of_the_year():
    found = years(YearAsk(team=1, ops_h=1, images=100, replications=10))["on-prem"]

    assert found.open_days.max() <= 365
    assert found.open_days.min() > 300


# --- money ---------------------------------------------------------------------------------------------------------------


def test_the_bill_is_usage_times_price():
    ask = YearAsk(hosts=10, used=0.5, busy=0.2)
    hours = 8760

    assert bill(ask, "ecs-ec2") == {"hosts": pytest.approx(10 * 0.096 * hours)}
    assert bill(ask, "eks-managed")["cluster"] == pytest.approx(0.10 * hours)
    assert bill(ask, "eks-auto")["fee"] == pytest.approx(10 * 0.096 * hours * 0.12)
    assert bill(ask, "ecs-fargate")["tasks"] == pytest.approx((10 * 0.04048 + 40 * 0.004445) * hours)
    assert bill(ask, "lambda")["functions"] == pytest.approx(40 * 0.2 * hours * 3600 * 1.66667e-5)
    assert bill(ask, "self-run")["masters"] == pytest.approx(3 * 0.096 * hours)
    assert bill(ask, "on-prem") == {"machines": 13 * 2500}


def test_fargate_and_hosts_break_even_where_the_talk_has_it():
    full, spare = (YearAsk(used=used) for used in (0.84, 0.80))

    assert bill(full, "ecs-fargate")["tasks"] > bill(full, "ecs-ec2")["hosts"]
    assert bill(spare, "ecs-fargate")["tasks"] < bill(spare, "ecs-ec2")["hosts"]


def test_an_hour_at_night_costs_more():
    plain, dear = (years(YearAsk(night_pay=pay, replications=20))["on-prem"] for pay in (1, 3))

    np.testing.assert_allclose(plain.people_usd, plain.hours * 60)
    assert (dear.people_usd >= plain.people_usd).all()
    assert dear.people_usd.sum() > plain.people_usd.sum()


# --- the whole ---------------------------------------------------------------------------------------------------------


def test_a_year_in_which_nothing_happens_costs_nothing_but_the_bill():
    found = years(YearAsk(rates=NOTHING, replications=10))

    for outcome in found.values():
        assert outcome.hours.sum() == outcome.nights.sum() == outcome.open_days.sum() == 0
        assert np.isnan(Spread.of(outcome.host_days).middle)
    assert played(YearAsk(rates=NOTHING), "lambda").done.owner.size == 0


def test_the_year_that_is_shown_is_the_first_of_those_that_are_counted():
    ask = YearAsk(replications=10)
    shown = played(ask, "ecs-ec2")

    assert shown.done.mine_h.sum() == pytest.approx(years(ask)["ecs-ec2"].hours[0])
    assert shown.done.woke.sum() == years(ask)["ecs-ec2"].nights[0]


def test_the_same_events_come_whatever_the_model():
    shown = [played(YearAsk(), model).tickets for model in MODELS]

    for tickets in shown:
        for column in ("at_h", "kind", "layer", "work_h", "luck"):
            np.testing.assert_array_equal(getattr(tickets, column), getattr(shown[0], column))


def test_the_kinds_hours_add_up():
    for outcome in years(YearAsk(replications=10)).values():
        assert outcome.kind_hours.sum() == pytest.approx(outcome.hours.mean())
        assert outcome.kind_nights.sum() == pytest.approx(outcome.nights.mean())


def test_fargate_takes_hours_off_and_hardly_a_night():
    """The lesson: as it comes, hours fall by more than a third and most nights stay."""
    found = years(YearAsk())
    hours, nights = (
        getattr(found["ecs-fargate"], what).mean() / getattr(found["ecs-ec2"], what).mean()
        for what in ("hours", "nights")
    )

    assert hours < 2 / 3
    assert nights > 2 / 3


# --- what may be asked -----------------------------------------------------------------------------------------------------


def test_everything_wrong_with_a_years_file_is_said_at_once():
    with pytest.raises(ScenarioError) as caught:
        read("team: 0\nhosts: 4000\ninstance_type: moon\nrates: {quota: -1, moon: 2}\nwhat: 1")

    assert {problem.path for problem in caught.value.problems} == {
        "team",
        "hosts",
        "instance_type",
        "rates.quota",
        "rates.moon",
        "what",
    }


@pytest.mark.parametrize("ask", [YearAsk(), YearAsk(team=3, rates=Rates(quota=7), instance_type="m7g.large")])
def test_a_year_that_was_saved_is_read_back(ask):
    assert read(to_yaml(ask)) == ask


@pytest.mark.parametrize("text", ["[1]", "team", "{"])
def test_a_file_that_is_no_year_is_refused(text):
    with pytest.raises(ScenarioError):
        read(text)


def test_more_events_than_can_be_played_are_refused_with_the_figure():
    with pytest.raises(BudgetError, match="events in 400 years"):
        check(YearAsk(images=200, rates=Rates(image_cve=100), replications=400))


def test_the_command_line_plays_the_year(tmp_path, capsys):
    file = tmp_path / "year.yaml"
    file.write_text("team: 1\nreplications: 10\n")

    assert main(["year", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == as_data(YearAsk(team=1, replications=10))
    assert set(told["models"]) == set(MODELS)
    assert main(["year", str(file)]) == 0
    assert capsys.readouterr().out.strip() == as_text(told)
    file.write_text("team: -1")
    assert main(["year", str(file)]) == 2
    assert "team: greater than or equal to 1" in capsys.readouterr().err


def test_what_is_not_there_is_null_in_json():
    told = as_data(YearAsk(rates=NOTHING, replications=10))

    assert told["models"]["lambda"]["host_days"] == dict.fromkeys(("low", "middle", "high", "mean"))
    assert "-" in as_text(told)


def test_every_layer_that_a_happening_names_is_one():
    assert {hit.layer for one in happenings().values() for hit in one.hits} <= set(LAYERS)
