"""How does a change reach users? The pipelines alive, tile by tile."""

from pages.parts.delivery import alive_room, traps_room
from pages.parts.furniture import present

present("delivery", "delivery_traps", rooms={"delivery": alive_room, "delivery_traps": traps_room})
