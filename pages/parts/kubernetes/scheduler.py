"""The scheduler's experiment: a decision beside the map, the same decision point by point, and ECS on the same pods."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from engine import Run, story_placement
from engine.placement.choose import FEASIBLE
from engine.placement.kube.beside import KUBE
from engine.placement.kube.decide import Marks, Ruling
from pages.parts import chapter
from pages.parts.decisions import decisions, decisions_data
from pages.parts.experiment import Experiment
from pages.parts.furniture import explain_place
from pages.parts.placement.strategies import followed
from pages.parts.predict import GUESS, SKIP
from pages.parts.scene import View
from pages.parts.words import Voice

NAME = "kubernetes_scheduler"
CHAINS: dict[str, tuple[str, ...]] = {
    "kube": (KUBE,),
    "ecs": ("spread-zones", "spread-hosts"),
    "packed": ("spread-zones", "binpack-memory"),
    "pack": ("binpack-memory",),
}


def scheduler_beside(experiment: Experiment, speaker: Voice, run: Run, view: View) -> None:
    """Show the decision at the playhead; in self-study each one is guessed first."""
    asks = view == "study" and st.query_params.get(GUESS) != SKIP
    result = decisions(decisions_data(run, speaker, view, asks=asks), key=f"{experiment.lesson.name}.{view}_decisions")
    if result.why:
        explain_place(run, int(result.why["task"]), speaker)


def scheduler_panel(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Open any decision point by point (folded: it tells what may still be guessed), then hold ECS's strategies beside it."""
    with chapter.fold(speaker.say(f"{NAME}.points.title"), key=f"{NAME}.points") as opened:
        if opened.open:
            _points(run, speaker)
    st.header(speaker.say(f"{NAME}.beside.title"))
    st.markdown(speaker.say(f"{NAME}.beside.lede"))
    titles = [speaker.say(f"{NAME}.variant.{name}") for name in CHAINS]
    followed(experiment.scenario, speaker, titles, tuple(CHAINS.values()), key=NAME)


# --- one decision, point by point ------------------------------------------------------------------------------------


def _points(run: Run, speaker: Voice) -> None:
    """Let the reader choose a decision, and show its table of nodes x plugins."""
    found = rulings(run)
    if not found:
        st.markdown(speaker.say("decisions.nowhere"))
        return
    key = f"{NAME}.points.at"
    if st.session_state.get(key) not in range(len(found)):
        st.session_state[key] = 0
    which = 0
    if len(found) > 1:
        which = st.select_slider(
            speaker.say(f"{NAME}.points.which"), range(len(found)), key=key,
            format_func=lambda k: speaker.say(f"{NAME}.points.one", task=str(found[k][1]), clock=speaker.clock(found[k][0])),
        )  # fmt: skip
    at_s, task, ruling = found[which]
    st.html(points_table(run, speaker, at_s, task, ruling))


def rulings(run: Run) -> list[tuple[float, int, Ruling]]:
    """List the scheduler's answers: when, which pod, and the whole table. A pod that is asked about again has one for each time."""
    events = run.events
    rows = [row for row in story_placement.decisions(run) if isinstance(events.verdicts.get(row), Ruling)]
    return [(float(events.at_s[row]), int(events.task[row]), events.verdicts[row]) for row in rows]  # type: ignore[misc]


def points_table(run: Run, speaker: Voice, at_s: float, task: int, ruling: Ruling) -> str:
    """Write nodes x plugins: what a filter said in Kubernetes' own words, or raw score, points and weight of each plugin."""
    say = speaker.say
    order = sorted(range(len(ruling.stopped_by)), key=lambda node: (run.hosts[node][1], node))
    marks = {name: one for name, one in ruling.marks.items() if _tells(one, ruling)}
    left = int(np.argmax(ruling.stopped_by == FEASIBLE))
    silent = [
        f"{say(f'decisions.plugin.{name}')} {speaker.number(int(one.normal[left]))} × {one.weight}"
        for name, one in ruling.marks.items()
        if name not in marks
    ]
    head = "".join(
        f'<th scope="col">{escape(say(f"decisions.plugin.{name}"))}<span>{escape(say("decisions.weight", n=one.weight))}</span></th>'
        for name, one in marks.items()
    )
    body = "".join(_node(run, speaker, ruling, marks, node) for node in order)
    where = "" if ruling.host is None else run.hosts[ruling.host][0]
    title = say(f"{NAME}.points.{'went' if where else 'waits'}", task=str(task), node=where, clock=speaker.clock(at_s))
    notes = [ruling.message] if ruling.message else []
    notes += [say(f"{NAME}.points.alone")] if where and not ruling.marks else []
    notes += [say(f"{NAME}.points.silent", plugins=", ".join(silent))] if silent else []
    told = "".join(f'<p class="q-kube-said">{_note(note, is_code=note == ruling.message)}</p>' for note in notes)
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{escape(title)}">'
        f'<table class="q-facts q-points"><caption>{escape(title)}</caption><thead><tr><th scope="col">{escape(say("decisions.col_host"))}</th>'
        f'{head}<th scope="col">{escape(say(f"{NAME}.points.total"))}</th></tr></thead><tbody>{body}</tbody></table></div>{told}'
    )


def _note(text: str, *, is_code: bool) -> str:
    """Write a line below the table; Kubernetes' own in its own look, and in its own language."""
    return f'<code lang="en">{escape(text)}</code>' if is_code else escape(text)


def _tells(one: Marks, ruling: Ruling) -> bool:
    """Say whether a plugin tells nodes apart: one that gives all of them the same decides nothing."""
    left = one.normal[ruling.stopped_by == FEASIBLE]
    return bool(len(left)) and int(left.min()) != int(left.max())


def _node(run: Run, speaker: Voice, ruling: Ruling, marks: dict[str, Marks], node: int) -> str:
    """Write a node's row: its no, or its points."""
    wins = node == ruling.host
    name = f'<th scope="row">{escape(run.hosts[node][0])}<span>{escape(run.kinds[node].instance_type)}</span></th>'
    total = _total(speaker, ruling, node)
    if words := ruling.words_of(node):
        said = f'<td colspan="{len(marks) + 1}" lang="en"><code>{escape(", ".join(words))}</code></td>'
        return f'<tr class="struck">{name}{said}</tr>'
    cells = "".join(f"<td>{_cell(speaker, one, node)}</td>" for one in marks.values())
    return f'<tr class="{"wins" if wins else "left"}">{name}{cells}<td>{total}</td></tr>'


def _cell(speaker: Voice, one: Marks, node: int) -> str:
    """Write one plugin's column for a node: points times weight, and what it counted where that is another number."""
    raw, normal = int(one.raw[node]), int(one.normal[node])
    counted = f"<span>{escape(speaker.say(f'{NAME}.points.raw', raw=raw))}</span>" if raw != normal else ""
    return f"<b>{speaker.number(normal)}</b> × {one.weight}{counted}"


def _total(speaker: Voice, ruling: Ruling, node: int) -> str:
    """Write a node's total; the winner's wears a word, and says whether lots decided."""
    wins, said = node == ruling.host, speaker.number(int(ruling.total[node])) if ruling.marks else "–"
    if not wins:
        return said
    best = int(np.count_nonzero(ruling.total == ruling.total[node]))
    word = (
        speaker.say(f"{NAME}.points.lots", n=best)
        if best > 1 and ruling.marks
        else speaker.say("decisions.winner_place")
    )
    return f'{said} <span class="q-best">{escape(word)}</span>'
