"""Whatever happens: a group stays within its bounds, a protected host is never ended, a task stays with its provider."""

from math import ceil

from hypothesis import given, settings

from engine import Kind, run
from engine.idle import idle_reasons, readings
from engine.launch import launch_type
from tests.laws.any_scenario import scenarios


def _beside(patches, hosts):
    return sum(o.hosts_at_once if o.percent_at_once is None else ceil(hosts * o.percent_at_once / 100) for o in patches)


def walk(run_):
    """Fold the log: yield each host that scale-in lets go, its group without it, and the tasks on it; check the group's size."""
    # A release that launches first holds both for a while: the new hosts of a batch and the old ones.
    patches = [o for o in run_.scenario.operations if o.do == "patch" and o.launch_first]
    events, most = (
        run_.events,
        {p.name: p.max_hosts + _beside(patches, p.max_hosts) for p in run_.scenario.fleet.providers},
    )
    groups = {name: set() for name in ("", *most)}
    left, on = set(), {}
    for i in range(len(events)):
        what, host, task = Kind(int(events.kind[i])), int(events.host[i]), int(events.task[i])
        if host < 0:
            continue
        group = groups[run_.kinds[host].provider]
        if what == Kind.HOST_ASKED and host not in left:
            group.add(host)
        elif what == Kind.TASK_PLACED:
            on.setdefault(host, set()).add(task)
        elif what == Kind.TASK_STOPPED:
            on.get(host, set()).discard(task)
        elif what in {Kind.HOST_DRAINING, Kind.HOST_GONE} and events.reason[i] == "scale-in":
            if host not in left:
                group.discard(host)
                left.add(host)
                yield host, group, on.get(host, set())
        elif what == Kind.HOST_GONE:
            group.discard(host)
        for name, members in groups.items():
            assert not name or len(members) <= most[name], (events.at_s[i], name)


@settings(max_examples=150)
@given(scenarios())
def test_no_group_leaves_its_bounds_on_purpose_and_no_protected_host_is_ended(scenario):
    run_ = run(scenario)
    providers = {provider.name: provider for provider in scenario.fleet.providers}
    if launch_type(
        scenario.launch_type
    ).is_kubernetes:  # its autoscalers have laws of their own (test_node_autoscalers.py)
        return
    for host, group, tasks in walk(run_):
        provider = providers[run_.kinds[host].provider]
        assert len(group) >= provider.min_hosts
        assert not (provider.protect and tasks)
        assert provider.managed_scaling


@settings(max_examples=60)
@given(scenarios())
def test_a_task_with_a_strategy_lies_on_its_providers_hosts(scenario):
    run_ = run(scenario.with_("launch_type", "ecs-ec2"))
    events = run_.events
    for i in events.where(Kind.TASK_PLACED):
        names = {share.provider for share in scenario.services[int(events.service[i])].capacity}
        assert not names or run_.kinds[int(events.host[i])].provider in names


@settings(max_examples=60)
@given(scenarios())
def test_every_look_adds_up(scenario):
    run_ = run(scenario)
    for _, reading in readings(run_):
        seen = reading.seen
        assert seen.in_use + seen.free == reading.up <= seen.asked
        assert reading.needed == seen.in_use + seen.extra
        assert seen.extra <= seen.waiting


@settings(max_examples=40)
@given(scenarios())
def test_every_host_that_is_there_has_its_reason(scenario):
    run_ = run(scenario)
    events, end_s = run_.events, scenario.duration_s
    gone = {int(events.host[i]) for i in events.where(Kind.HOST_GONE)}
    stays = idle_reasons(run_, end_s)

    assert {stay.host for stay in stays} == set(range(len(run_.hosts))) - gone
    assert all(stay.tasks for stay in stays if stay.why in {"busy", "protected"})
    assert not any(stay.tasks for stay in stays if stay.why in {"quiet", "minimum", "spare", "rate", "steady"})


@settings(max_examples=40)
@given(scenarios())
def test_nobody_scales_a_platform_that_brings_its_own_hosts(scenario):
    run_ = run(scenario.with_("launch_type", "ecs-fargate"))

    assert readings(run_) == []
    assert run_.kinds == ()
