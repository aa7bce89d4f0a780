"""A sweep that nobody disturbed, to hold the others against."""

import json

import pytest

from engine import sweep
from tests.engine.sweep import a_sweep


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """The folder of a sweep that one process played from beginning to end."""
    folder = tmp_path_factory.mktemp("undisturbed")
    sweep.play(a_sweep.plan(), workers=1, folder=folder)
    return folder


@pytest.fixture
def scenario(tmp_path):
    """The small scenario as a file."""
    path = tmp_path / "small.json"
    path.write_text(json.dumps(a_sweep.SMALL))
    return path
