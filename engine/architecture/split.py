"""Split: the same application as one service or as many. Modules leave one at a time, in an order that is stated.

Work, traffic and launch type stay; what changes is which calls become network calls, and how much room each service has
(`engine.architecture.sizing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from engine import catalog
from engine.application import Application
from engine.architecture.sizing import Sizing, sized
from engine.scenario import Scenario, Service


@dataclass(frozen=True, slots=True)
class Shop:
    """An application and how it is taken apart. service: what is left when others have left; order: who leaves first."""

    application: Application
    service: str
    order: tuple[str, ...]


@cache
def shop(name: str = "shop") -> Shop:
    """Read our own application (data/architecture/)."""
    row = catalog.application(name)
    return Shop(Application.model_validate(row["application"]), row["service"], tuple(row["order"]))


def split(scenario: Scenario, out: int | Sequence[str], sizing: Sizing | None = None) -> Scenario:
    """Let so many modules (or these) run as services of their own; the rest stays together in the first service.

    scenario: whatever else it says stays: traffic, operations, the calls' own settings. Errors: ScenarioError where the
    result does not go together.
    """
    sizing, whole = sizing or Sizing(), shop()
    gone = set(whole.order[:out] if isinstance(out, int) else out)
    application = regrouped(scenario.application, {name: name for name in gone}, whole.service)
    names = list(dict.fromkeys([whole.service, *(module.service for module in application.modules)]))
    services = [service_of(scenario, application, name, sizing) for name in names]
    given = scenario.model_dump(mode="json")
    given |= {"application": application.model_dump(mode="json"), "services": services}
    return Scenario.of(given)


def regrouped(application: Application, own: Mapping[str, str], rest: str) -> Application:
    """Say which service runs each module: its own, or the rest."""
    modules = tuple(module.model_copy(update={"service": own.get(module.name, rest)}) for module in application.modules)
    return application.model_copy(update={"modules": modules})


def service_of(scenario: Scenario, application: Application, name: str, sizing: Sizing) -> dict[str, object]:
    """Write one service of the split, sized; what all services have in common is the first one's."""
    size = sized(application, name, scenario.traffic.rps, scenario.zones, sizing)
    first: Service = scenario.services[0]
    return first.model_dump(mode="json") | {
        "name": name,
        "desired": size.tasks,
        "cpu_units": size.cpu_units,
        "memory_mib": size.memory_mib,
        "concurrency": size.workers,
    }


def out_of(scenario: Scenario) -> tuple[str, ...]:
    """Name the modules that run as a service of their own, in the order in which they leave."""
    whole = shop()
    own = {module.name for module in scenario.application.modules if module.service != whole.service}
    return tuple(name for name in (*whole.order, *sorted(own - set(whole.order))) if name in own)
