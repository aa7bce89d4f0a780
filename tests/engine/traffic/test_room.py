"""Room: the compiled loops hold no bounds, so their tables are wide enough before a loop begins, whatever a window ends in."""

import pytest

from engine import Scenario
from engine import run as simulate
from engine.traffic import compiled
from engine.traffic.functions import compiled as functions

# Thousands are on their way when a zone goes dark; their clients all give up before the next window, and all of them try again.
CROWD = {
    "duration_s": 25,
    "traffic": {"rps": 2_500},
    "services": [{"name": "web", "desired": 30, "timeout_s": 3, "retries": 2, "retry_after_s": 8, "concurrency": 50}],
    "operations": [{"do": "fail-zone", "zone": "b", "at_s": 5}],
}


@pytest.mark.parametrize("launch_type", ["ecs-fargate", "lambda"])
def test_whatever_was_on_its_way_may_fail_at_once_and_be_tried_again(launch_type, monkeypatch):
    seen = []

    def watch(module):
        whole = module._Lane._arguments

        def arguments(lane, until_s, *, fresh):
            found = whole(lane, until_s, fresh=fresh)
            carry, n = found[5], found[5].n
            need = n[module.kernel.N_AGAIN] + fresh * n[module.kernel.N_PENDING]
            assert need < len(carry.again), "the loop might write beyond its table"
            seen.append(int(n[module.kernel.N_PENDING]))
            return found

        monkeypatch.setattr(module._Lane, "_arguments", arguments)

    watch(compiled)
    watch(functions)
    run = simulate(Scenario.of(CROWD | {"launch_type": launch_type}))

    assert max(seen) > 1024  # more than a table holds at first
    assert sum(int(one.retried.sum()) for one in run.requests.services) > 1024
