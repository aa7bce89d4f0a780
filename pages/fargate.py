"""What do I give up, what do I get? The talk's table acted out, launches by the bucket, and the bill."""

from pages.parts.fargate import launch_panel, size_room, table_room
from pages.parts.furniture import present
from pages.parts.still_true import still_true_room

present(
    "fargate", "fargate_launch", "fargate_size", "fargate_true",
    panels={"fargate_launch": launch_panel},
    rooms={"fargate": table_room, "fargate_size": size_room, "fargate_true": still_true_room("fargate")},
)  # fmt: skip
