"""What the learner runs: so many tasks of one size, for so many hours, and the requests they answer."""

from __future__ import annotations

from pydantic import field_validator

from engine.fields import Record, known_instance_type, setting


class Workload(Record):
    """One service, as every way of running it would be asked for it."""

    tasks: int = setting(6, "Copies that run at the same time.", unit="tasks", ge=1, le=500)
    cpu_units: int = setting(512, "CPU that a copy asks for.", unit="CPU units", ge=128, le=32_768)
    memory_mib: int = setting(1_024, "Memory that a copy asks for.", unit="MiB", ge=128, le=249_856)
    hours: float = setting(24, "Hours a day that the copies run; hosts are there as long.", unit="h", ge=0.5, le=24)
    rps: float = setting(10, "Requests a second while they run.", unit="req/s", ge=0, le=50_000)
    request_ms: int = setting(200, "How long a function works on a request.", unit="ms", ge=1, le=900_000)
    function_mb: int = setting(1_024, "Memory of a function.", unit="MB", ge=128, le=32_768)
    image_mib: int = setting(400, "How large the image is, compressed.", unit="MiB", ge=1, le=100_000)
    versions: int = setting(10, "Versions of the image that the registry keeps.", unit="images", ge=1, le=10_000)
    pulled_gb: float = setting(50, "What hosts and tasks pull from the registry in a month.", unit="GB", ge=0, le=1e6)
    instance_type: str = setting("m5.large", "The hosts' instance type.", max_length=30)

    trunking: bool = setting(False, "More network interfaces for ECS tasks on a host; off unless you ask.")

    @field_validator("instance_type")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return known_instance_type(name)
