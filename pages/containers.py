"""What is in the box? Layers and what is carried of them, and how a container is stopped."""

from pages.parts.containers import layers_room, stop_room
from pages.parts.furniture import present

present("containers", "containers_stop", rooms={"containers": layers_room, "containers_stop": stop_room})
