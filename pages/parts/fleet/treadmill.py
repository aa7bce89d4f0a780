"""One release, three launch types: how long until nothing runs the old one, and who did what for it."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import Run
from engine import treadmill as folds
from engine.changes import changed
from engine.patch_work import Patch, patches
from engine.scenario import Scenario
from pages.figures.fleet import left_strip
from pages.parts import hosts, show
from pages.parts.charts import Strip, charts
from pages.parts.experiment import Experiment, in_time
from pages.parts.predict import guess_of
from pages.parts.scene import shown
from pages.parts.words import Voice

OTHERS = ("managed", "fargate")  # variants of the lesson: the same release where AWS patches


def treadmill(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Set the reader's own run beside the same release on hosts that AWS keeps, and on none."""
    if guess_of(experiment, speaker, run) is None:
        return
    name, lesson = experiment.lesson.name, experiment.lesson
    st.header(speaker.say(f"{name}.panel.title"))
    st.markdown(speaker.say(f"{name}.panel.lede"))
    columns: dict[str, Scenario] = {"yours": experiment.scenario}
    others = {variant: in_time(changed(lesson.scenario, lesson.variants[variant])) for variant in OTHERS}
    columns |= {variant: scenario for variant, scenario in others.items() if scenario is not None}
    with st.container(key="q-treadmill"):
        for place, (kind, scenario) in zip(st.columns(len(columns), gap="medium"), columns.items(), strict=True):
            with place:
                _column(show.run_of(scenario), speaker, name, kind)


def _column(run: Run, speaker: Voice, name: str, kind: str) -> None:
    """Show one launch type: its title, its hours, what dwindles, and what people did."""
    found = patches(run)
    say = speaker.say
    who = say(f"{name}.panel.{kind}") if kind != "yours" else say(f"common.launch_type.{run.scenario.launch_type}.name")
    if not found:
        st.html(f'<article class="q-belt"><h3>{escape(who)}</h3><p>{escape(say(f"{name}.panel.none"))}</p></article>')
        return
    patch = found[0]
    st.html(
        f'<article class="q-belt"><h3>{escape(who)}</h3><p class="q-belt-n">{escape(_took(patch, speaker))}</p>'
        f"<p>{escape(say(f'{name}.panel.until'))}</p></article>"
    )
    _dwindling(run, speaker, f"{name}.belt.{kind}", who)
    st.html(_facts(run, patch, speaker, name) + _work(run, patch, speaker, name))


def _took(patch: Patch, speaker: Voice) -> str:
    """Write how long it took."""
    took_s = None if patch.done_s is None else patch.done_s - patch.started_s
    return speaker.say("common.outcome.not_yet") if took_s is None else speaker.seconds(took_s)


def _dwindling(run: Run, speaker: Voice, key: str, who: str) -> None:
    """Draw how what runs the old release dwindles, on a time axis of its own."""
    words, end_s = speaker.table("charts.left"), run.scenario.duration_s
    figure = left_strip(hosts.left_of(run), end_s=end_s, signs=speaker.number_signs(), has_ticks=True)
    strip = Strip("left", words["title"], figure, height_px=132)
    charts(
        [strip],
        run_id=shown(run, speaker)["id"],
        end_s=end_s,
        key=key,
        name=f"{words['title']}: {who}",
        on_clock=False,
        size="small",
    )


def _facts(run: Run, patch: Patch, speaker: Voice, name: str) -> str:
    """Write the figures of a release, row by row."""
    say, unit = speaker.say, "host" if run.hosts else "task"
    rows = {
        "left": say(f"{name}.panel.of_{unit}", n=patch.left),
        "moved": speaker.number(patch.tasks_moved),
        "twice": say(f"{name}.panel.hours_{unit}", hours=speaker.number(patch.extra_host_s / 3600, 1)),
        "missing": say(f"{name}.panel.hours_{unit}", hours=speaker.number(patch.missing_host_s / 3600, 1)),
        "steps": speaker.number(len(patch.work)),
    }
    cells = "".join(
        f"<div><dt>{escape(say(f'{name}.panel.row.{row}'))}</dt><dd>{escape(text)}</dd></div>"
        for row, text in rows.items()
    )
    return f'<dl class="q-belt-rows">{cells}</dl>'


def _work(run: Run, patch: Patch, speaker: Voice, name: str) -> str:
    """List what a person did, and name what got stuck with its reason."""
    say = speaker.say
    items = [
        f"<li><b>{speaker.number(n)} ×</b> {escape(say(f'{name}.step.{what}'))}</li>"
        for what, n in folds.by_kind(patch).items()
    ] or [f"<li>{escape(say(f'{name}.panel.nobody'))}</li>"]
    stuck: dict[str, list[str]] = {}
    for _, host, reason in patch.stuck:
        stuck.setdefault(reason.partition(":")[0], []).append(run.hosts[host][0] if host >= 0 else "")
    for reason, names in stuck.items():
        who = ", ".join(sorted({one for one in names if one})[:4])
        items.append(f'<li class="stuck"><b>{escape(who)}</b> {escape(say(f"{name}.stuck.{reason}"))}</li>')
    return f'<ul class="q-belt-work">{"".join(items)}</ul>'
