"""The words the map shows; `data/texts/<language>/map.yaml` holds them, and `table("map")` gives them all."""

WORDS: tuple[str, ...] = (
    "label", "role", "keys", "users", "users_short", "refused", "refused_short", "astray", "astray_short", "rate",
    "rate_short", "rate_bad", "rate_bad_short", "zero", "zero_since", "balancer", "front_out", "front_out_short",
    "front_dead", "front_dead_short", "front_turning", "front_turning_short", "front_is_out", "front_is_in",
    "front_is_turning", "front_is_dead", "fronts_well", "zone", "zone_lost", "zone_lost_short", "zone_impaired",
    "zone_impaired_short", "zone_shifted", "zone_shifted_short", "zone_is_well", "zone_is_impaired", "zone_is_lost",
    "zone_is_shifted", "up", "up_starting", "hosts", "since", "state_since", "host", "task", "full", "too_small", "room",
    "room_short", "host_booting", "host_booting_short", "host_ready", "host_draining", "host_draining_short",
    "host_unseen", "host_unseen_short", "host_lost", "host_lost_short", "host_cut", "host_cut_short",
    "host_notice", "host_notice_short", "host_closed", "host_closed_short", "fact_release", "release_new", "gone",
    "pending", "pending_long", "starting", "serving", "draining", "lost", "unseen", "failed", "pending_one",
    "starting_one", "serving_one", "draining_one", "lost_one", "unseen_one", "failed_one", "small_replaced",
    "small_emptied", "small_moved", "more_hosts", "more_tasks", "control_plane", "wants", "waiting", "nobody_waits",
    "last_placed", "placed_at", "on_host", "in_zone", "why", "why_task", "close", "show_table", "hide_table",
    "table_caption", "col_what", "col_state", "col_since", "col_tasks", "none", "fact_in", "fact_refused",
    "fact_hosts", "fact_tasks", "fact_traffic", "fact_failing", "fact_zone", "fact_room", "fact_ready",
    "fact_service", "fact_host", "fact_by_hand", "fact_type", "fact_release_of", "release_is", "releases_new",
)  # fmt: skip
