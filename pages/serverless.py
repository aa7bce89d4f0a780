"""What do the four promises cost? The order pipeline through ten services, a spike race, and the dials that say which way to pay is cheaper."""

from pages.parts.furniture import present
from pages.parts.serverless import dials_room, pipeline_room, race_panel

present(
    "serverless", "serverless_race", "serverless_dials",
    panels={"serverless_race": race_panel}, rooms={"serverless": pipeline_room, "serverless_dials": dials_room},
)  # fmt: skip
