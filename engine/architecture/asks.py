"""What may be turned about pieces in general: how many, how good, how fast, and who is called when they break."""

from __future__ import annotations

from engine import catalog
from engine.fields import Record, setting

MOST_PARTS = 50
MOST_CALLS = 100


class PiecesAsk(Record):
    """Parts that an answer needs, one after the other; each fails and waits on its own."""

    parts: int = setting(10, "Parts that an answer passes through.", unit="parts", ge=1, le=MOST_PARTS)
    optional: int = setting(0, "So many of them it can do without: an error there is left out.", unit="parts", ge=0,
                             le=MOST_PARTS)  # fmt: skip
    available_percent: float = setting(
        catalog.number("sla.compute", "region"), "How often one part answers. A promise, not a measurement.", unit="%",
        fact="sla.compute", ge=90, le=100,
    )  # fmt: skip
    copies: int = setting(1, "Copies of each part, in zones of their own; one is enough.", unit="copies", ge=1, le=4)
    restore_min: float = setting(30, "How long a part is down, on average.", unit="min", assumed=True, ge=1, le=600)
    brief_share: float = setting(
        0.5, "Of what fails, the part that another try would find well: a lost packet, one bad task.", unit="share",
        assumed=True, ge=0, le=1,
    )  # fmt: skip
    retries: int = setting(0, "How often each caller tries again.", unit="times", ge=0, le=5)
    work_ms: float = setting(
        10, "Work of one part on one request, on average.", unit="ms", assumed=True, gt=0, le=1_000
    )
    busy: float = setting(0.6, "Share of the time that each part works.", unit="share", assumed=True, ge=0, le=0.8)
    hop_ms: float = setting(1, "A call between two parts: network, packing and unpacking.", unit="ms", assumed=True, ge=0,
                             le=100)  # fmt: skip
    calls: int = setting(10, "Calls that one part makes at the same time; the slowest decides.", unit="calls", ge=1,
                          le=MOST_CALLS)  # fmt: skip
    seed: int = setting(1, "The simulation's own chance.", ge=0, le=9_999)

    @property
    def needed(self) -> int:
        """Count the parts without which there is no answer."""
        return max(self.parts - self.optional, 0)


class PagerAsk(Record):
    """What calls a person: the code's own faults wherever it runs, and what each service brings besides."""

    modules: int = setting(10, "Modules of the application.", unit="modules", ge=1, le=MOST_PARTS)
    services: int = setting(10, "Services that they run as.", unit="services", ge=1, le=MOST_PARTS)
    of_code: float = setting(
        0.3, "Alarms a month from a module's own faults, in whichever process it runs.", unit="a month", assumed=True,
        ge=0, le=30,
    )  # fmt: skip
    of_service: float = setting(
        0.4, "Alarms a month that a service brings besides: its releases, certificates, quotas, tasks and calls.",
        unit="a month", assumed=True, ge=0, le=30,
    )  # fmt: skip
    minutes: float = setting(45, "What one alarm takes a person.", unit="min", assumed=True, ge=1, le=600)
    night_share: float = setting(
        0.33, "Share of the alarms that come at night.", unit="share", assumed=True, ge=0, le=1
    )
    seed: int = setting(1, "The simulation's own chance.", ge=0, le=9_999)
