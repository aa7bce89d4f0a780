"""What is in the box? Layers and what is carried of them, how a container stops, the limit that kills it, one image in five places."""

from pages.parts.containers import layers_room, memory_room, places_room, stop_room
from pages.parts.furniture import present

present(
    "containers", "containers_stop", "containers_memory", "containers_places",
    rooms={
        "containers": layers_room, "containers_stop": stop_room, "containers_memory": memory_room, "containers_places": places_room,
    },
)  # fmt: skip
