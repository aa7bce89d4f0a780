"""What the reader chooses of a pipeline: the boxes, who hands to whom, the traffic, and what is done to it, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from engine import catalog, reading
from engine.era import Era
from engine.fields import Record, setting
from engine.placement.room import ZONES
from engine.serverless.api_gateway import ApiGateway
from engine.serverless.appsync import AppSyncApi
from engine.serverless.aurora import AuroraCluster
from engine.serverless.dynamodb import DynamoDbTable
from engine.serverless.fargate import FargateService
from engine.serverless.lambda_ import LambdaFunction
from engine.serverless.operations import LONGEST_S, Operation
from engine.serverless.s3 import S3Bucket
from engine.serverless.service import Name, Service
from engine.serverless.sns import SnsTopic
from engine.serverless.sqs import SqsQueue
from engine.serverless.step_functions import StateMachine

AnyService = Annotated[
    ApiGateway
    | LambdaFunction
    | FargateService
    | SqsQueue
    | SnsTopic
    | StateMachine
    | AppSyncApi
    | DynamoDbTable
    | AuroraCluster
    | S3Bucket,
    Field(discriminator="kind"),
]


class OrderTraffic(Record):
    """The clients: how many orders they send, and what they do when they are turned away."""

    enters: Name = "api"
    orders_per_s: float = setting(20, "Orders that clients send.", unit="1/s", gt=0, le=100_000)
    is_random: bool = setting(True, "Orders come at random; off: evenly.")
    hot_share: float = setting(0, "Share of the orders that fall on one key.", unit="share", ge=0, le=1)
    retries: int = setting(0, "A client that is turned away sends its order again so often.", ge=0, le=8)
    wait_s: float = setting(1, "Before it sends it again.", unit="s", ge=0.1, le=60)
    doubles: bool = setting(False, "Each wait is twice the one before.")
    jitter: bool = setting(False, "Clients wait a random part of it, so that they do not come back together.")


class ServicePrices(Record):
    """Prices that nobody could look up for us."""

    appsync_million: float = setting(
        catalog.number("appsync.price"), "AppSync: a million queries and mutations.", unit="USD", assumed=True,
        fact="appsync.price", ge=0, le=1_000,
    )  # fmt: skip


class Pipeline(Record):
    """A pipeline of services, from which a run follows to the bit."""

    seed: int = setting(1, "The run's own chance: same seed, same run.", ge=0, le=2**32 - 1)
    duration_s: int = setting(600, "How long to simulate.", unit="s", ge=10, le=LONGEST_S)
    era: Era = setting("today", "Prices and limits of today, or of the talk.")
    zone_count: int = setting(3, "Zones of the Region.", ge=2, le=6)
    concurrency: int = setting(
        int(catalog.number("lambda.concurrency_default")), "Environments that all functions share.",
        fact="lambda.concurrency_default", ge=1, le=1_000_000,
    )  # fmt: skip
    traffic: OrderTraffic = OrderTraffic()
    prices: ServicePrices = ServicePrices()
    services: tuple[AnyService, ...] = Field(min_length=1, max_length=20, description="The boxes.")
    operations: tuple[Operation, ...] = setting((), "What is done, and when.", max_length=200)

    @classmethod
    def read(cls, text: str) -> Pipeline:
        """Read YAML or JSON; every problem at once as a `ScenarioError`."""
        return cls.of(reading.parse(text))

    @classmethod
    def of(cls, given: object) -> Pipeline:
        """Check plain data; every problem at once as a `ScenarioError`."""
        from engine.serverless.checks import problems  # noqa: PLC0415 - the checks look at what is defined here

        return reading.check(cls, given, problems)

    @classmethod
    def named(cls, name: str) -> Pipeline:
        """Read one of our own (data/pipelines/)."""
        return cls.read(catalog.pipeline_text(name))

    @classmethod
    def from_token(cls, token: str) -> Pipeline:
        """Read what `token` wrote into a link."""
        return cls.of(reading.untoken(token))

    def token(self) -> str:
        """Write the whole pipeline as a URL-safe word; `from_token` reads it back without loss."""
        return reading.token(self.model_dump(mode="json", exclude_defaults=True))

    def with_(self, path: str, value: object) -> Pipeline:
        """Change one value by its dotted path and check again; a box is named by its name."""
        return self.of(reading.put(self.model_dump(mode="json"), path, value))

    def acting(self, *operations: Operation) -> Pipeline:
        """Append operations: what a click on a box does at the playhead."""
        whole = self.model_dump(mode="json")
        added = [operation.model_dump(mode="json") for operation in operations]
        return self.of(whole | {"operations": [*whole["operations"], *added]})

    def to_yaml(self) -> str:
        """Write what differs from the defaults."""
        return reading.to_yaml(self)

    @property
    def zones(self) -> tuple[str, ...]:
        """Give the zones by their letters."""
        return tuple(ZONES[: self.zone_count])

    @property
    def names(self) -> tuple[str, ...]:
        """Name the boxes, in order."""
        return tuple(service.name for service in self.services)

    def service(self, name: str) -> Service | None:
        """Find a box by its name."""
        return next((service for service in self.services if service.name == name), None)

    def readers(self) -> Iterator[tuple[str, str]]:
        """Pair each queue with the box that reads it."""
        for service in self.services:
            if isinstance(service, SqsQueue) and service.to:
                yield service.name, service.to[0]


def operation(**given: Any) -> Operation:
    """Build one operation from its words; every problem as a `ScenarioError`."""
    found = reading.check(_Holder, {"operations": [given]}, lambda _: [])
    return found.operations[0]


class _Holder(Record):
    operations: tuple[Operation, ...]
