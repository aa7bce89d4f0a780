"""How does a change reach users? The pipelines alive, who meets a bad version, and whether a roll-out moves at all."""

from pages.parts.delivery import alive_room, rollout_panel, traps_room
from pages.parts.furniture import present

present(
    "delivery", "delivery_rollout", "delivery_traps",
    panels={"delivery_rollout": rollout_panel}, rooms={"delivery": alive_room, "delivery_traps": traps_room},
)  # fmt: skip
