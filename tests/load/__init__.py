"""Many people at once, on the real pages with the real engine: `python -m tests.load`."""
