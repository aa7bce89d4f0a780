"""An application's flow: how often each module works for one request of a user, and how long a worker is held by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.application import Action, Application, Call, Module
from engine.application_checks import callees_first

Visits = dict[str, dict[str, float]]


def visits(application: Application) -> Visits:
    """Say how often an action brings each module to work, where all goes well: action -> module -> times.

    >>> from engine.architecture import shop
    >>> visits(shop().application)["pay"]["shipping"]
    2.0
    """
    callers_first = callees_first(application)[::-1]
    return {action.name: _below(callers_first, action) for action in application.actions}


def _below(callers_first: Sequence[Module], action: Action) -> dict[str, float]:
    """Hand the visits down, each module once: the paths may be more than anybody could walk."""
    found = {module.name: 0.0 for module in callers_first}
    found[action.entry] = 1.0
    for module in callers_first:
        for call in module.calls:
            if is_made(call, action.name):
                found[call.to] += found[module.name] * call.share
    return found


def is_made(call: Call, action: str) -> bool:
    """Say whether a call is made for an action at all."""
    return not call.actions or action in call.actions


def shares(application: Application) -> dict[str, float]:
    """Give each action's part of the users' requests."""
    total = sum(action.share for action in application.actions)
    return {action.name: action.share / total for action in application.actions}


def mean_visits(application: Application) -> dict[str, float]:
    """Say how often one request of a user brings each module to work, on average over the actions."""
    found, parts = visits(application), shares(application)
    return {
        module.name: sum(parts[action] * times[module.name] for action, times in found.items())
        for module in application.modules
    }


def visits_from_outside(application: Application, service: str) -> dict[str, float]:
    """Say how often a user's request reaches each of a service's modules from elsewhere: as its entry, or by a call."""
    by_name = {module.name: module for module in application.modules}
    found = {module.name: 0.0 for module in application.modules if module.service == service}
    parts, times = shares(application), visits(application)
    for action in application.actions:
        if action.entry in found:
            found[action.entry] += parts[action.name]
        for caller in by_name.values():
            if caller.service == service:
                continue
            for call in caller.calls:
                if call.to in found and is_made(call, action.name):
                    found[call.to] += parts[action.name] * times[action.name][caller.name] * call.share
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """How long a worker is held, where nothing waits in line: own work, and then the answers that are waited for.

    Calls of one stage that leave the service go out together and the slowest decides (here: the slowest on average); what runs
    in the service itself is work of the same worker.
    """

    application: Application
    by_name: Mapping[str, Module]
    _found: dict[tuple[str, str], float] = field(default_factory=dict)

    def ms(self, name: str, action: str) -> float:
        """Give the milliseconds for one visit to a module on behalf of an action."""
        if (name, action) not in self._found:  # many paths may lead to one module
            module = self.by_name[name]
            made = [call for call in module.calls if is_made(call, action)]
            self._found[name, action] = module.work_ms + sum(
                self._stage([call for call in made if call.stage == stage], module.service, action)
                for stage in {call.stage for call in made}
            )
        return self._found[name, action]

    def _stage(self, calls: Sequence[Call], service: str, action: str) -> float:
        there_and_back = 2 * self.application.zone_hop_ms
        local = [call for call in calls if self.by_name[call.to].service == service]
        away = [call for call in calls if call not in local]
        slowest = max((call.share * (self.ms(call.to, action) + there_and_back) for call in away), default=0.0)
        return sum(call.share * self.ms(call.to, action) for call in local) + slowest


def held_ms(application: Application) -> dict[str, float]:
    """Say how long a visit to each module holds a worker, on average over the visits that the actions bring."""
    held = Held(application, {module.name: module for module in application.modules})
    found, parts, average = visits(application), shares(application), mean_visits(application)
    return {
        name: sum(parts[action] * found[action][name] * held.ms(name, action) for action in parts) / times
        if times
        else 0.0
        for name, times in average.items()
    }
