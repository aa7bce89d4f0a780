"""The breakages that slide S10's services hide: each is a story with its figures."""

import numpy as np
import pytest

from engine import catalog
from engine.serverless import Kind, Pipeline, bill, run

ORDERS = Pipeline.named("orders")


def changed(*operations, **settings):
    """The order pipeline, with settings by their paths (a double underscore is a dot), and what is done to it."""
    pipeline = ORDERS
    for path, value in settings.items():
        pipeline = pipeline.with_(path.replace("__", "."), value)
    return pipeline.with_("operations", list(operations)) if operations else pipeline


def box(**settings):
    return {f"services__{name}": value for name, value in settings.items()}


def ended(flow, lane=0):
    return {name: int(table[lane, -1]) for name, table in flow.tally.items()}


def kinds(flow, name=""):
    return [Kind(int(k)) for k, b in zip(flow.kind, flow.box, strict=True) if name in {"", b}]


def test_on_a_calm_day_every_order_is_done_in_two_seconds_or_waits_in_the_queue():
    flow = run(ORDERS)
    found = ended(flow)

    assert found["done"] + found["queued"] + found["working"] == found["accepted"]
    assert flow.turned_away[-1] == 0
    assert flow.wait(0.99) < 2


@pytest.mark.parametrize("is_conditional", [True, False])
def test_work_longer_than_the_visibility_makes_duplicates_and_a_conditional_write_catches_them(is_conditional):
    slow = box(orders__visibility_s=5, worker__work_s=8, worker__tasks=60, table__is_conditional=is_conditional)
    found = ended(run(changed(**slow)))

    assert found["copied"] > found["accepted"] / 2
    assert (found["again"] == 0) == is_conditional, "customers pay twice where nobody asks whether the order is there"
    longer = ended(run(changed(**slow | box(orders__visibility_s=60))))
    assert longer["copied"] == longer["again"] == 0


def test_a_poison_message_is_received_as_often_as_allowed_then_moved_aside():
    poison = {"do": "poison", "orders": 20, "at_s": 60}
    aside = run(changed(poison, **box(orders__max_receives=3)))
    for_ever = run(changed(poison, **box(orders__has_dlq=False)))

    assert ended(aside)["dead"] == 20
    buried = aside.at_s[aside.rows(Kind.DEAD)][0]
    assert 60 + 3 * catalog.seconds("sqs.visibility") <= buried < 60 + 4 * catalog.seconds("sqs.visibility")
    assert ended(for_ever)["dead"] == 0
    assert for_ever.of("offered", "worker")[-1] > aside.of("offered", "worker")[-1]


def test_a_dead_letter_queue_that_nobody_reads_is_emptied_by_time_and_a_redrive_brings_its_orders_back():
    broken = {"do": "break-box", "box": "table", "for_s": 100, "at_s": 30}
    short = box(orders__visibility_s=5, orders__max_receives=2, orders__retention_s=120)
    unread = run(changed(broken, **short))
    read = run(changed(broken, {"do": "redrive", "box": "orders", "at_s": 131}, **short))

    assert unread.tally["dead"][0].max() > 3_000
    assert ended(unread)["lost"] > 3_000, "thrown away after the retention, and nobody noticed"
    assert ended(read)["lost"] < ended(unread)["lost"] / 2
    assert ended(read)["done"] > ended(unread)["done"]


def test_a_spike_past_twice_the_peak_is_throttled_and_the_queue_brings_it_back():
    wide = box(worker__tasks=400, table__item_kb=4)
    spike = {"do": "spike", "factor": 30, "for_s": 60, "at_s": 120}
    flow = run(changed(spike, **wide))
    warm = run(changed(spike, **wide | box(table__previous_peak=4_000)))

    limit = catalog.number("ddb.ondemand.initial", "writes_s")
    assert flow.gauge("limit", "table").max() == limit
    assert flow.of("refused", "table")[-1] > 10_000
    assert ended(flow)["done"] > 0.999 * ended(flow)["accepted"], "refused writes come back out of the queue"
    assert warm.of("refused", "table")[-1] == 0


