"""DynamoDB: a table that takes so many units a second: twice its peak on demand, or what was provisioned and saved up."""

from __future__ import annotations

from collections import deque
from math import ceil
from typing import Literal

from engine import catalog
from engine.fields import setting
from engine.serverless.box import Account, Held
from engine.serverless.flow import Kind
from engine.serverless.limits import Refusals
from engine.serverless.parcel import BUSY, DUPLICATE, ERROR, THROTTLED, WENT_WELL, Parcel, Reply
from engine.serverless.service import Service
from engine.serverless.world import World


class DynamoDbTable(Service):
    """A table that takes one write for each message."""

    kind: Literal["dynamodb-table"]
    mode: Literal["on-demand", "provisioned"] = setting(
        "on-demand", "Pay by request, or for units an hour.", fact="ddb.default_mode"
    )
    item_kb: float = setting(1, "Size of an item: each KB begun is a unit.", unit="KB", fact="ddb.wcu", ge=0.1, le=400)
    is_conditional: bool = setting(
        True, "Write only if the order is not there yet: a second copy is noticed here and goes no further."
    )
    previous_peak: float = setting(
        0, "The table's highest peak before this run, in write units a second.", unit="1/s", fact="ddb.ondemand.double", ge=0,
        le=1e6,
    )  # fmt: skip
    units: float = setting(100, "Write units provisioned.", unit="1/s", ge=1, le=40_000)
    is_scaled: bool = setting(True, "Auto scaling changes the units provisioned.", fact="ddb.autoscaling_target")
    min_units: float = setting(5, "Auto scaling's least.", unit="1/s", ge=1, le=40_000)
    max_units: float = setting(2_000, "Auto scaling's most.", unit="1/s", ge=1, le=40_000)
    update_s: float = setting(60, "Until changed units count.", unit="s", assumed=True, ge=0, le=3_600)
    latency_s: float = setting(0.008, "An answer's time.", unit="s", assumed=True, ge=0, le=10)


