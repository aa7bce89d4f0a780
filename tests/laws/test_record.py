"""Yesterday's numbers. A change to one is explained in its commit; QUAYSIDE_RECORD=1 writes them anew."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from engine import Kind, Scenario, run
from engine.traffic.plane import FAILURES

RECORDED = Path(__file__).resolve().parents[1] / "recorded"


def key_figures(run_):
    """Boil a run down to what a reader could check by hand: counts and moments, no digest."""
    events = run_.events
    kinds = Counter(Kind(int(kind)).name for kind in events.kind)
    served = events.where(Kind.TASK_SERVING)
    return {
        "events": dict(sorted(kinds.items())),
        "last_task_serving_s": round(float(events.at_s[served].max(initial=0)), 6),
        "services": {
            service.name: {
                "arrived": int(service.arrived.sum()),
                "retried": int(service.retried.sum()),
                "served": int(service.served.sum()),
                "failed": {  # an error is written down where there is one: the records are older than the cause
                    cause: n
                    for cause, n in zip(FAILURES, service.failed.sum(axis=(1, 2)).tolist(), strict=True)
                    if n or cause != "error"
                },
                "in_flight": service.in_flight,
                "busy_ns": int(service.busy_ns.sum()),
            }
            for service in run_.requests.services
        },
        "hosts": " ".join(name for name, _ in run_.hosts),
    }


@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.json")), ids=lambda path: path.stem)
def test_the_numbers_are_yesterdays(path):
    record = json.loads(path.read_text())
    figures = key_figures(run(Scenario.of(record["scenario"])))
    if os.environ.get("QUAYSIDE_RECORD"):
        path.write_text(json.dumps(record | {"figures": figures}, indent=1) + "\n")

    assert figures == json.loads(path.read_text())["figures"]


def test_there_are_records():
    assert len(list(RECORDED.glob("*.json"))) >= 4
