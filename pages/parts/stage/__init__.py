"""The stage: the talk as a deck of beats, one at a time, by keyboard alone."""
