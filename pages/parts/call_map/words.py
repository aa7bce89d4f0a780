"""The words the call map shows, `data/texts/<language>/calls.yaml` holds them; tasks and panel speak the cluster map's words."""

WORDS: tuple[str, ...] = (
    "label", "role", "keys", "crowd", "users", "users_short", "users_fail", "users_well", "box_of", "call", "call_local",
    "call_network", "fail_short", "rate", "of_all", "failing", "in_zone", "seconds", "up_to", "at_once", "needed", "not_needed", "fault_none", "fault_slow",
    "fault_errors", "fault_leak", "fault_crash", "fault_release", "circuit_closed", "circuit_open", "circuit_half", "fact_modules",
    "fact_called", "fact_failing", "fact_runs_in", "fact_tasks", "fact_calls", "fact_again", "fact_timeout", "fact_retries",
    "fact_breaker", "fact_bulkhead", "fact_needed", "none", "col_tasks",
    "services", "service_one", "modules",
)  # fmt: skip
