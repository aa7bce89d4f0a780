"""Containers: what is in the box, what is carried of it, and how it is stopped."""
