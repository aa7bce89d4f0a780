"""Lanes: for each host what is true above what ECS believes, on the page's clock."""

from pages.parts.lanes.component import lanes, lanes_data

__all__ = ["lanes", "lanes_data"]
