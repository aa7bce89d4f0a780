"""What is Kubernetes? Who brings the nodes that its pods need, why a pod goes where it goes, and how a new version comes out."""

from pages.parts.furniture import present
from pages.parts.kubernetes import rollout_panel, scheduler_beside, scheduler_panel, who_brings

present(
    "kubernetes_nodes",
    "kubernetes_scheduler",
    "kubernetes_rollout",
    panels={
        "kubernetes_nodes": who_brings,
        "kubernetes_scheduler": scheduler_panel,
        "kubernetes_rollout": rollout_panel,
    },
    beside={"kubernetes_scheduler": scheduler_beside},
)
