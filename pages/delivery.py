"""How does a change reach users? Who meets a bad version, and whether a roll-out moves at all."""

from pages.parts.delivery import rollout_panel, traps_room
from pages.parts.furniture import present

present(
    "delivery_rollout", "delivery_traps",
    panels={"delivery_rollout": rollout_panel}, rooms={"delivery_traps": traps_room},
)  # fmt: skip
