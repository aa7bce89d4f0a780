"""What does not go together in capacity providers and scaling policies; `engine.checks` asks here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import launch
from engine.errors import Problem

if TYPE_CHECKING:
    from engine.scenario import Scaling, ScalingStep, Scenario, Service


def problems(scenario: Scenario) -> list[Problem]:
    """List what contradicts itself in the fleet's providers, the services' strategies and their policies."""
    found = _provider_problems(scenario)
    for number, service in enumerate(scenario.services):
        where = f"services.{number}"
        found += _strategy_problems(where, service, scenario)
        if service.scaling is not None:
            found += _policy_problems(f"{where}.scaling", service.scaling)
    return found


def _provider_problems(scenario: Scenario) -> list[Problem]:
    """Find capacity providers that contradict themselves."""
    found: list[Problem] = []
    providers = scenario.fleet.providers
    names = [provider.name for provider in providers]
    for number, provider in enumerate(providers):
        where = f"fleet.providers.{number}"
        if provider.name in names[:number]:
            found.append(Problem(f"{where}.name", provider.name, "a name of its own", "two providers share a name"))
        if provider.min_hosts > provider.max_hosts:
            came, allowed = str(provider.max_hosts), f"{provider.min_hosts} or more"
            found.append(Problem(f"{where}.max_hosts", came, allowed, "the most is less than the least"))
        elif not provider.min_hosts <= provider.hosts <= provider.max_hosts:
            allowed = f"{provider.min_hosts} to {provider.max_hosts}"
            found.append(Problem(f"{where}.hosts", str(provider.hosts), allowed, "the group begins outside its bounds"))
        if provider.min_step > provider.max_step:
            came, allowed = str(provider.max_step), f"{provider.min_step} or more"
            found.append(Problem(f"{where}.max_step", came, allowed, "the largest step is less than the least"))
    return [*found, *_operation_problems(scenario)]


def _operation_problems(scenario: Scenario) -> list[Problem]:
    """Find interruptions of providers that are not on Spot, and those that say twice whom to take."""
    found: list[Problem] = []
    spot = [provider.name for provider in scenario.fleet.providers if provider.market == "spot"]
    for number, operation in enumerate(scenario.operations):
        if operation.do != "interrupt-spot":
            continue
        where = f"operations.{number}"
        if operation.provider is not None and operation.provider not in spot:
            allowed = ", ".join(spot) or "nothing: there is no provider on Spot"
            found.append(Problem(f"{where}.provider", operation.provider, allowed, "there is no such Spot provider"))
        ways = [name for name in ("host", "hosts", "share") if getattr(operation, name) is not None]
        if len(ways) > 1:
            found.append(
                Problem(where, " and ".join(ways), "one of host, hosts, share", "it is said twice whom to take")
            )
    return found


def _strategy_problems(where: str, service: Service, scenario: Scenario) -> list[Problem]:
    """Find a capacity provider strategy that ECS would refuse (fact `ecs.cp.weight_base_defaults`)."""
    if not service.capacity or not launch.launch_type(scenario.launch_type).owns_hosts:
        return []
    found: list[Problem] = []
    if service.kind == "daemon":
        # CreateService's own words: https://github.com/aws/containers-roadmap/issues/692
        why = "ECS takes no capacity provider strategy for a daemon: it runs on every host anyway"
        found.append(Problem(f"{where}.capacity", f"{len(service.capacity)} lines", "none, for a daemon", why))
    known = [provider.name for provider in scenario.fleet.providers]
    asked = [share.provider for share in service.capacity]
    for number, name in enumerate(asked):
        path = f"{where}.capacity.{number}.provider"
        if name not in known:
            allowed = ", ".join(known) or "nothing: the fleet has no capacity provider"
            found.append(Problem(path, name, allowed, "there is no such capacity provider"))
        if name in asked[:number]:
            found.append(Problem(path, name, "each provider once", "it stands in the strategy twice"))
    based = [number for number, share in enumerate(service.capacity) if share.base]
    for number in based[1:]:
        came = f"{service.capacity[number].base}"
        found.append(Problem(f"{where}.capacity.{number}.base", came, "0", "only one provider may have a base"))
    if not any(share.weight for share in service.capacity):
        found.append(
            Problem(f"{where}.capacity", "no weight above 0", "one or more", "past the base no task had a place")
        )
    return found


def _policy_problems(where: str, scaling: Scaling) -> list[Problem]:
    """Find steps with gaps, and schedules that cross their own bounds."""
    found: list[Problem] = []
    if scaling.policy == "step" and not (scaling.steps_out or scaling.steps_in):
        found.append(Problem(f"{where}.steps_out", "nothing", "one step or more", "step scaling needs steps"))
    for name, sign in (("steps_out", 1), ("steps_in", -1)):
        found += _step_problems(f"{where}.{name}", getattr(scaling, name), sign, is_exact=scaling.adjust == "exact")
    low, high = scaling.min_tasks, scaling.max_tasks
    for number in sorted(range(len(scaling.schedule)), key=lambda n: scaling.schedule[n].at_s):
        change = scaling.schedule[number]
        low = low if change.min_tasks is None else change.min_tasks
        high = high if change.max_tasks is None else change.max_tasks
        if low > high:
            came = f"{low} to {high}"
            found.append(
                Problem(f"{where}.schedule.{number}", came, "the least first", "the most is less than the least")
            )
            low, high = scaling.min_tasks, scaling.max_tasks
    return found


def _step_problems(where: str, steps: tuple[ScalingStep, ...], sign: int, *, is_exact: bool) -> list[Problem]:
    """Want steps from the alarm outwards, each beginning where the one before ends, and all in their direction."""
    found: list[Problem] = []
    near, far = ("lower", "upper") if sign > 0 else ("upper", "lower")
    side = "0 or more" if sign > 0 else "0 or less"
    for number, step in enumerate(steps):
        path = f"{where}.{number}"
        begins, ends = getattr(step, near), getattr(step, far)
        if begins is None or begins * sign < 0:
            came = "no bound" if begins is None else f"{begins:g}"
            found.append(Problem(f"{path}.{near}", came, side, "the step begins on the wrong side of its alarm"))
        elif ends is not None and (ends - begins) * sign <= 0:
            allowed = f"{'above' if sign > 0 else 'below'} {begins:g}"
            found.append(Problem(f"{path}.{far}", f"{ends:g}", allowed, "the step is empty"))
        before = getattr(steps[number - 1], far) if number else begins
        if before != begins:
            allowed = "nothing: the step before has no end" if before is None else f"{before:g}"
            came = "no bound" if begins is None else f"{begins:g}"
            found.append(Problem(f"{path}.{near}", came, allowed, "a step begins where the one before ends"))
        if step.change < 0 if is_exact else step.change * sign <= 0:
            wanted = "0 or more" if is_exact else "above 0" if sign > 0 else "below 0"
            found.append(Problem(f"{path}.change", f"{step.change}", wanted, "the step goes the wrong way"))
    return found
