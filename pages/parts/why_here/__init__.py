"""Why here?: the answer to a click on a task."""

from pages.parts.why_here.component import Decision, Gate, Host, Note, Task, Zone, why_here

__all__ = ["Decision", "Gate", "Host", "Note", "Task", "Zone", "why_here"]
