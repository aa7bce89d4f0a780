"""What is Kubernetes? Who brings the nodes that its pods need, and who takes them away again."""

from pages.parts.furniture import present
from pages.parts.kubernetes import who_brings

present("kubernetes_nodes", panels={"kubernetes_nodes": who_brings})