def test_few_workers_make_the_queue_take_the_spike_and_the_table_never_notices():
    flow = run(changed({"do": "spike", "factor": 20, "for_s": 60, "at_s": 120}))

    assert flow.of("refused", "table")[-1] == 0
    assert flow.of("queued", "orders").max() > 30_000


def test_one_hot_key_is_throttled_while_the_table_has_room():
    wide = box(worker__tasks=400, table__item_kb=4)
    spike = {"do": "spike", "factor": 10, "for_s": 60, "at_s": 120}
    spread = run(changed(spike, **wide))
    hot = run(changed(spike, {"do": "hot-key", "share": 0.9, "for_s": 60, "at_s": 120}, **wide))

    assert spread.of("refused", "table")[-1] == 0
    assert hot.of("refused", "table")[-1] > 1_000
    assert hot.reason[int(hot.rows(Kind.REFUSING_BEGAN)[0])] == "key"


def test_a_sleeping_database_outlasts_the_usual_retries_of_a_state_machine():
    asleep = box(ledger__is_paused=True, ledger__min_acu=0)
    failed = run(changed(**asleep))
    patient = run(changed(**asleep | box(fulfil__retries=6)))
    waits = run(changed(**asleep | box(ledger__driver="connection")))

    assert ended(failed)["dead"] > 100, "1 + 2 + 4 s of retries, and it takes 15 s to wake up"
    assert ended(patient)["dead"] == ended(waits)["dead"] == 0
    woke = failed.at_s[failed.rows(Kind.WOKE)][0] - failed.at_s[failed.rows(Kind.WAKING)][0]
    assert woke == pytest.approx(catalog.seconds("aurora.resume"))


def test_a_retry_storm_keeps_a_throttled_api_busy_and_gains_nothing():
    tight = {**box(api__rate_per_s=100, api__burst=50)}
    spike = {"do": "spike", "factor": 6, "for_s": 60, "at_s": 120}
    calm, storm = run(changed(spike, **tight)), run(changed(spike, **tight, traffic__retries=5))
    spread = run(changed(spike, **tight, traffic__retries=5, traffic__doubles=True, traffic__jitter=True))

    assert storm.turned_away[-1] > 4 * calm.turned_away[-1]
    during = slice(120, 180)
    assert np.diff(storm.tally["accepted"][0])[during].sum() <= 100 * 60 + 50, "no order more gets in"
    assert spread.given_up[-1] < storm.given_up[-1] < calm.given_up[-1]


def test_an_answer_after_29_seconds_is_an_error_to_the_client_and_an_order_all_the_same():
    slow = box(take__wait_s=40, take__timeout_s=60)
    flow = run(changed(**slow, traffic__retries=1, traffic__orders_per_s=5))
    found = ended(flow)

    assert found["refused"] > 0.9 * found["accepted"] - 300
    assert found["done"] > 0
    assert found["suppressed"] > 0, "who sent it again has ordered twice"
    assert "time" in flow.reason


def test_functions_are_throttled_at_the_accounts_limit_and_no_sooner():
    spike = {"do": "spike", "factor": 60, "for_s": 30, "at_s": 60}
    enough, scarce = run(changed(spike)), run(changed(spike, concurrency=100))

    assert enough.of("refused", "take")[-1] == 0
    assert scarce.of("refused", "take")[-1] > 0
    assert scarce.gauge("size", "take").max() <= 100


def test_nine_of_ten_environments_in_use_refuse_nobody():
    near = box(take__reserved=100, take__wait_s=0.85) | {"traffic__orders_per_s": 100, "traffic__is_random": False}
    flow = run(changed(**near, duration_s=60))

    after = 10  # cold starts keep environments longer: at first there are too few
    assert 90 < flow.gauge("asked", "take")[after:].max() <= 100
    assert flow.of("refused", "take")[-1] == flow.of("refused", "take")[after]
    tight = run(changed(**near, duration_s=60).with_("services.take.reserved", 80))
    assert tight.of("refused", "take")[-1] > tight.of("refused", "take")[after]


