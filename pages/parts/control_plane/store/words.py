"""The words the store's picture shows; `data/texts/<language>/store.yaml` holds them: `table("store")`."""

WORDS: tuple[str, ...] = (
    "label", "zone", "zone_dark", "zone_cut", "zone_acts", "member", "member_acts", "term",
    "state.absent", "state.down", "state.follower", "state.pre", "state.candidate", "state.leader", "state.removed", "state.alone",
    "short.down", "short.follower", "short.pre", "short.candidate", "short.leader", "short.removed", "short.alone",
    "gauge.title", "gauge.write", "gauge.fresh", "gauge.stale", "gauge.yes", "gauge.no", "gauge.by", "gauge.member", "gauge.members",
    "gauge.nobody", "gauge.leader", "gauge.none", "gauge.of_term", "gauge.quorum", "gauge.quorum_has", "gauge.index",
    "gauge.index_n", "lane.title", "lane.leader", "lane.write", "lane.fresh", "lane.stale",
    "do.kill-member", "do.restart-member", "do.remove-member", "do.cut-link", "do.heal-link", "do.fail-zone", "do.restore-zone",
    "do.cut-zone", "do.heal-zone", "do.add-member", "do.close", "key.heartbeat", "key.ask", "key.yes", "key.no",
)  # fmt: skip
