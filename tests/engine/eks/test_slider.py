"""The slider of S27: what is left to you, stop by stop."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import ScenarioError
from engine.eks import LAYERS, STOPS, SliderAsk, slider


def at(stops, name):
    return next(stop for stop in stops if stop.name == name)


# The slide's four boxes, by hand: c = yours, s = shared, a = AWS's.
@pytest.mark.parametrize(("name", "who"), [
    ("self-run", "cccc"), ("hybrid", "ccaa"), ("eks-unmanaged", "ccaa"), ("eks-managed", "csaa"), ("eks-auto", "saaa"), ("eks-fargate", "caaa"),
])  # fmt: skip
def test_who_has_each_box(name, who):
    found = at(slider(SliderAsk()), name)

    assert "".join(share.who[0] for share in found.shares) == who
    assert [share.layer for share in found.shares] == list(LAYERS)


def test_your_image_is_yours_at_every_stop():
    for stop in slider(SliderAsk()):
        assert stop.duties["image_contents"] == "customer", stop.name
        assert stop.duties["app_code"] == "customer", stop.name


def test_on_your_own_machines_even_the_hardware_is_yours():
    hybrid, unmanaged = (at(slider(SliderAsk()), name) for name in ("hybrid", "eks-unmanaged"))

    assert (hybrid.duties["hardware"], unmanaged.duties["hardware"]) == ("customer", "aws")
    assert hybrid.duties["orchestrator_control_plane"] == "aws"
    assert hybrid.usd["nodes"] is None
    assert hybrid.total_usd is None, "who does not know a part does not know the sum"


def test_money_and_hours_of_a_small_shop():
    """24 pods of half a vCPU on eight m5.large; hours as the fields assume them."""
    found = {stop.name: stop for stop in slider(SliderAsk())}

    assert {name: stop.hours for name, stop in found.items()} == {
        "self-run": 44, "hybrid": 23, "eks-unmanaged": 23, "eks-managed": 19, "eks-auto": 14, "eks-fargate": 15,
    }  # fmt: skip
    assert found["self-run"].usd["masters"] == pytest.approx(3 * 0.096 * 730)
    assert found["eks-managed"].usd["cluster"] == pytest.approx(73)
    assert found["eks-auto"].usd["fee"] == pytest.approx(0.12 * 8 * 0.096 * 730)
    assert found["eks-fargate"].nodes is None
    assert found["eks-fargate"].usd["pods"] == pytest.approx(24 * 730 * (0.5 * 0.04048 + 2 * 0.004445))


def test_two_stops_had_not_come_at_the_talk():
    assert {stop.name for stop in slider(SliderAsk(), "talk") if not stop.exists} == {"hybrid", "eks-auto"}
    assert all(stop.exists for stop in slider(SliderAsk()))


def test_a_pod_that_nothing_holds_is_refused():
    with pytest.raises(ScenarioError, match="no node holds a single pod"):
        slider(SliderAsk(cpu_m=4000, instance_type="m5.large"))
    with pytest.raises(ScenarioError, match="no size of Fargate"):
        slider(SliderAsk(memory_mib=122_880, instance_type="r5.8xlarge"))
    with pytest.raises(ScenarioError, match="master_type"):
        slider(SliderAsk(master_type="m5.moon"))


@given(st.integers(1, 500), st.floats(0, 1), st.floats(0, 20))
def test_hours_only_fall_from_self_run_to_managed(pods, shared, node_h):
    found = {stop.name: stop.hours for stop in slider(SliderAsk(pods=pods, shared_share=shared, node_h=node_h))}

    assert found["self-run"] >= found["eks-unmanaged"] >= found["eks-managed"] >= found["eks-fargate"]
    assert set(found) == set(STOPS)
