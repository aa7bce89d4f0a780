"""What a service asks of Lambda, where Lambda runs it."""

from __future__ import annotations

from engine import catalog
from engine.fields import Record, setting

MOST = 100_000  # environments of one function: a limit of ours


class FunctionSettings(Record):
    """A service as a function. Its code, its package and its work are the service's own: `start_s`, `image_mib`, `work_ms`."""

    memory_mb: int = setting(
        int(catalog.number("lambda.vcpu_at")), "Memory of an environment; CPU grows with it.", unit="MB", fact="lambda.vcpu_at",
        ge=int(catalog.number("lambda.memory", "min")), le=int(catalog.number("lambda.memory", "max")),
    )  # fmt: skip
    time_limit_s: float = setting(
        catalog.number("lambda.timeout", "max"), "Work on a request is cut off after this.", unit="s", fact="lambda.timeout",
        ge=1, le=catalog.number("lambda.timeout", "max"),
    )  # fmt: skip
    account_concurrency: int = setting(
        int(catalog.number("lambda.concurrency_default")), "Environments in use at once in the whole account and Region.",
        unit="environments", fact="lambda.concurrency_default", ge=1, le=MOST,
    )  # fmt: skip
    reserved: int | None = setting(
        None, "Environments kept for this function alone, and its most; none = what the others leave.", unit="environments",
        fact="lambda.concurrency_default", ge=0, le=MOST,
    )  # fmt: skip
    provisioned: int = setting(0, "Environments that are kept warm, and paid for all the time.", unit="environments",
                                fact="lambda.price.provisioned", ge=0, le=MOST)  # fmt: skip
    init_s: float | None = setting(
        None, "Its start-up code on one full vCPU; none = the service's own start.", unit="s", assumed=True,
        fact="lambda.coldstart.range", ge=0, le=900,
    )  # fmt: skip
    boot_s: float = setting(
        catalog.number("lambda.coldstart.range", 0), "A new environment before any code of yours.", unit="s", assumed=True,
        fact="lambda.coldstart.range", ge=0, le=60,
    )  # fmt: skip
    fetch_mib_per_s: float = setting(100, "A package is fetched and unpacked so fast.", unit="MiB/s", assumed=True, ge=1,
                                      le=100_000)  # fmt: skip
    keep_s: float = setting(
        600, "An environment that nobody uses is kept so long.", unit="s", assumed=True, ge=1, le=86_400
    )
