"""Stories of a handful of requests, told by the compiled data plane.

One request a second is the traffic and one second the work, so a draw *is* the seconds it stands for.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simpy import Environment

from engine import Scenario, metrics
from engine.traffic import kernel
from engine.traffic.compiled import CompiledPlane
from engine.traffic.kernel import ERROR, NO_TARGET, REFUSED, RESET, SERVED, TIMED_OUT
from engine.traffic.plane import Fronts, Split

END_S = 60
LATE_S = 1e6  # the gap after the last request of a story


class Stage:
    """One service, some targets, and requests at the seconds one says."""

    def __init__(
        self, arrive_s, work_s, *, targets=1, zones=1, algorithm="round-robin", workload_leaks=False, **service
    ):
        self.env = Environment()
        scenario = Scenario.of({
            "duration_s": END_S, "zones": zones, "traffic": {"rps": 1}, "balancer": {"algorithm": algorithm, "dns_ttl_s": 0},
            "services": [{"work_ms": 1000, "concurrency": 1, "backlog": 10, "timeout_s": 10, "retry_after_s": 1} | service],
            "operations": [{"do": "deploy", "at_s": END_S, "leak_mib": 1}] if workload_leaks else [],
        })  # fmt: skip
        self.plane = CompiledPlane(self.env, scenario, keep_requests=True, block=64)
        draws = self.plane._lanes[0]._draws
        draws.gaps[:] = LATE_S
        draws.gaps[: len(arrive_s)] = np.diff(arrive_s, prepend=0.0)
        draws.works[: len(arrive_s)] = work_s
        self.rows = [self.plane.add(0, number + 1, number % zones) for number in range(targets)]
        self.zones = zones
        self.route([self.rows] * zones, in_dns=range(zones))

    def at(self, at_s):
        if at_s > self.env.now:
            self.env.run(until=at_s)
        return self

    def route(self, targets, in_dns, dead=()):
        nothing = [0.0] * self.zones
        is_dead = [zone in dead for zone in range(self.zones)]
        self.plane.route(0, targets, Fronts(list(in_dns), is_dead, [0] * self.zones, nothing, nothing, nothing))
        return self

    def strike(self, target, *, is_silent):
        self.plane.strike(0, self.rows[target - 1], is_silent)
        return self

    def look(self):
        self.plane.advance(0, self.env.now)
        return self

    def counts(self):
        return self.plane.worked(0, self.rows)[0], self.plane.working(0, self.rows)[0]

    def end(self):
        self.table = self.plane.finish(END_S).services[0]
        return self.table.kept

    def busy_s(self):
        return self.table.busy_ns.sum() / 1e9


# --- who gets it ---


def test_round_robin_deals_in_turn():
    kept = Stage([1, 2, 3, 4, 5, 6, 7], 0.5, targets=3).end()

    assert kept.task.tolist() == [1, 2, 3, 1, 2, 3, 1]


def test_each_front_deals_for_itself_and_resolvers_hand_the_fronts_out_in_turn():
    stage = Stage(range(1, 9), 0.5, targets=4, zones=2)
    kept = stage.route([[1, 2, 3], [4]], in_dns=[0, 1]).end()

    assert kept.task.tolist() == [1, 4, 2, 4, 3, 4, 1, 4]


def test_a_front_that_joins_dns_is_next_when_all_others_have_had_their_turn():
    stage = Stage([1, 2, 3, 4], 0.5, targets=3, zones=3).route([[1], [2], [3]], in_dns=[0, 1])
    kept = stage.at(2.5).route([[1], [2], [3]], in_dns=[0, 1, 2]).end()

    assert kept.task.tolist() == [1, 2, 3, 1]


def test_least_outstanding_requests_prefers_the_idle():
    #                arrives   1    2    4    6
    arrive_s, work_s = [1, 2, 4, 6], [9, 1, 9, 1]
    by_turns = Stage(arrive_s, work_s, targets=2, concurrency=4).end()
    by_load = Stage(arrive_s, work_s, targets=2, concurrency=4, algorithm="least-outstanding-requests").end()

    assert by_turns.task.tolist() == [1, 2, 1, 2]
    assert by_load.task.tolist() == [
        1,
        2,
        2,
        1,
    ]  # the second is idle at 4; at 6 both have one, and it is the first's turn


def test_random_depends_on_the_request_alone():
    arrive_s = list(range(1, 31))
    one = Stage(arrive_s, 0.5, targets=3, algorithm="random").end()
    late = Stage([at_s + 0.25 for at_s in arrive_s], 0.1, targets=3, algorithm="random").end()

    assert set(one.task.tolist()) == {1, 2, 3}
    assert one.task.tolist() == late.task.tolist()


# --- work and waiting ---


def test_the_worker_who_is_free_soonest_takes_the_next():
    kept = Stage([1, 2, 3, 4], [5, 2, 1, 1], concurrency=2).end()

    assert kept.start_s.tolist() == [1, 2, 4, 5]
    assert kept.end_s.tolist() == [6, 4, 5, 6]


def test_a_full_backlog_refuses_at_once():
    kept = Stage([1, 2, 3, 7], [5, 5, 5, 1], backlog=1).end()

    assert kept.outcome.tolist() == [SERVED, SERVED, REFUSED, SERVED]
    assert kept.start_s[[0, 1, 3]].tolist() == [1, 6, 11]
    assert kept.end_s[2] == 3


def test_without_a_backlog_only_the_idle_accept():
    kept = Stage([1, 2, 7], 5, backlog=0).end()

    assert kept.outcome.tolist() == [SERVED, REFUSED, SERVED]


def test_who_has_left_makes_room_in_the_backlog():
    # The second waits from 2 to 5, when patience ends: at 4.5 there is no room, at 5.5 there is.
    kept = Stage([1, 2, 4.5, 5.5], [5, 1, 1, 1], backlog=1, timeout_s=3).end()

    assert kept.outcome.tolist() == [TIMED_OUT, TIMED_OUT, REFUSED, SERVED]
    assert kept.start_s[3] == 6


def test_a_client_who_leaves_while_waiting_costs_no_work():
    stage = Stage([1, 1.5, 7], [5, 3, 1], timeout_s=4.25)
    kept = stage.end()

    assert kept.outcome.tolist() == [TIMED_OUT, TIMED_OUT, SERVED]
    assert np.isnan(kept.start_s[1])
    assert kept.end_s[1] == 1.5 + 4.25
    assert stage.busy_s() == 5 + 1


def test_a_client_who_leaves_later_costs_the_whole_work():
    stage = Stage([1, 4], [5, 1], timeout_s=3.5)
    kept = stage.end()

    assert kept.outcome.tolist() == [TIMED_OUT, SERVED]
    assert kept.end_s.tolist() == [4.5, 7]
    assert kept.start_s[1] == 6  # the abandoned work was in the way
    assert stage.busy_s() == 5 + 1


def test_busy_time_falls_into_the_seconds_in_which_it_was_worked():
    stage = Stage([1.5], [2.25])
    stage.end()

    assert stage.table.busy_ns[1, :5].tolist() == [0, 500_000_000, 1_000_000_000, 750_000_000, 0]


def test_retries_bring_the_same_work_again():
    #                                          refused at 2 and at 3.5, let in at 5
    kept = Stage([1, 2, 9], [3.25, 2.5, 1], backlog=0, retries=2, retry_after_s=1.5).end()

    assert kept.attempts.tolist() == [1, 3, 1]
    assert kept.start_s.tolist() == [1, 5, 9]
    assert kept.end_s.tolist() == [4.25, 7.5, 10]


def test_the_last_try_decides():
    stage = Stage([1, 2], [20, 1], backlog=0, retries=2, timeout_s=30)
    kept = stage.end()

    assert (kept.outcome[1], kept.attempts[1], kept.end_s[1]) == (REFUSED, 3, 4)
    assert stage.table.arrived.sum() == 2
    assert stage.table.retried.sum() == 2


# --- targets that go ---


@pytest.mark.parametrize(
    ("is_silent", "outcome", "answer_s"),
    [
        (True, TIMED_OUT, [11, 12, 14]),  # nobody says anything: each waits for as long as it can
        (False, RESET, [3, 3, 4]),  # the connection breaks at once
    ],
)
def test_a_silent_target_times_out_and_a_gone_one_resets(is_silent, outcome, answer_s):
    # One is at work when it happens, one waits, one comes after.
    stage = Stage([1, 2, 4], 5)
    kept = stage.at(3).strike(1, is_silent=is_silent).end()

    assert kept.outcome.tolist() == [outcome] * 3
    assert kept.end_s.tolist() == answer_s
    assert stage.busy_s() == 2  # work ends with the target


def test_a_target_that_is_gone_does_not_hold_up_the_others():
    kept = Stage([1, 2, 4, 5, 6], 0.5, targets=2).at(3).strike(1, is_silent=False).end()

    assert kept.outcome.tolist() == [SERVED, SERVED, RESET, SERVED, RESET]


def test_without_a_target_the_front_says_so_and_a_dead_front_says_nothing():
    nobody = Stage([1], 1).route([[]], in_dns=[0]).end()
    nowhere = Stage([1], 1).route([[1]], in_dns=[]).end()
    dead = Stage([1], 1).route([[1]], in_dns=[0], dead=[0]).end()

    assert (nobody.outcome[0], nobody.end_s[0], nobody.task[0]) == (NO_TARGET, 1, 0)
    assert (nowhere.outcome[0], nowhere.end_s[0]) == (NO_TARGET, 1)
    assert (dead.outcome[0], dead.end_s[0], dead.task[0]) == (TIMED_OUT, 11, 0)


def test_who_has_no_answer_at_the_end_is_in_flight():
    stage = Stage([1, 59], [1, 5])
    kept = stage.end()

    assert kept.outcome.tolist() == [SERVED, -1]
    assert stage.table.in_flight == 1
    assert stage.busy_s() == 2  # the second that was left is counted


# --- windows, heaps, buckets ---

moments = st.lists(st.floats(0.1, 50), min_size=1, max_size=40).map(sorted)


@given(
    arrive_s=moments,
    works=st.lists(st.floats(0.01, 6), min_size=40, max_size=40),
    looks=st.lists(st.floats(0, 60), max_size=12).map(sorted),
    algorithm=st.sampled_from(["round-robin", "random", "least-outstanding-requests"]),
    workers=st.integers(1, 3),
    backlog=st.integers(0, 3),
    blow=st.tuples(st.floats(1, 40), st.booleans()),
)
def test_where_windows_end_changes_nothing(arrive_s, works, looks, algorithm, workers, backlog, blow):
    def told(looks):
        stage = Stage(
            arrive_s, works[: len(arrive_s)], targets=2, algorithm=algorithm,
            concurrency=workers, backlog=backlog, timeout_s=4, retries=1,
        )  # fmt: skip
        at_s, is_silent = blow
        for look_s in [look_s for look_s in looks if look_s <= at_s]:
            stage.at(look_s).look()
        stage.at(at_s).strike(1, is_silent=is_silent)
        for look_s in [look_s for look_s in looks if look_s > at_s]:
            stage.at(look_s).look()
        return stage.end(), stage.table

    (plain, plain_table), (looked_at, table) = told([]), told(looks)

    for column in plain.__slots__:
        np.testing.assert_array_equal(getattr(plain, column), getattr(looked_at, column), err_msg=column)
    for counted in ("arrived", "retried", "served", "failed", "busy_ns", "latency"):
        np.testing.assert_array_equal(getattr(plain_table, counted), getattr(table, counted), err_msg=counted)


@given(st.lists(st.tuples(st.sampled_from([1.0, 2.0, 3.0]), st.integers(0, 99)), max_size=60))
def test_the_heap_gives_back_the_soonest_and_of_one_moment_the_oldest(rows):
    heap, size, came = np.zeros((64, kernel.AGAIN_WIDTH)), 0, []
    for at_s, request in rows:
        size = kernel._push(heap, size, np.array([at_s, request, 0, 0, 0.0]))
    while size:
        came.append((heap[0, kernel.A_AT], int(heap[0, kernel.A_ID])))
        size = kernel._pop(heap, size)

    assert came == sorted(rows)


@given(st.floats(2**-14, 2**9, exclude_max=True))
def test_the_middle_of_a_latencys_bucket_is_within_some_three_percent_of_it(latency_s):
    edges_s = metrics.bucket_edges_s()
    bucket = kernel._bucket(latency_s)
    middle_s = (edges_s[bucket] + edges_s[bucket + 1]) / 2

    assert edges_s[bucket] <= latency_s < edges_s[bucket + 1]
    assert abs(middle_s / latency_s - 1) <= 1 / 32


@pytest.mark.parametrize(("latency_s", "bucket"), [(0.0, 0), (1e-9, 0), (1e9, kernel.N_BUCKETS - 1)])
def test_what_no_bucket_holds_is_counted_in_the_outermost(latency_s, bucket):
    assert kernel._bucket(latency_s) == bucket


# --- answers with an error, and two groups of targets ---


def test_an_error_costs_the_work_and_is_tried_again_like_any_failure():
    stage = Stage([1, 3], 0.5, targets=0, retries=1)
    bad = stage.plane.add(0, 7, 0, errors=1.0)
    kept = stage.route([[bad]], in_dns=[0]).end()

    assert kept.outcome.tolist() == [ERROR, ERROR]
    assert kept.attempts.tolist() == [2, 2]
    assert kept.end_s.tolist() == [3, 5]  # half a second of work, a second's patience, half a second of work
    assert stage.busy_s() == 2


def test_a_share_of_errors_is_met_one_request_at_a_time():
    stage = Stage(np.arange(1, 51), 0.1, targets=1)
    bad = stage.plane.add(0, 2, 0, errors=0.4)
    kept = stage.route([[stage.rows[0], bad]], in_dns=[0]).end()

    assert set(kept.outcome[kept.task == 1]) == {SERVED}
    assert 5 <= (kept.outcome[kept.task == 2] == ERROR).sum() <= 15


def test_an_attempt_goes_to_the_group_that_its_own_chance_picks():
    stage = Stage(np.arange(1, 51), 0.1, targets=4)
    nothing = [0.0]
    fronts = Fronts([0], [False], [0], nothing, nothing, nothing)
    stage.plane.route(0, [stage.rows[:2]], fronts, Split([stage.rows[2:]], 0.2))
    kept = stage.end()
    of_green = [task for task in kept.task.tolist() if task > 2]

    assert 4 <= len(of_green) <= 17
    assert of_green[:4] == [3, 4, 3, 4]  # each group deals in turn for itself


def test_an_empty_group_keeps_its_weight():
    """The load balancer does not fail over to the other group: its share of the requests finds nobody."""
    stage = Stage(np.arange(1, 51), 0.1, targets=2)
    nothing = [0.0]
    stage.plane.route(0, [stage.rows], Fronts([0], [False], [0], nothing, nothing, nothing), Split([[]], 0.5))
    kept = stage.end()

    assert 15 <= (kept.outcome == NO_TARGET).sum() <= 35
    assert set(kept.outcome) == {SERVED, NO_TARGET}


def test_work_is_counted_when_it_begins():
    stage = Stage([1, 2, 2.5], 4, workload_leaks=True)

    assert stage.at(0.5).counts() == (0, 0)
    assert stage.at(4).counts() == (1, 1)  # two wait
    assert stage.at(6).counts() == (2, 1)
    assert stage.strike(1, is_silent=False).at(20).counts() == (2, 0)  # the third never began