def test_a_function_reads_a_queue_with_ever_more_readers():
    whole = ORDERS.model_dump(mode="json")
    at = ORDERS.names.index("worker")
    whole["services"][at] = {
        "kind": "lambda-function", "name": "worker", "to": ["table", "fulfil"], "wait_s": 2, "timeout_s": 60,
    }  # fmt: skip
    flow = run(Pipeline.of(whole | {"operations": [{"do": "spike", "factor": 10, "for_s": 60, "at_s": 60}]}))

    started = flow.gauge("size", "worker")
    assert started[3] <= catalog.number("lambda.sqs.poll_rate", "start") + 15
    assert started.max() > 100
    assert ended(flow)["done"] > 0.98 * ended(flow)["accepted"]


def test_a_batch_that_outlasts_the_time_limit_fails_whole():
    whole = ORDERS.model_dump(mode="json")
    worker = {"kind": "lambda-function", "name": "worker", "to": ["table", "fulfil"], "wait_s": 0.5, "most_readers": 5}
    done = {}
    for batch in (1, 10):
        whole["services"][ORDERS.names.index("worker")] = worker | {"batch": batch}
        done[batch] = ended(run(Pipeline.of(whole)))["done"]

    assert done[10] < done[1] / 3, "ten times half a second is more than three seconds"


def test_a_fifo_queue_takes_no_duplicate_and_no_more_than_its_rate():
    spike = {"do": "spike", "factor": 10, "for_s": 30, "at_s": 60}
    flow = run(changed(spike, **box(orders__is_fifo=True)))

    sent = np.diff(flow.of("offered", "orders") - flow.of("refused", "orders"))
    assert sent.max() == catalog.number("sqs.fifo_rate", "calls")
    assert ended(flow)["again"] == 0


def test_one_group_is_worked_on_batch_by_batch_and_its_poison_holds_it_up():
    hot = box(orders__is_fifo=True, orders__max_receives=2)
    flow = run(changed({"do": "hot-key", "share": 1, "for_s": 300, "at_s": 0}, **hot, traffic__orders_per_s=50))

    done = np.diff(flow.of("offered", "worker"))[:300]
    assert done.max() <= catalog.number("sqs.batch"), "whatever the number of workers"


def test_a_topic_delivers_in_the_end_what_a_broken_function_could_not_take():
    flow = run(changed({"do": "break-box", "box": "notify", "for_s": 100, "at_s": 60}))

    assert flow.of("queued", "ordered").max() > 3_000
    assert flow.of("lost", "ordered")[-1] == 0
    assert ended(flow, 1)["done"] > 0.99 * ended(flow, 1)["accepted"]


def test_events_that_keep_failing_are_thrown_away_after_three_tries_unless_kept():
    broken = {"do": "break-box", "box": "live", "for_s": 590, "at_s": 5}
    lost = run(changed(broken))
    kept = run(changed(broken, **box(notify__keeps_failed=True)))

    assert ended(lost, 1)["lost"] > 10_000
    assert ended(kept, 1)["lost"] == 0
    assert ended(kept, 1)["dead"] == ended(lost, 1)["lost"]


def test_provisioned_capacity_lives_on_savings_until_auto_scaling_wakes_up():
    table = box(table__mode="provisioned", table__units=80, worker__tasks=60)
    flow = run(changed({"do": "spike", "factor": 10, "for_s": 300, "at_s": 100}, **table))

    refused = flow.at_s[[i for i in flow.rows(Kind.REFUSING_BEGAN) if flow.box[i] == "table"]][0]
    scaled = flow.at_s[[i for i in flow.rows(Kind.SCALED) if flow.box[i] == "table"]]
    assert 130 < refused < 180, "five minutes' worth of unused units go first"
    assert scaled[0] >= 100 + 2 * 60
    assert flow.gauge("size", "table").max() > 400


