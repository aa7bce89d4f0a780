"""What is in the box? Layers and what is carried of them, how a container stops, and the limit that kills it."""

from pages.parts.containers import layers_room, memory_room, stop_room
from pages.parts.furniture import present

present(
    "containers", "containers_stop", "containers_memory",
    rooms={"containers": layers_room, "containers_stop": stop_room, "containers_memory": memory_room},
)  # fmt: skip
