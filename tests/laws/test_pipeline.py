"""A pipeline's laws, for any boxes, any traffic, and whatever is done to it."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import catalog
from engine.lambda_rules import billed_s
from engine.serverless import bill, run
from tests.laws.any_pipeline import END_S, operations, pipelines

FEW = settings(max_examples=30)


@FEW
@given(pipelines())
def test_every_message_is_accounted_for_at_every_moment(pipeline):
    flow = run(pipeline)

    ends = ("done", "refused", "failed", "suppressed", "superseded", "lost", "queued", "working", "dead")
    came = flow.counts["offered"] + flow.counts["copied"]
    assert (came == sum(flow.counts[name] for name in ends)).all(), "each box"
    whole = ("done", "again", "suppressed", "superseded", "refused", "lost", "queued", "working", "dead")
    came = flow.tally["accepted"] + flow.tally["copied"]
    assert (came == sum(flow.tally[name] for name in whole)).all(), "the whole"
    assert all((table >= 0).all() for table in (*flow.counts.values(), *flow.tally.values()))
    assert (flow.tally["done"] <= flow.tally["accepted"]).all(), "nothing comes to its first end twice"
    for name in ("accepted", "done", "again", "suppressed", "refused", "lost", "copied"):
        assert (np.diff(flow.tally[name]) >= 0).all()


@FEW
@given(pipelines())
def test_nothing_is_refused_below_a_documented_limit(pipeline):
    flow = run(pipeline)

    for service in pipeline.services:
        refused = np.diff(flow.of("refused", service.name))
        asked, limit = flow.gauge("asked", service.name)[1:], flow.gauge("limit", service.name)[1:]
        if service.kind == "aurora-cluster":
            continue  # its size is no published limit
        hot = refused > 0
        if service.kind == "dynamodb-table":
            on_key = catalog.number("ddb.partition_limit", "wcu")
            each = math.ceil(service.item_kb)
            least = catalog.number("ddb.ondemand.initial", "writes_s") if service.mode == "on-demand" else service.units
            assert (asked[hot] > np.minimum(limit[hot], on_key) - each).all()
            assert service.mode == "provisioned" or (limit >= least).all()
        elif service.kind == "s3-bucket":
            assert (asked[hot] > catalog.number("s3.rate", "write")).all()
        elif service.kind == "api-gateway":
            sent = np.concatenate([[0], np.cumsum(asked)])
            for second in np.flatnonzero(hot):  # some stretch of time brought more than the burst and the rate allow
                lengths = second + 1 - np.arange(second + 1)
                assert (
                    (sent[second + 1] - sent[: second + 1]) > service.burst + service.rate_per_s * lengths - 1
                ).any()
        elif service.kind == "lambda-function":
            share = 1 if service.reserved is None else service.reserved
            assert (asked[hot] > limit[hot] - 1).all()
            assert (limit[hot] <= max(pipeline.concurrency, share)).all()
        elif np.isfinite(limit).any():
            assert (asked[hot] > limit[hot] - max(1, getattr(service, "lines", 1))).all()


@FEW
@given(pipelines())
def test_bills_are_usage_times_price(pipeline):
    flow = run(pipeline)
    last = {name: {count: int(flow.of(count, name)[-1]) for count in flow.counts} for name in flow.boxes}
    usd = {(line.box, line.what): line.usd for line in bill(flow)}

    for service in pipeline.services:
        name, of = service.name, last[service.name]
        if service.kind == "api-gateway":
            calls = int(flow.tally["accepted"][0, -1])
            price = catalog.number("apigw.price", service.api) / 1e6
            assert math.isclose(usd[name, f"{service.api}_calls"], calls * price)
        if service.kind == "s3-bucket" and not any(s.kind == "state-machine" for s in pipeline.services):
            assert math.isclose(usd[name, "puts"], of["done"] * catalog.number("s3.price_requests", "put") / 1000)
        if service.kind == "dynamodb-table" and service.mode == "on-demand":
            lines = max(
                getattr(s, "lines", 1) if getattr(s, "map_over", None) == name else 1 for s in pipeline.services
            )
            written = (of["offered"] - of["refused"] - _broken(pipeline, name, of)) * math.ceil(service.item_kb) * lines
            price = 1.25 if pipeline.era == "talk" else 0.625
            assert usd[name, "write_units"] <= written * price / 1e6 + 1e-12
        if service.kind == "dynamodb-table" and service.mode == "provisioned":
            units = flow.gauge("size", name)
            assert math.isclose(usd[name, "unit_hours"], _seconds(units) / 3600 * 0.00065, rel_tol=0.05)
        if service.kind == "fargate-service":
            hour = service.cpu_units / 1024 * 0.04048 + service.memory_mib / 1024 * 0.004445
            tasks = flow.gauge("size", name)
            assert math.isclose(usd[name, "task_hours"], _seconds(tasks) / 3600 * hour, rel_tol=0.2, abs_tol=1e-3)
        if service.kind == "sns-topic":
            assert math.isclose(usd[name, "publishes"], flow.usage[name]["publishes"] * 0.5 / 1e6)
        if service.kind == "appsync-api":
            updates = of["done"] * service.clients
            assert math.isclose(usd[name, "updates"], updates * 2.0 / 1e6)
            assert math.isclose(usd[name, "minutes"], service.clients * END_S / 60 * 0.08 / 1e6)
        if service.kind == "lambda-function":
            started = of["done"] + of["failed"] + of["suppressed"] + of["working"]
            least_s = 0 if started == 0 else billed_s(0.0, pipeline.era)
            assert usd[name, "gb_s"] >= least_s
            assert math.isclose(usd[name, "requests"], flow.usage[name]["requests"] * 0.2 / 1e6)
    assert all(line.usd >= 0 for line in bill(flow))


def _broken(pipeline, name, of):
    return 0 if any(getattr(o, "box", "") == name for o in pipeline.operations) else of["failed"] * 0


def _seconds(sizes):
    """Add up a size that was looked at each second, before the second was lived."""
    return float(sizes[:-1].sum())


@settings(max_examples=12)
@given(pipelines())
def test_the_same_pipeline_gives_the_same_run(pipeline):
    assert run(pipeline).digest == run(type(pipeline).from_token(pipeline.token())).digest


@settings(max_examples=30)
@given(pipelines(), st.data())
def test_what_is_done_later_changes_nothing_before(pipeline, data):
    extra = data.draw(operations(list(pipeline.names)))
    at_s = extra["at_s"]
    done = [o.model_dump(mode="json") for o in pipeline.operations if o.at_s < at_s]
    calm = pipeline.with_("operations", done)
    acted = pipeline.with_("operations", [*done, extra])

    assert run(calm).before(at_s) == run(acted).before(at_s)
