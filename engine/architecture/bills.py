"""Bills: what an application costs by the hour as its modules leave, and what its calls cost between zones."""

from __future__ import annotations

from dataclasses import dataclass

from engine import catalog
from engine.application import Application
from engine.application_flow import mean_visits, visits_from_outside
from engine.architecture.sizing import Sizing, sized
from engine.architecture.split import regrouped, shop
from engine.fields import Record, setting
from engine.pricing import task_usd_per_hour

HOURS_A_MONTH = 365 * 24 / 12


class ShopAsk(Record):
    """The shop in numbers: how far it is taken apart, how many ask, and the rule by which its services are sized."""

    out: int = setting(
        9, "Modules that run as a service of their own; the rest stays together.", unit="modules", ge=0, le=9
    )
    rps: float = setting(250, "Requests of users a second.", unit="req/s", ge=1, le=20_000)
    zones: int = setting(3, "Availability Zones.", unit="zones", ge=1, le=6, fact="az.min_per_region")
    request_kib: float = setting(
        8, "What a call and its answer carry together.", unit="KiB", assumed=True, ge=0, le=10_000
    )
    sizing: Sizing = setting(Sizing(), "The rule by which services are sized.")

    def application(self, out: int) -> Application:
        """Give the shop with so many modules apart."""
        whole = shop()
        return regrouped(whole.application, {name: name for name in whole.order[:out]}, whole.service)


@dataclass(frozen=True, slots=True)
class Bill:
    """What one cut costs. usd: an hour of all tasks on Fargate; cross_usd: an hour of calls between zones, both ways.

    needed_vcpu: what the work needs, at the share of the time that the rule says; vcpu, gib: what is bought.
    idle_gib: runtimes and side-cars. calls: from service to service for one request of a user. hops: on the longest way down.
    """

    out: int
    services: int
    tasks: int
    vcpu: float
    needed_vcpu: float
    gib: float
    idle_gib: float
    usd: float
    calls: float
    cross_calls_per_s: float
    cross_usd: float


def bill(ask: ShopAsk, out: int) -> Bill:
    """Reckon one cut; on Fargate every task is paid by its size.

    Sources: facts `fargate.price.x86_vcpu_h`, `fargate.price.x86_gb_h`, `az.cross_az_price`.
    """
    application = ask.application(out)
    names = list(dict.fromkeys(module.service for module in application.modules))
    found = [sized(application, name, ask.rps, ask.zones, ask.sizing) for name in names]
    units, calls = catalog.number("ecs.placement.cpu_unit"), calls_between(application)
    crossing = ask.rps * calls * (ask.zones - 1) / ask.zones
    times = mean_visits(application)
    working = ask.rps * sum(times[module.name] * module.work_ms for module in application.modules) / 1000
    return Bill(
        out=out,
        services=len(names),
        tasks=sum(one.tasks for one in found),
        vcpu=sum(one.tasks * one.cpu_units for one in found) / units,
        needed_vcpu=working / (ask.sizing.workers_per_vcpu * ask.sizing.busy),
        gib=sum(one.tasks * one.memory_mib for one in found) / 1024,
        idle_gib=sum(one.tasks * one.idle_mib for one in found) / 1024,
        usd=sum(one.tasks * task_usd_per_hour("ecs-fargate", one.cpu_units, one.memory_mib) for one in found),
        calls=calls,
        cross_calls_per_s=crossing,
        cross_usd=crossing * 3600 * gb_of(ask.request_kib) * gb_usd(),
    )


def bills(ask: ShopAsk) -> tuple[Bill, ...]:
    """Reckon every cut, from one service to all."""
    return tuple(bill(ask, out) for out in range(len(shop().order) + 1))


def calls_between(application: Application) -> float:
    """Count the calls from service to service for one request of a user, where all goes well.

    >>> calls_between(ShopAsk().application(0)), calls_between(ShopAsk().application(9)) > 4
    (0.0, True)
    """
    names = dict.fromkeys(module.service for module in application.modules)
    outside = sum(sum(visits_from_outside(application, name).values()) for name in names)
    return round(outside - 1.0, 9)  # each request enters once, which is no call


def gb_usd() -> float:
    """Price a GB that goes from one zone to another: it is paid on both sides. Source: fact `az.cross_az_price`."""
    return 2 * catalog.number("az.cross_az_price")


def gb_of(kib: float) -> float:
    """Turn KiB into the GB of a bill (2 to the power of 30 bytes)."""
    return kib / 1024**2
