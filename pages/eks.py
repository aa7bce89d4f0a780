"""How much do I want to manage? The slider, slide S30's rows acted out, a version's years, pods in nodes, and an update live."""

from pages.parts.eks import pods_room, rows_room, slider_room, update_panel, versions_room
from pages.parts.furniture import present
from pages.parts.still_true import still_true_room

present(
    "eks", "eks_rows", "eks_true", "eks_versions", "eks_pods", "eks_update",
    panels={"eks_update": update_panel},
    rooms={"eks": slider_room, "eks_rows": rows_room, "eks_true": still_true_room("eks"), "eks_versions": versions_room, "eks_pods": pods_room},
)  # fmt: skip