class Table:
    """A table at work."""

    def __init__(self, world: World, spec: DynamoDbTable) -> None:
        """Begin with all capacity that could be saved up. Source: fact `ddb.burst`."""
        self.world, self.spec = world, spec
        self.account, self.held = Account(), Held()
        self.broken_until_s = -1.0
        self.units = spec.units
        self.saved = self.units * catalog.number("ddb.burst")
        self.asked = self.used = self.used_hot = 0
        self.written = 0
        self.unit_s = 0.0
        self.peaks: deque[tuple[float, float]] = deque()  # when a second beat all before it
        self.minute: list[int] = []
        self.above = self.below = 0
        self.is_updating = False
        self.room = self.limit
        self.refusals = Refusals(world, spec.name)

    @property
    def usual_s(self) -> float:
        """Give an answer's time."""
        return self.spec.latency_s

    @property
    def limit(self) -> float:
        """Give the units that this second allows.

        Source: facts `ddb.ondemand.initial`, `ddb.ondemand.double`, `ddb.table_quota`, `ddb.burst`.
        """
        if self.spec.mode == "provisioned":
            return self.units + self.saved
        twice = catalog.number("ddb.ondemand.double", "factor") * max(self.spec.previous_peak, self._peak())
        return min(catalog.number("ddb.table_quota"), max(catalog.number("ddb.ondemand.initial", "writes_s"), twice))

    def _peak(self) -> float:
        """Give the highest second that is old enough to count."""
        old_s = self.world.now - catalog.number("ddb.ondemand.double", "window_min") * 60
        return max((peak for at_s, peak in self.peaks if at_s <= old_s), default=0.0)

    def offer(self, parcel: Parcel, reply: Reply) -> None:
        """Write what this second still has room for; one key has no more room than its partition."""
        n, account = parcel.n, self.account
        account.offered += n
        if self.world.now < self.broken_until_s:
            account.failed += n
            reply(parcel, ERROR)
            return
        each = ceil(self.spec.item_kb / catalog.number("ddb.wcu")) * parcel.each
        self.asked += n * each
        room, why = int((self.room - self.used) // each), "table"
        if parcel.hot:
            on_key = int((catalog.number("ddb.partition_limit", "wcu") - self.used_hot) // each)
            if on_key < room:
                room, why = on_key, "key"
        room = max(0, min(n, room))
        if room < n:
            out = parcel.split(n - room)
            account.refused += out.n
            self.refusals.refuse(why)
            reply(out, THROTTLED)
        if room:
            self.used += room * each
            self.used_hot += room * each * parcel.hot
            self.written += room * each
            self._write(parcel, reply)

    def _write(self, parcel: Parcel, reply: Reply) -> None:
        """Write; where the write asks whether the order is there already, tell copies apart."""
        fate = parcel.fate
        fresh = min(parcel.n, fate.n - fate.claimed) if self.spec.is_conditional else parcel.n
        known = min(parcel.n - fresh, fate.passed)
        for part, answer in ((known, DUPLICATE), (parcel.n - fresh - known, BUSY)):
            if part:
                out = parcel.split(part)
                if answer == DUPLICATE:
                    self.account.suppressed += part
                else:
                    self.account.failed += part
                reply(out, answer)
        if fresh:
            self.account.done += fresh
            if self.spec.is_conditional:
                fate.claimed += fresh
                parcel.is_claimed = True
            reply(parcel, WENT_WELL)

    def tick(self) -> None:
        """Save up what was not used, and let auto scaling look once a minute."""
        if self.used and (not self.peaks or self.used > self.peaks[-1][1]):
            self.peaks.append((self.world.now, float(self.used)))
        if self.spec.mode == "provisioned":
            self.unit_s += self.units
            most = self.units * catalog.number("ddb.burst")
            self.saved = min(most, max(0.0, self.saved + self.units - self.used))
            self._look()
        self.asked = self.used = self.used_hot = 0
        self.room = self.limit
        self.refusals.tick()

    def _look(self) -> None:
        """Follow the target, late on the way up and later on the way down.

        Source: facts `ddb.autoscaling_target`, `ddb.autoscaling_alarm`.
        """
        self.minute.append(self.used)
        if len(self.minute) < 60 or not self.spec.is_scaled:
            return
        mean, self.minute = sum(self.minute) / len(self.minute), []
        target = catalog.number("ddb.autoscaling_target") / 100
        low = target * (1 - catalog.number("ddb.autoscaling_alarm", "in_below_percent") / 100)
        self.above = self.above + 1 if mean > self.units * target else 0
        self.below = self.below + 1 if mean < self.units * low else 0
        wanted = min(self.spec.max_units, max(self.spec.min_units, float(ceil(mean / target))))
        is_up = self.above >= catalog.number("ddb.autoscaling_alarm", "out_min") and wanted > self.units
        is_down = self.below >= catalog.number("ddb.autoscaling_alarm", "in_min") and wanted < self.units
        if (is_up or is_down) and not self.is_updating:
            self.is_updating = True
            self.world.after(self.spec.update_s, lambda: self._update(wanted))

    def _update(self, units: float) -> None:
        self.is_updating, self.units = False, units
        self.above = self.below = 0
        self.world.note(Kind.SCALED, self.spec.name, units)

    def usage(self) -> dict[str, float]:
        """Count units written, or units provisioned times their seconds."""
        if self.spec.mode == "on-demand":
            return {"write_units": float(self.written)}
        return {"unit_hours": self.unit_s / 3600}

    def gauges(self) -> tuple[float, float, float]:
        """Give the units asked for in this second, the limit, and the units provisioned."""
        return float(self.asked), self.room, self.units if self.spec.mode == "provisioned" else self.room

    def lose_zone(self, zone: str) -> str:
        """Go on: items lie in three zones."""
        del zone
        return "on"

    def regain_zone(self, zone: str) -> None:
        """Notice nothing."""
