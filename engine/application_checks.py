"""What does not go together in an application, and how many calls it may bring; `engine.checks` asks here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.errors import Problem

if TYPE_CHECKING:
    from engine.application import Application, Module
    from engine.scenario import Scenario

WHERE = "application"
MAX_DEPTH = 16  # modules on one path, the entry included
MAX_CALLS = 200  # an action, where all goes well
MAX_KINDS = 200  # of calls, each of which has tables of its own


def problems(scenario: Scenario) -> list[Problem]:
    """List what contradicts itself, all of it; nothing where the scenario has no application."""
    application = scenario.application
    if not application.modules and not application.actions:
        return list(_harms(scenario))
    cycle = first_cycle(application)
    return [
        *_names(application),
        *_strangers(scenario),
        *_harms(scenario),
        *_empty(scenario),
        *_second_traffic(scenario),
        *([_told(cycle)] if cycle else _sizes(application)),
    ]


def _names(application: Application) -> Iterator[Problem]:
    for kind, members in (("modules", application.modules), ("actions", application.actions)):
        names = [member.name for member in members]
        for number, name in enumerate(names):
            if name in names[:number]:
                where = f"{WHERE}.{kind}.{number}.name"
                yield Problem(where, name, "a name of its own", f"two {kind} share a name")


def _strangers(scenario: Scenario) -> Iterator[Problem]:
    """Find names that nobody bears: of modules, services and actions."""
    application = scenario.application
    modules = [module.name for module in application.modules]
    actions = [action.name for action in application.actions]
    services = [service.name for service in scenario.services]
    for number, module in enumerate(application.modules):
        where = f"{WHERE}.modules.{number}"
        if module.service not in services:
            yield Problem(f"{where}.service", module.service, ", ".join(services), "there is no such service")
        if module.work == "hyperexponential" and module.work_cv < 1:
            why = "two kinds of requests vary at least as much as one does"
            yield Problem(f"{where}.work_cv", f"{module.work_cv:g}", "1 to 10", why)
        for place, call in enumerate(module.calls):
            if call.to not in modules:
                why = f"{module.name} calls a module that does not exist"
                yield Problem(f"{where}.calls.{place}.to", call.to, ", ".join(modules), why)
            for name in call.actions:
                if name not in actions:
                    yield Problem(
                        f"{where}.calls.{place}.actions", name, ", ".join(actions) or "none", "there is no such action"
                    )
    for number, action in enumerate(application.actions):
        if action.entry not in modules:
            why = f"{action.name} enters at a module that does not exist"
            yield Problem(f"{WHERE}.actions.{number}.entry", action.entry, ", ".join(modules) or "none", why)


def _harms(scenario: Scenario) -> Iterator[Problem]:
    """Find operations on modules that are not there, and new versions of a service that does not run the module named."""
    runs_on = {module.name: module.service for module in scenario.application.modules}
    for number, operation in enumerate(scenario.operations):
        where, named = f"operations.{number}.module", getattr(operation, "module", None)
        if named is None:
            continue
        if named not in runs_on:
            yield Problem(where, named, ", ".join(runs_on) or "none", "there is no such module")
        elif operation.do == "deploy" and runs_on[named] != (service := operation.service or scenario.services[0].name):
            allowed = ", ".join(name for name, runs in runs_on.items() if runs == service) or "none"
            yield Problem(
                where, named, allowed, f"{service} does not run this module: its new version changes nothing there"
            )


def _empty(scenario: Scenario) -> Iterator[Problem]:
    """Find what nobody would ever reach: a service without a module, and an application that nobody asks anything."""
    application = scenario.application
    used = {module.service for module in application.modules}
    for number, service in enumerate(scenario.services):
        if service.name not in used:
            why = "no module of the application runs on this service"
            yield Problem(f"services.{number}.name", service.name, "a module on every service", why)
    if not application.actions:
        yield Problem(f"{WHERE}.actions", "nothing", "one action or more", "users ask nothing of the application")
    elif sum(action.share for action in application.actions) <= 0:
        yield Problem(f"{WHERE}.actions", "shares of 0", "one share above 0", "no action would ever be drawn")


def _second_traffic(scenario: Scenario) -> Iterator[Problem]:
    """Find traffic of a single service: an application's users come by the scenario's alone."""
    why = "the application's requests are the scenario's traffic, and its actions' shares say where they go"
    for number, service in enumerate(scenario.services):
        if service.traffic is not None:
            yield Problem(f"services.{number}.traffic", "traffic of its own", "none, with an application", why)
        if service.share != 1:
            yield Problem(f"services.{number}.share", f"{service.share:g}", "1, with an application", why)
    for number, operation in enumerate(scenario.operations):
        if operation.do == "change-traffic" and operation.service is not None:
            yield Problem(f"operations.{number}.service", operation.service, "none, with an application", why)


def first_cycle(application: Application) -> tuple[str, ...]:
    """Find modules that call each other in a ring, the first again at the end; empty where there is none.

    >>> from engine.application import Application
    >>> calls = {"a": "b", "b": "a"}
    >>> two = [{"name": one, "service": "web", "calls": [{"to": other}]} for one, other in calls.items()]
    >>> first_cycle(Application.model_validate({"modules": two}))
    ('a', 'b', 'a')
    """
    callees = {module.name: [call.to for call in module.calls] for module in application.modules}
    done: set[str] = set()
    for begin in callees:
        path: list[str] = []
        ways: list[Iterator[str]] = [iter([begin])]
        while ways:
            name = next(ways[-1], None)
            if name is None:
                ways.pop()
                if path:
                    done.add(path.pop())
            elif name in path:
                return (*path[path.index(name) :], name)
            elif name not in done and name in callees:
                path.append(name)
                ways.append(iter(callees[name]))
    return ()


def _told(cycle: tuple[str, ...]) -> Problem:
    why = "modules call each other in a ring: a request would never come to an end"
    return Problem(f"{WHERE}.modules", " -> ".join(cycle), "calls that lead to an end", why)


def _sizes(application: Application) -> Iterator[Problem]:
    """Find actions of which one request would be too deep, or too many calls, even where all goes well."""
    kinds = sum(len(module.calls) for module in application.modules)
    if kinds > MAX_KINDS:
        allowed = f"up to {MAX_KINDS}"
        yield Problem(
            f"{WHERE}.modules", f"{kinds} kinds of calls", allowed, "the modules have too many calls together"
        )
    depths, calls = depth_of_modules(application), calls_of_modules(application)
    for number, action in enumerate(application.actions):
        where = f"{WHERE}.actions.{number}.entry"
        if depths.get(action.entry, 0) > MAX_DEPTH:
            came = f"{depths[action.entry]} modules, one below the other"
            yield Problem(where, came, f"up to {MAX_DEPTH}", f"{action.name} goes too deep")
        if calls.get(action.entry, 0) > MAX_CALLS:
            came = f"{calls[action.entry]:,.0f} calls for one request"
            yield Problem(where, came, f"up to {MAX_CALLS}", f"{action.name} asks too much")


def depth_of_modules(application: Application) -> dict[str, int]:
    """Count the modules on the longest path down from each, itself included. The calls must lead to an end."""
    depths: dict[str, int] = {}
    for module in callees_first(application):
        depths[module.name] = 1 + max((depths.get(call.to, 0) for call in module.calls), default=0)
    return depths


def calls_of_modules(application: Application, *, with_retries: bool = False) -> dict[str, float]:
    """Count the modules that one request at each is expected to bring to work, itself included.

    with_retries: as if every call across services were tried as often as it may be, and whole below each time.
    """
    services = {module.name: module.service for module in application.modules}
    found: dict[str, float] = {}
    for module in callees_first(application):
        found[module.name] = 1.0
        for call in module.calls:
            is_local = services.get(call.to) == module.service
            tries = 1 + call.retries if with_retries and not is_local else 1
            found[module.name] += call.share * tries * found.get(call.to, 0.0)
    return found


def worst_calls(scenario: Scenario) -> float:
    """Count how many modules one user's request brings to work if everything is tried as often as it may be, on average."""
    application = scenario.application
    total = sum(action.share for action in application.actions)
    calls = calls_of_modules(application, with_retries=True)
    services = {module.name: module.service for module in application.modules}
    tries = {service.name: 1 + service.retries for service in scenario.services}
    return sum(a.share / total * tries[services[a.entry]] * calls[a.entry] for a in application.actions)


def callees_first(application: Application) -> list[Module]:
    """Order the modules so that each stands after those it calls. The calls must lead to an end."""
    by_name = {module.name: module for module in application.modules}
    order: dict[str, Module] = {}
    waiting = list(by_name.values())[::-1]
    while waiting:
        module = waiting[-1]
        missing = [by_name[c.to] for c in module.calls if c.to in by_name and c.to not in order]
        if missing and module.name not in order:
            waiting += missing
        else:
            order[waiting.pop().name] = module
    return list(order.values())
