"""Why did it go there? Tasks are placed one decision at a time, run out of ports and interfaces, and are packed or spread."""

from pages.parts.furniture import present
from pages.parts.placement import beside, panels

present("placement", "placement_network", "placement_compare", "placement_agent", panels=panels(), beside=beside())
