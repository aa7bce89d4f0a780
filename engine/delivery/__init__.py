"""How changes reach users: as one train or as many pipelines, over a quarter of working time."""

from engine.delivery import summary
from engine.delivery.bands import Cluster, cluster_of, clusters
from engine.delivery.course import Course, Log, Outcome, Releases, Stage, State
from engine.delivery.four import Four, band, replicate
from engine.delivery.grid import Grid, frontier, grid
from engine.delivery.organisation import Organisation
from engine.delivery.simulation import run
from engine.delivery.tracks import GROUPS, Doing, Track, time_spent, tracks

__all__ = [
    "GROUPS",
    "Cluster",
    "Course",
    "Doing",
    "Four",
    "Grid",
    "Log",
    "Organisation",
    "Outcome",
    "Releases",
    "Stage",
    "State",
    "Track",
    "band",
    "cluster_of",
    "clusters",
    "frontier",
    "grid",
    "replicate",
    "run",
    "summary",
    "time_spent",
    "tracks",
]
