"""Four at once: whoever is too large is refused with the figure, and the others run."""

from engine import Scenario, checks
from engine.together import MOST_SECONDS, refusals

SMALL = Scenario()
LARGE = Scenario.of({"traffic": {"rps": 40_000}, "services": [{"desired": 900}]})  # 24 million requests: well, once
HUGE = Scenario.of({"traffic": {"rps": 100_000}})


def test_who_fits_is_not_refused():
    assert refusals([SMALL] * 4) == ((), (), (), ())
    assert refusals([]) == ()


def test_one_that_is_too_large_for_itself_says_so_and_the_others_stand():
    first, second, third = refusals([SMALL, HUGE, SMALL])

    assert (first, third) == ((), ())
    assert second[0].came.startswith("60,000,000 requests")
    assert second[0].allowed == f"up to {checks.MAX_REQUESTS:,}"


def test_the_one_that_makes_it_too_much_is_refused_and_a_smaller_one_after_it_still_fits():
    found = refusals([LARGE, LARGE, LARGE, SMALL])

    assert [bool(problems) for problems in found] == [False, False, True, False]
    assert found[2][0].came == "72,000,000 requests with those before it"


def test_weeks_of_simulated_time_have_an_end_too():
    month = Scenario.of({"duration_s": 2_592_000, "traffic": {"rps": 0}, "services": [{"desired": 0}]})

    assert [bool(problems) for problems in refusals([month, SMALL])] == [MOST_SECONDS < 2_592_000, False]
