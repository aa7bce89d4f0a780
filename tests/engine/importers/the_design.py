"""Small task definitions for tests: one that runs everywhere, changed in one place at a time."""

import copy
import json
from pathlib import Path

from engine import importers

DESIGNS = Path(__file__).parent / "designs"

# Valid on every launch type, so that each change below is the only reason to refuse it.
GOOD = {
    "family": "good",
    "networkMode": "awsvpc",
    "cpu": "512",
    "memory": "1024",
    "containerDefinitions": [
        {"name": "web", "image": "web:1", "cpu": 256, "memory": 512, "portMappings": [{"containerPort": 80}]},
        {"name": "side", "image": "side:1", "memory": 256, "memoryReservation": 128, "essential": False},
    ],
}


def design(container=None, *, without=(), **changes):
    """Read GOOD with members of the task, or of its first container, changed."""
    tree = copy.deepcopy(GOOD) | changes
    tree["containerDefinitions"][0] |= container or {}
    for name in without:
        tree.pop(name)
    return one(tree)


def one(tree):
    (found,) = importers.read(json.dumps(tree))
    return found


def codes(definition, launch_type):
    return [finding.code for finding in importers.refusals(definition, launch_type)]


def file(name):
    return (DESIGNS / name).read_bytes()


def notes(definition):
    return {note.code: note.where for note in importers.remarks(definition)}
