"""A capacity provider's hosts under the patch treadmill, and with a silent agent: what managed scaling makes of it."""

import pytest

from engine import Kind
from engine.idle import readings
from tests.engine.a_group import story
from tests.engine.the_log import numbers, reasons, serving, times


@pytest.mark.parametrize(("launch_first", "asked", "went"), [
    (True, 4, ["patched", "patched"]),               # a new host for each old one, and managed scaling sees no reason to act
    (False, 5, ["patched", "patched", "scale-in"]),  # the drained tasks wait, so M grows: one host too many, let go later
])  # fmt: skip
def test_patched_hosts_are_of_the_group_and_are_replaced_once(launch_first, asked, went):
    run_ = story(
        4, hosts=2, max_hosts=8, duration_s=1_500, quiet_points=3,
        operations=[{"do": "patch", "at_s": 100, "launch_first": launch_first}],
    )  # fmt: skip

    assert len(times(run_, Kind.HOST_ASKED)) == asked
    assert reasons(run_, Kind.HOST_GONE) == went
    assert {kind.provider for kind in run_.kinds} == {"group"}
    assert len(times(run_, Kind.PATCH_DONE)) == 1
    assert (readings(run_)[-1][1].up, serving(run_, 1_490)) == (2, [4])


def test_a_host_whose_agent_is_missed_is_not_up_for_managed_scaling():
    """Three hosts with a task each. The silent one's task goes on, but neither M nor N counts its host until it is back."""
    run_ = story(
        3, hosts=3, duration_s=600, service={"placement": ["spread-hosts"]},
        operations=[{"do": "cut-agent", "host": "a1", "at_s": 30}, {"do": "restore-agent", "host": "a1", "at_s": 400}],
    )  # fmt: skip
    (missed,), (back,) = times(run_, Kind.AGENT_MISSED), times(run_, Kind.AGENT_BACK)

    for at_s, reading in readings(run_):
        up = 2 if missed < at_s < back else 3
        assert (reading.needed, reading.up, reading.step) == (up, up, 0)
    assert {reading.up for _, reading in readings(run_)} == {2, 3}
    assert serving(run_, 300) == [3]
    assert numbers(run_, "host", Kind.HOST_GONE) == []
