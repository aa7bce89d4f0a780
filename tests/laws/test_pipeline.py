"""A pipeline's laws, for any boxes, any traffic, and whatever is done to it."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import catalog
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
    """Usage is counted again from what boxes said of themselves each second; prices are read again from the facts."""
    flow = run(pipeline)
    usd = {(line.box, line.what): line.usd for line in bill(flow)}

    for service in pipeline.services:
        of = {count: int(flow.of(count, service.name)[-1]) for count in flow.counts}
        broken = any(getattr(o, "box", None) == service.name and o.do == "break-box" for o in pipeline.operations)
        for what, (used, price) in expected(flow, service, of, broken=broken).items():
            assert math.isclose(usd[service.name, what], used * price, abs_tol=1e-12), (service.name, what)
    assert all(line.usd >= 0 for line in bill(flow))


def expected(flow, service, of, *, broken):
    """Give what a box must have used, where it can be told from outside, and the price of one."""
    pipeline, size = flow.pipeline, flow.gauge("size", service.name)[:-1].sum()  # looked at as each second began
    lines = next((s.lines for s in pipeline.services if getattr(s, "map_over", None) == service.name), 1)
    million = 1e-6
    match service.kind:
        case "api-gateway":
            price = catalog.number("apigw.price", service.api) * million
            return {f"{service.api}_calls": (int(flow.tally["accepted"][0, -1]), price)}
        case "s3-bucket":
            return {"puts": (of["done"], catalog.number("s3.price_requests", "put") / 1000)}
        case "dynamodb-table" if service.mode == "provisioned":
            return {"unit_hours": (size / 3600, catalog.number("ddb.price.provisioned", "wcu_h"))}
        case "dynamodb-table" if not broken:
            fact = "ddb.price.ondemand_talk" if pipeline.era == "talk" else "ddb.price.ondemand"
            units = (of["offered"] - of["refused"]) * math.ceil(service.item_kb) * lines
            return {"write_units": (units, catalog.number(fact, "write") * million)}
        case "fargate-service":
            vcpu, gb = (catalog.number(f"fargate.price.x86_{what}_h") for what in ("vcpu", "gb"))
            return {"task_hours": (size / 3600, service.cpu_units / 1024 * vcpu + service.memory_mib / 1024 * gb)}
        case "aurora-cluster":
            return {"acu_hours": (size * (1 + service.replicas) / 3600, catalog.number("aurora.price_acu"))}
        case "sns-topic":
            spread = int(flow.tally["accepted"][1, -1]) / len(service.to)
            return {"publishes": (spread, catalog.number("sns.price") * million)}
        case "appsync-api":
            updates, minutes = (catalog.number("appsync.price_realtime", what) for what in ("updates", "minutes"))
            return {
                "updates": (of["done"] * lines * service.clients, updates * million),
                "minutes": (service.clients * END_S / 60, minutes * million),
            }
        case "lambda-function" if service.name == "take" and not broken:
            return {"requests": (of["offered"] - of["refused"], catalog.number("lambda.price.request") * million)}
    return {}


@FEW
@given(pipelines())
def test_a_function_is_billed_for_its_memory_and_at_least_its_time(pipeline):
    flow = run(pipeline)

    for service in (s for s in pipeline.services if s.kind == "lambda-function" and s.batch == 1):
        done = int(flow.of("done", service.name)[-1])
        own_s = service.cpu_s / min(1, service.memory_mb / 1769) + service.wait_s
        step_s = 0.1 if pipeline.era == "talk" else 0.001
        least_s = math.floor(own_s / step_s) * step_s
        assert flow.usage[service.name]["gb_s"] >= done * least_s * service.memory_mb / 1024 * (1 - 1e-9)


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
