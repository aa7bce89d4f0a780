"""One service on one group of hosts: how the stories of capacity providers begin."""

from engine.idle import readings
from tests.engine.the_log import tell

TASK = {
    "cpu_units": 1024,
    "memory_mib": 2048,
    "az_rebalancing": False,
    "image_mib": 0,
    "start_s": 0,
}  # two fill an m5.large
QUICK = {"deregistration_delay_s": 5, "check_every_s": 5, "check_timeout_s": 2}
BOOT = {"hosts": 0, "boot_min_s": 30, "boot_max_s": 30}


def group(**settings):
    return {"name": "group", "instance_types": ["m5.large"], "hosts": 2, "warmup_s": 60} | settings


def story(desired=4, *, operations=(), service=None, duration_s=1_800, rps=2, **settings):
    """One service on one group of m5.large; what is done comes as (moment, desired)."""
    return tell(
        duration_s=duration_s, balancer=QUICK, fleet=BOOT | {"providers": [group(**settings)]}, traffic={"rps": rps},
        services=[TASK | {"desired": desired, "capacity": [{"provider": "group", "weight": 1}]} | (service or {})],
        operations=[o if isinstance(o, dict) else {"do": "set-desired", "at_s": o[0], "desired": o[1]} for o in operations],
    )  # fmt: skip


def looks(run_, first=1, last=99):
    """Give (M, N, step) of each minute."""
    return [(r.needed, r.up, r.step) for at_s, r in readings(run_) if first <= at_s / 60 <= last]
