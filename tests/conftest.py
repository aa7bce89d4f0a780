"""What every test may ask for: the shared tables beside the checkout, a Chromium, and calm hypothesis settings."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.apart import apart

# What tests answer is nobody's progress: no test, and no server that a test starts, opens the user's own store.
apart("tests")

ROOT = Path(__file__).resolve().parent.parent

# A shared machine stalls now and then: no law is broken by a slow example.
settings.register_profile("here", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared folder beside the checkout: golden tables and samples. Skips, and says so, where there is none."""
    folder = ROOT.parent / "shared"
    if not (folder / "golden").is_dir():
        pytest.skip("no ../shared here: nothing is held against the golden tables and samples")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium, as `make test` found it. Without one: skipped loudly, and with CI set a failure."""
    path = os.environ.get("QUAYSIDE_CHROMIUM", "")
    if path and Path(path).exists():
        return path
    sentence = "no Chromium: run these through `make test`, which finds or installs one (QUAYSIDE_CHROMIUM)"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
