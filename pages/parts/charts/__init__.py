"""Charts on the page's clock: strips that keep their nodes from run to run."""

from pages.figures.labels import Label
from pages.parts.charts.assets import plotly_url, routes
from pages.parts.charts.component import Mark, Strip, charts, payload

__all__ = ["Label", "Mark", "Strip", "charts", "payload", "plotly_url", "routes"]
