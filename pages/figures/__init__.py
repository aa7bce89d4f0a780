"""Figures show what a run's columns say, and nothing else: columns in, a Plotly figure out."""

from pages.figures.columns import Cost, Histogram, Latency, Requests, Tasks
from pages.figures.cost import cost_labels, cost_strip, cost_top
from pages.figures.labels import Label
from pages.figures.latency import latency_histogram, latency_labels, latency_strip, latency_top
from pages.figures.placement import Curve, filling
from pages.figures.requests import requests_labels, requests_strip, requests_top
from pages.figures.tasks import tasks_labels, tasks_strip, tasks_top

__all__ = [
    "Cost",
    "Curve",
    "Histogram",
    "Label",
    "Latency",
    "Requests",
    "Tasks",
    "cost_labels",
    "cost_strip",
    "cost_top",
    "filling",
    "latency_histogram",
    "latency_labels",
    "latency_strip",
    "latency_top",
    "requests_labels",
    "requests_strip",
    "requests_top",
    "tasks_labels",
    "tasks_strip",
    "tasks_top",
]
