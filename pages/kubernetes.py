"""What is Kubernetes? Loops that bring what is there to what is wanted; who brings pods for traffic, and nodes for pods."""

from pages.parts.furniture import present
from pages.parts.kubernetes import desired_actual, six_gates, who_brings

present(
    "kubernetes", "kubernetes_hpa", "kubernetes_nodes",
    panels={"kubernetes": desired_actual, "kubernetes_hpa": six_gates, "kubernetes_nodes": who_brings},
)  # fmt: skip
