"""The bill: what was used, times what it costs. US dollars, us-east-1, no free tier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine import catalog
from engine.era import Era
from engine.pricing import fargate_usd_per_hour
from engine.serverless.fargate import FargateService
from engine.serverless.flow import Flow
from engine.serverless.scenario import Pipeline
from engine.serverless.service import Service


@dataclass(frozen=True, slots=True)
class Line:
    """One line: of which box, what, how much of it, the price of one, and where that is from (none: it is an assumption)."""

    box: str
    what: str
    used: float
    usd_each: float
    facts: tuple[str, ...]

    @property
    def usd(self) -> float:
        """Multiply."""
        return self.used * self.usd_each


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one unit, out of facts."""

    each: Callable[[Pipeline, Service], float]
    facts: tuple[str, ...]


def _of(per: float, fact: str, *keys: str) -> Price:
    """Take a price out of one fact, which is for so many units."""
    return Price(lambda _pipeline, _service: catalog.number(fact, *keys) / per, (fact,))


MILLION = 1e6
PRICES: Mapping[tuple[str, str], Price] = {
    ("api-gateway", "rest_calls"): _of(MILLION, "apigw.price", "rest"),
    ("api-gateway", "http_calls"): _of(MILLION, "apigw.price", "http"),
    ("lambda-function", "requests"): _of(MILLION, "lambda.price.request"),
    ("lambda-function", "gb_s"): _of(1, "lambda.price.gb_s"),
    ("fargate-service", "task_hours"): Price(
        lambda _, service: task_usd(service), ("fargate.price.x86_vcpu_h", "fargate.price.x86_gb_h")
    ),
    ("sqs-queue", "requests"): _of(MILLION, "sqs.price"),
    ("sqs-queue", "fifo_requests"): _of(MILLION, "sqs.price_fifo"),
    ("sns-topic", "publishes"): _of(MILLION, "sns.price"),
    ("state-machine", "transitions"): _of(1, "sfn.price"),
    ("state-machine", "express_requests"): _of(MILLION, "sfn.price_express", "million"),
    ("state-machine", "express_gb_hours"): _of(1, "sfn.price_express", "gb_h"),
    ("appsync-api", "requests"): Price(
        lambda pipeline, _: pipeline.prices.appsync_million / MILLION, ("appsync.price",)
    ),
    ("appsync-api", "updates"): _of(MILLION, "appsync.price_realtime", "updates"),
    ("appsync-api", "minutes"): _of(MILLION, "appsync.price_realtime", "minutes"),
    ("dynamodb-table", "write_units"): Price(
        lambda pipeline, _: on_demand_usd(pipeline.era) / MILLION, ("ddb.price.ondemand", "ddb.price.ondemand_talk")
    ),
    ("dynamodb-table", "unit_hours"): _of(1, "ddb.price.provisioned", "wcu_h"),
    ("aurora-cluster", "acu_hours"): _of(1, "aurora.price_acu"),
    ("s3-bucket", "puts"): _of(1_000, "s3.price_requests", "put"),
    ("s3-bucket", "gb_months"): _of(1, "s3.price"),
}


def bill(flow: Flow) -> tuple[Line, ...]:
    """Write the bill of a run, box by box."""
    lines = []
    for service in flow.pipeline.services:
        for what, used in flow.usage[service.name].items():
            price = PRICES[service.kind, what]
            lines.append(Line(service.name, what, used, price.each(flow.pipeline, service), price.facts))
    return tuple(lines)


def on_demand_usd(era: Era, what: str = "write") -> float:
    """Price a million on-demand units. Source: facts `ddb.price.ondemand`, `ddb.price.ondemand_talk`.

    >>> on_demand_usd("today"), on_demand_usd("talk")
    (0.625, 1.25)
    """
    return catalog.number("ddb.price.ondemand_talk" if era == "talk" else "ddb.price.ondemand", what)


def task_usd(service: Service) -> float:
    """Price a worker's hour by its size, whatever it does."""
    if not isinstance(service, FargateService):
        raise TypeError(f"{service.name} has no tasks")
    return fargate_usd_per_hour(service.cpu_units, service.memory_mib)
