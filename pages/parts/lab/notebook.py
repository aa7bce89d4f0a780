"""The notebook: the same scenarios run again with the engine, as frames and pictures. Plain JSON in nbformat 4.5."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pages.parts.side_by_side import Side
from pages.parts.words import Voice

_LOAD = """\
from engine import Scenario, frames, metrics, run

SCENARIOS = {{
{texts}}}
runs = {{name: run(Scenario.read(text)) for name, text in SCENARIOS.items()}}"""

_OUTCOMES = """\
outcomes = frames.outcomes(runs)
outcomes"""

_SECONDS = """\
seconds = {name: frames.seconds(one) for name, one in runs.items()}
next(iter(seconds.values())).describe()"""

_EVENTS = """\
import pandas as pd

events = {name: frames.events(one) for name, one in runs.items()}
pd.DataFrame({name: frame["event"].value_counts() for name, frame in events.items()}).fillna(0).astype(int)"""

_FIGURES = """\
from pages.figures.columns import Requests, Tasks
from pages.figures.drawing import Paper, requests_drawing, requests_high, tasks_drawing, tasks_high
from pages.figures.theme import LIGHT

requests, tasks = {{}}, {{}}
for name, one in runs.items():
    line = metrics.timeline(one, {goal_s!r})
    failed = line.timed_out + line.reset + line.errors
    requests[name] = Requests(line.at_s, line.ok, line.slow, failed, line.refused)
    tasks[name] = Tasks(*metrics.capacity(one))


def paper(name, what, top):
    return Paper(f"{{name}}: {{what}}", f"{{name}}-{{what}}", runs[name].scenario.duration_s, top, theme=LIGHT)


figures = {{}}
for name in runs:
    figures[name, "requests"] = requests_drawing(requests[name], paper(name, "requests", requests_high(requests.values())))
    figures[name, "tasks"] = tasks_drawing(tasks[name], paper(name, "tasks", tasks_high(tasks.values())))"""


def notebook(speaker: Voice, sides: Sequence[Side], goal_s: float) -> str:
    """Write the notebook as a file's text. goal_s: an answer later than this is slow."""
    say = speaker.say
    texts = "".join(f"    {side.key.upper()!r}: {_quoted(side.run.scenario.to_yaml())},\n" for side in sides)
    cells = [
        _words("title", f"# {say('lab.title')}\n\n" + say("lab.notebook.lede") + "\n\n" + "\n".join(f"- {side.title}" for side in sides)),
        _words("run", say("lab.notebook.run")), _code("load", _LOAD.format(texts=texts)),
        _words("outcome", f"## {say('lab.outcome.title')}"), _code("outcomes", _OUTCOMES),
        _words("log", f"## {say('lab.report.happened')}"), _code("events", _EVENTS), _code("seconds", _SECONDS),
        _words("pictures", f"## {say('lab.report.figures')}"), _code("figures", _FIGURES.format(goal_s=goal_s)),
        *(_code(f"show-{side.key}-{what}", f'figures[{side.key.upper()!r}, "{what}"]') for side in sides for what in ("requests", "tasks")),
    ]  # fmt: skip
    whole: dict[str, Any] = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _quoted(text: str) -> str:
    """Write a text as Python does, over its lines; nothing in it can end the quotes."""
    return '"""' + text.replace("\\", "\\\\").replace('"', '\\"') + '"""'


def _words(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(name: str, text: str) -> dict[str, Any]:
    return {
        "cell_type": "code", "execution_count": None, "id": name, "metadata": {}, "outputs": [],
        "source": text.splitlines(keepends=True),
    }  # fmt: skip
