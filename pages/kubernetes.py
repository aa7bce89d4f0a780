"""What is Kubernetes? Loops that bring what is there to what is wanted; where a pod goes; who brings pods and nodes."""

from pages.parts.furniture import present
from pages.parts.kubernetes import (
    desired_actual,
    rollout_panel,
    scheduler_beside,
    scheduler_panel,
    six_gates,
    who_brings,
)

present(
    "kubernetes", "kubernetes_scheduler", "kubernetes_rollout", "kubernetes_hpa", "kubernetes_nodes",
    panels={
        "kubernetes": desired_actual, "kubernetes_scheduler": scheduler_panel, "kubernetes_rollout": rollout_panel,
        "kubernetes_hpa": six_gates, "kubernetes_nodes": who_brings,
    },
    beside={"kubernetes_scheduler": scheduler_beside},
)  # fmt: skip
