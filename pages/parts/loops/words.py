"""The words the two loops show; `data/texts/<language>/loops.yaml` holds them: `table("loops")`."""

WORDS: tuple[str, ...] = (
    "label", "service.title", "hosts.title", "unlooked", "next_look", "no_policy", "schedule", "schedule_next", "not_managed",
    "metric", "of_target", "alarms", "above", "below", "wanted", "bounds", "running", "rests_out", "rests_in", "rests_not",
    "needed", "needed_sum", "stuck", "registered", "booting", "registered_all", "reservation", "of_reservation", "steps_range",
    "quiet", "loud", "warm", "warm_not", "hosts_bounds", "protected", "unprotected",
    "because.out", "because.in", "because.steady", "because.above", "because.below", "because.cooling", "because.most",
    "because.least", "because.enough",
    "reason.out", "reason.in", "reason.steady", "reason.quiet", "reason.warm-up", "reason.max", "reason.min", "reason.spare",
    "reason.protected", "reason.no-zone",
    "stays.title", "stays.none", "stays.lede",
)  # fmt: skip
