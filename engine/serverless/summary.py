"""A pipeline's run in few numbers: what the command line prints."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

from engine.serverless.bill import bill
from engine.serverless.flow import TALLIED, Flow, Kind


def summary(flow: Flow, wall_s: float) -> dict[str, Any]:
    """Boil a run down to plain data, ready for JSON. wall_s: how long it took to simulate."""
    lines = bill(flow)
    return {
        "seed": flow.pipeline.seed,
        "duration_s": flow.pipeline.duration_s,
        "turned_away": int(flow.turned_away[-1]),
        "given_up": int(flow.given_up[-1]),
        "orders": {name: int(flow.tally[name][0, -1]) for name in TALLIED},
        "notices": {name: int(flow.tally[name][1, -1]) for name in TALLIED},
        "took_s": {f"p{share}": _rounded(flow.wait(share / 100)) for share in (50, 99)},
        "boxes": {
            name: {count: int(flow.of(count, name)[-1]) for count in flow.counts if flow.of(count, name)[-1]}
            for name in flow.boxes
        },
        "cost_usd": {name: sum(line.usd for line in lines if line.box == name) for name in flow.boxes},
        "log": [
            {
                "at_s": round(float(flow.at_s[i]), 3), "what": Kind(int(flow.kind[i])).name.lower(), "box": flow.box[i],
                "value": float(flow.value[i]), "reason": flow.reason[i],
            }
            for i in range(len(flow))
        ],
        "digest": flow.digest,
        "wall_s": wall_s,
    }  # fmt: skip


def log_csv(flow: Flow) -> str:
    """Write the log as a table for other programs."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["at_s", "what", "box", "value", "reason"])
    for i in range(len(flow)):
        what = Kind(int(flow.kind[i])).name.lower()
        rows.writerow([f"{flow.at_s[i]:.3f}", what, flow.box[i], f"{flow.value[i]:g}", flow.reason[i]])
    return out.getvalue()


def seconds_csv(flow: Flow) -> str:
    """Write every box's account second by second."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["second", "box", *flow.counts, *flow.gauges])
    for second in range(flow.seconds + 1):
        for place, box in enumerate(flow.boxes):
            counts = [int(column[place, second]) for column in flow.counts.values()]
            gauges = [f"{column[place, second]:g}" for column in flow.gauges.values()]
            rows.writerow([second, box, *counts, *gauges])
    return out.getvalue()


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 3)


def as_text(found: dict[str, Any]) -> str:
    """Lay a summary out for a person."""
    orders = found["orders"]
    rows = [
        ("simulated", f"{found['duration_s']:,} s, seed {found['seed']}"),
        ("turned away", f"{found['turned_away']:,} requests, {found['given_up']:,} orders given up"),
        ("accepted", _account(orders)),
        ("notices", _account(found["notices"])),
        ("an order took", ", ".join(f"{name} {value} s" for name, value in found["took_s"].items())),
        *((name, ", ".join(f"{n:,} {what}" for what, n in counts.items())) for name, counts in found["boxes"].items()),
        *((f"cost: {name}", f"$ {usd:,.4f}") for name, usd in found["cost_usd"].items()),
        *(("log", _told(event)) for event in found["log"]),
        ("digest", found["digest"][:16]),
        ("took", f"{found['wall_s'] * 1000:,.0f} ms"),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"  {name:<{width}}  {value}" for name, value in rows)


def _account(tally: dict[str, int]) -> str:
    """Write an account as a sum: what came, and what became of it."""
    ends = " + ".join(f"{n:,} {what}" for what, n in tally.items() if n and what not in {"accepted", "copied"})
    copies = f" + {tally['copied']:,} copies" if tally["copied"] else ""
    return f"{tally['accepted']:,}{copies} = {ends or '0'}"


def _told(event: dict[str, Any]) -> str:
    value = f" {event['value']:g}" if event["value"] else ""
    words = [f"{event['at_s']:,.1f} s", event["what"].replace("_", " ") + value, event["box"], event["reason"]]
    return "  ".join(word for word in words if word)
