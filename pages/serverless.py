"""What do the four promises cost? The order pipeline through ten services, and the dials that say which way to pay is cheaper."""

from pages.parts.furniture import present
from pages.parts.serverless import dials_room, pipeline_room

present("serverless", "serverless_dials", rooms={"serverless": pipeline_room, "serverless_dials": dials_room})