def test_workers_come_late_and_only_where_scaling_was_asked_for():
    spike = {"do": "spike", "factor": 5, "for_s": 400, "at_s": 60}
    fixed, scaled = run(changed(spike)), run(changed(spike, **box(worker__is_scaled=True)))

    assert fixed.gauge("size", "worker").max() == 6
    when = scaled.at_s[scaled.rows(Kind.SCALED)][0]
    first = int(np.argmax(scaled.gauge("size", "worker") > 6))
    assert first >= 60 + catalog.seconds("ecs.sas.alarm_out")
    assert first >= when
    assert scaled.wait(0.99) < fixed.wait(0.99)


def test_a_lost_zone_is_felt_by_what_stands_in_one_and_needs_you_where_there_is_no_other():
    lost = {"do": "fail-zone", "zone": "a", "at_s": 120}
    usual = run(changed(lost))
    bare = run(changed(lost, **box(worker__zones=1, ledger__replicas=0)))
    felt = {flow: dict(_felt(flow)) for flow in (usual, bare)}

    on = {"api", "orders", "table", "fulfil", "archive", "ordered", "live"}
    assert all(felt[usual][name] == felt[bare][name] == "on" for name in on)
    assert felt[usual]["worker"] == felt[usual]["take"] == "short"
    assert felt[usual]["ledger"] == "away"
    assert felt[bare]["worker"] == felt[bare]["ledger"] == "you"
    assert ended(bare)["done"] < ended(usual)["done"] / 3
    away = usual.at_s[usual.rows(Kind.FAILED_OVER)][0] - 120
    assert catalog.number("aurora.failover", "typ") <= away <= catalog.number("aurora.failover", "max")


def _felt(flow):
    return [(flow.box[i], flow.reason[i]) for i in flow.rows(Kind.ZONE_FELT)]


def test_a_zone_can_be_lost_by_one_box_alone():
    flow = run(changed({"do": "fail-zone", "zone": "a", "at_s": 120, "box": "worker"}))

    assert _felt(flow) == [("worker", "short")]
    assert flow.gauge("size", "worker")[122] == 4
    assert flow.gauge("size", "worker")[-1] == 6, "ECS starts others elsewhere"


def test_telling_every_client_is_the_largest_part_of_the_bill():
    lines = bill(run(ORDERS))
    usd = {(line.box, line.what): line.usd for line in lines}

    assert max(usd, key=usd.get) == ("live", "updates")


def test_the_talks_prices_and_ramp_are_another_eras():
    today, talk = run(ORDERS), run(ORDERS.with_("era", "talk"))
    written = {flow: next(line for line in bill(flow) if line.what == "write_units") for flow in (today, talk)}

    assert written[talk].usd_each == 2 * written[today].usd_each
    assert talk.usage["take"]["gb_s"] > today.usage["take"]["gb_s"], "rounded up to 100 ms"


@pytest.mark.parametrize("plan", ["orders", "functions", "direct", "straight"])
def test_every_plan_runs_and_its_orders_come_to_an_end(plan):
    flow = run(Pipeline.named(plan).with_("operations", [{"do": "spike", "factor": 5, "for_s": 120, "at_s": 120}]))
    found = ended(flow)

    assert found["done"] > 0.9 * found["accepted"]
    assert found["again"] == 0
    assert bill(flow)


def test_without_a_queue_a_rush_is_the_clients_affair_and_with_one_nobody_hears_of_it():
    rush = [{"do": "break-box", "box": "ledger", "for_s": 60, "at_s": 120}]
    straight, queued = (run(Pipeline.named(plan).with_("operations", rush)) for plan in ("straight", "functions"))

    assert ended(straight)["refused"] > 2_500
    assert ended(queued)["refused"] == 0
    assert ended(queued)["dead"] > 2_000, "caught, for people to look at"
