"""The shop as it is run: what hops cost, and what asking at once saves."""

import numpy as np

from engine.architecture import ShopAsk, by_out


def test_every_cut_is_run_and_a_network_that_costs_nothing_would_make_pieces_faster():
    p50, p99 = by_out(ShopAsk())

    assert p50.x.tolist() == list(range(1, 11))
    assert np.isnan(p50.theory).all()
    assert (p50.mean < p99.mean).all()
    # Recommendations still wait for the catalogue, but what goes out together is waited for together.
    assert p50.mean[9] < p50.mean[0]
    assert 60 < p99.mean.min() < p99.mean.max() < 300
