"""Any small pipeline: short, with every box there or not, tight limits, and much done to it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from engine.serverless import Pipeline

END_S = 70
MOMENT = st.integers(0, END_S * 4).map(lambda quarter: quarter / 4)


def operations(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Anything that can be done, to any box that it fits."""
    pausing = [name for name in names if name in {"take", "worker", "notify", "ledger"}]
    zone, box = st.sampled_from("abc"), st.sampled_from(names)
    short = st.integers(1, 40)
    every = [
        st.fixed_dictionaries({"do": st.just("fail-zone"), "zone": zone, "at_s": MOMENT}, optional={"box": box}),
        st.fixed_dictionaries({"do": st.just("restore-zone"), "zone": zone, "at_s": MOMENT}),
        st.fixed_dictionaries({"do": st.just("break-box"), "box": box, "for_s": short, "at_s": MOMENT}),
        st.fixed_dictionaries({"do": st.just("poison"), "orders": st.integers(1, 50), "at_s": MOMENT}),
        st.fixed_dictionaries(
            {"do": st.just("spike"), "factor": st.sampled_from([0.1, 4, 40]), "for_s": short, "at_s": MOMENT}
        ),
        st.fixed_dictionaries(
            {"do": st.just("hot-key"), "share": st.sampled_from([0.3, 1]), "for_s": short, "at_s": MOMENT}
        ),
    ]
    if pausing:
        what = st.sampled_from(["pause-box", "resume-box"])
        every.append(st.fixed_dictionaries({"do": what, "box": st.sampled_from(pausing), "at_s": MOMENT}))
    if "orders" in names:
        every.append(st.fixed_dictionaries({"do": st.just("redrive"), "box": st.just("orders"), "at_s": MOMENT}))
    return st.one_of(every)


def _function(draw: st.DrawFn, name: str, to: list[str]) -> dict[str, Any]:
    return {
        "kind": "lambda-function", "name": name, "to": to, "memory_mb": draw(st.sampled_from([128, 512, 3008])),
        "cpu_s": draw(st.sampled_from([0.005, 0.1])), "wait_s": draw(st.sampled_from([0, 0.4, 2.5, 35])),
        "timeout_s": draw(st.sampled_from([3, 60])), "reserved": draw(st.sampled_from([None, None, 1, 30])),
        "provisioned": draw(st.sampled_from([0, 3])), "batch": draw(st.sampled_from([1, 10])),
        "fails_on_poison": draw(st.booleans()), "keeps_failed": draw(st.booleans()), "keep_s": draw(st.sampled_from([5, 600])),
    }  # fmt: skip


def _fargate(draw: st.DrawFn, to: list[str]) -> dict[str, Any]:
    return {
        "kind": "fargate-service", "name": "worker", "to": to, "tasks": draw(st.integers(1, 9)),
        "slots": draw(st.integers(1, 12)), "work_s": draw(st.sampled_from([0, 0.3, 4, 15])),
        "zones": draw(st.integers(1, 3)), "is_scaled": draw(st.booleans()), "backlog": draw(st.sampled_from([1, 50])),
        "start_s": draw(st.sampled_from([1, 20])), "max_tasks": 30,
    }  # fmt: skip


def _table(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "kind": "dynamodb-table", "name": "table", "mode": draw(st.sampled_from(["on-demand", "provisioned"])),
        "item_kb": draw(st.sampled_from([0.5, 9, 400])), "is_conditional": draw(st.booleans()),
        "previous_peak": draw(st.sampled_from([0, 3_000])), "units": draw(st.sampled_from([1, 50])),
        "update_s": draw(st.sampled_from([0, 30])),
    }  # fmt: skip


def _queue(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "kind": "sqs-queue", "name": "orders", "to": ["worker"], "is_fifo": draw(st.booleans()),
        "groups": draw(st.sampled_from([1, 20])), "visibility_s": draw(st.sampled_from([1, 3, 30])),
        "has_dlq": draw(st.booleans()), "max_receives": draw(st.sampled_from([1, 2, 10])),
        "retention_s": draw(st.sampled_from([60, 345_600])),
    }  # fmt: skip


def _machine(draw: st.DrawFn, to: list[str]) -> dict[str, Any]:
    return {
        "kind": "state-machine", "name": "fulfil", "to": to, "type": draw(st.sampled_from(["standard", "express"])),
        "retries": draw(st.integers(0, 3)), "catches": draw(st.booleans()), "lines": draw(st.integers(1, 4)),
        "map_over": draw(st.sampled_from([None, to[0]])),
    }  # fmt: skip


def _ledger(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "kind": "aurora-cluster", "name": "ledger", "min_acu": draw(st.sampled_from([0, 0.5, 4])),
        "is_paused": draw(st.booleans()), "driver": draw(st.sampled_from(["data-api", "connection"])),
        "replicas": draw(st.integers(0, 1)), "queries_per_acu": draw(st.sampled_from([5, 150])),
    }  # fmt: skip


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """Draw a pipeline: through a function or not, over a queue or not, with a state machine or without, and a topic."""
    has_take, has_queue, has_machine = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    has_topic = draw(st.booleans())
    services: list[dict[str, Any]] = []
    last = [*(["table"] if draw(st.booleans()) else []), "ledger", "archive", *(["ordered"] if has_topic else [])]
    if has_topic:
        services += [{"kind": "sns-topic", "name": "ordered", "to": ["notify"]}, _function(draw, "notify", ["live"])]
        clients = draw(st.integers(0, 9))
        limit = draw(st.sampled_from([5, 2_000]))
        services.append({"kind": "appsync-api", "name": "live", "clients": clients, "requests_per_s": limit})
    if "table" in last:
        services.append(_table(draw))
    services += [_ledger(draw), {"kind": "s3-bucket", "name": "archive"}]
    onward = ["fulfil"] if has_machine else last
    if has_machine:
        services.append(_machine(draw, last))
    if has_queue:
        services += [_queue(draw), _fargate(draw, onward) if draw(st.booleans()) else _function(draw, "worker", onward)]
        onward = ["orders"]
    if has_take or len(onward) > 1:
        services.append(_function(draw, "take", onward))
        onward = ["take"]
    services.append({
        "kind": "api-gateway", "name": "api", "to": onward, "rate_per_s": draw(st.sampled_from([5, 10_000])),
        "burst": draw(st.sampled_from([1, 5_000])), "api": draw(st.sampled_from(["rest", "http"])),
    })  # fmt: skip
    names = [service["name"] for service in services]
    return Pipeline.of({
        "seed": draw(st.integers(0, 9_999)), "duration_s": END_S, "era": draw(st.sampled_from(["talk", "today"])),
        "concurrency": draw(st.sampled_from([4, 1_000])),
        "traffic": {
            "orders_per_s": draw(st.sampled_from([0.2, 7, 300])), "hot_share": draw(st.sampled_from([0, 0.5])),
            "retries": draw(st.integers(0, 3)), "wait_s": draw(st.sampled_from([0.1, 1, 5])),
            "doubles": draw(st.booleans()), "jitter": draw(st.booleans()), "is_random": draw(st.booleans()),
        },
        "services": services, "operations": draw(st.lists(operations(names), max_size=6)),
    })  # fmt: skip
