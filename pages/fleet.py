"""What else do I manage? Two loops that follow the traffic, hosts that are lent, and hosts that have to be patched."""

from pages.parts.fleet import notice, treadmill, two_loops
from pages.parts.furniture import present

present(
    "fleet", "fleet_spot", "fleet_patch",
    panels={"fleet": two_loops, "fleet_spot": notice, "fleet_patch": treadmill},
)  # fmt: skip
