"""The words the flow's picture shows; `data/texts/<language>/flow.yaml` holds them: `table("flow")`."""

WORDS: tuple[str, ...] = (
    "label", "calm", "box.label", "box.per_s_in", "box.per_s", "box.environments", "box.tasks", "box.waiting", "box.in_hands",
    "box.running", "box.caught", "box.clients", "box.units", "box.acu", "box.objects", "box.undelivered", "box.refused",
    "box.dlq", "box.no_dlq", "state.broken", "state.paused", "state.asleep", "state.waking", "state.away",
    "account.accepted", "account.copied", "account.done", "account.again", "account.suppressed", "account.superseded",
    "account.queued", "account.working", "account.dead", "account.refused", "account.lost",
    "kind.api-gateway", "kind.lambda-function", "kind.fargate-service", "kind.sqs-queue", "kind.sns-topic", "kind.state-machine",
    "kind.appsync-api", "kind.dynamodb-table", "kind.aurora-cluster", "kind.s3-bucket",
    "do.spike", "do.hot-key", "do.poison", "do.pause", "do.resume", "do.pause-db", "do.resume-db", "do.redrive", "do.break-box",
    "do.fail-zone", "do.close",
)  # fmt: skip
