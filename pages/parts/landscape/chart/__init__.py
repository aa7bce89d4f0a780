"""The chart: three layers of boxes, what can be joined, and the line that the reader drew."""

from pages.parts.landscape.chart.component import chart

__all__ = ["chart"]
