"""Organisations of any kind, small enough to be played twice."""

from hypothesis import strategies as st

from engine.delivery import Organisation

minutes = st.one_of(st.just(0.0), st.floats(0.1, 300))


def organisations(**fixed):
    """Draw an organisation of a few days; `fixed` settings are kept."""
    drawn = {
        "seed": st.integers(0, 2**32 - 1),
        "days": st.integers(1, 8),
        "hours_a_day": st.sampled_from([8, 6.5, 24]),
        "architecture": st.sampled_from(["train", "pipelines"]),
        "teams": st.integers(1, 6),
        "commits_per_day": st.floats(0.2, 8),
        "services": st.integers(0, 9),
        "coupling": st.sampled_from([0, 0.1, 0.5, 0.9, 1]),
        "batch": st.integers(1, 12),
        "leaves": st.sampled_from(["full", "timetable"]),
        "train_every_h": st.floats(0.25, 16),
        "pipeline_batch": st.integers(1, 4),
        "fails": st.sampled_from([0, 0.05, 0.3, 0.6]),
        "interface_fails": st.sampled_from([0, 0.1, 0.4]),
        "caught": st.sampled_from([0, 0.5, 1]),
        "growth": st.sampled_from([0, 0.3, 2]),
        "build_workers": st.integers(1, 6),
        "review_min": minutes, "test_min": minutes, "monitor_min": minutes, "search_min": minutes, "recovery_min": minutes,
        "build_min": st.floats(0.1, 60), "release_min": st.floats(0.1, 60), "rework_min": st.floats(20, 300),
        "search_first": st.booleans(),
        "varies": st.sampled_from(["exponential", "evenly"]),
    }  # fmt: skip
    return st.fixed_dictionaries(drawn | {name: st.just(value) for name, value in fixed.items()}).map(Organisation.of)
