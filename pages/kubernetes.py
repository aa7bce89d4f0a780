"""What is Kubernetes? Who brings the nodes that its pods need, why a pod goes where it goes, and how a new version comes out."""

from pages.parts.furniture import present
from pages.parts.kubernetes import scheduler_beside, scheduler_panel, who_brings

present(
    "kubernetes_nodes",
    "kubernetes_scheduler",
    panels={"kubernetes_nodes": who_brings, "kubernetes_scheduler": scheduler_panel},
    beside={"kubernetes_scheduler": scheduler_beside},
)
