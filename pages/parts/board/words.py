"""The words that the board shows; `data/texts/<language>/board.yaml` holds them: `table("board")`."""

STATES = (
    "review", "waits_worker", "build", "test", "waits_release", "release", "monitor", "restore", "returned", "rework",
    "delivered", "away",
)  # fmt: skip
WORDS: tuple[str, ...] = (
    "label", "train", "pipelines", "lane_train", "lane", "workers", "workers_free", "queue", "users", "bad_now", "well_now",
    "column.rework", "column.review", "column.build", "column.test", "column.release", "column.monitor",
    *(f"state.{state}" for state in STATES), "tile", "tile_with", "story.title", "story.touches", "story.alone", "story.none",
    "story.now", "story.open", "story.hint", "story.close", "more",
)  # fmt: skip
