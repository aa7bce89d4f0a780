"""Meters: what each host has left of interfaces, ports, CPU and memory, on the page's clock."""

from pages.parts.meters.component import meters, meters_data

__all__ = ["meters", "meters_data"]
