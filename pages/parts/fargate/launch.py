"""The bucket: many tasks asked for at once, in early 2020 and today, on one time axis. Below it, a definition of one's own."""

from __future__ import annotations

from html import escape
from math import ceil

import numpy as np
import streamlit as st

from engine import Run, catalog
from engine.era import ERAS, Era
from engine.fargate import LaunchAsk, Launches, launches, level, rising
from engine.story import Amount
from pages.figures.fargate import Launched, bucket_figure, launches_figure
from pages.parts import chapter
from pages.parts.bring import bring
from pages.parts.charts import Strip, charts
from pages.parts.experiment import Experiment
from pages.parts.lesson import controls
from pages.parts.predict import guess_of
from pages.parts.stage_map.payload import amount
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "fargate_launch"


def launch_panel(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Show the two eras' buckets, once the reader has guessed (they tell the answer); then take a definition."""
    if guess_of(experiment, speaker, run) is not None:
        _bucket(experiment, speaker)
    bring(experiment, speaker)


def _bucket(experiment: Experiment, speaker: Voice) -> None:
    """Show the two eras' buckets for the same wish, and what may be turned."""
    say = speaker.say
    row = catalog.lesson(NAME)
    turned = Turned(f"{NAME}.bucket", LaunchAsk(), controls(row["bucket"]), _can_launch)
    st.header(say("fargate_launch.bucket.title"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    st.markdown(say("fargate_launch.bucket.lede"))
    with st.container(horizontal=True, key="q-counts"):
        for count in row["counts"]:
            st.button(
                say("fargate_launch.bucket.ask", n=count), key=f"{NAME}.bucket.{count}", on_click=_ask_for,
                args=(experiment, turned, count), type="primary" if count == turned.record.tasks else "secondary",
            )  # fmt: skip
    eras = {era: launches(turned.record, era) for era in ERAS}
    _figures(eras, speaker)
    st.html(_numbers(eras, turned.record, speaker))
    with st.container(border=True, key="q-turn-bucket"):
        turn_record(turned, turned.controls, speaker)
    turned.write_url()


def _ask_for(experiment: Experiment, turned: Turned[LaunchAsk], count: int) -> None:
    """Ask for so many in both eras, and in the run at the moment at which its scenario asks; what else was done there stays."""
    (asked,) = [one for one in experiment.lesson.scenario.operations if one.do == "set-desired"]
    others = [one.model_dump(mode="json") for one in experiment.scenario.operations if one.do != "set-desired"]
    turned.set({"tasks": count})
    experiment.set({"operations": [*others, {"at_s": asked.at_s, "do": "set-desired", "desired": count}]})


def _can_launch(ask: LaunchAsk) -> None:
    """Refuse speeds that cannot be, before anything is shown: one task tells it as well as all."""
    launches(ask.model_copy(update={"tasks": 1}), "today")


def _figures(eras: dict[Era, Launches], speaker: Voice) -> None:
    say, signs = speaker.say, speaker.number_signs()
    end_s = float(ceil(1.04 * max(found.done_s for found in eras.values())))
    drawn: dict[str, Launched] = {}
    for era, found in eras.items():
        line = rising(found)
        name = say("fargate_launch.bucket.line", era=say(f"fargate.era.{era}"), took=speaker.seconds(found.done_s))
        at_s = np.append(line.at_s, end_s)
        launched, running = (np.append(count, count[-1]) * 1.0 for count in (line.launched, line.running))
        drawn[era] = Launched(at_s, launched, running, level(found, at_s), found.done_s, name)
    strips = [
        Strip("launches", say("fargate_launch.bucket.curves"), launches_figure(drawn, end_s=end_s, signs=signs),
              sub=say("fargate_launch.bucket.lines"), tab=say("fargate_launch.bucket.curves_tab"), height_px=260),
        Strip("bucket", say("fargate_launch.bucket.level"), bucket_figure(drawn, end_s=end_s, signs=signs),
              sub=say("fargate_launch.bucket.level_lines"),
              tab=say("fargate_launch.bucket.level_tab"), height_px=130),
    ]  # fmt: skip
    charts(strips, run_id="bucket", end_s=end_s, key=f"{NAME}.bucket.charts", on_clock=False,
           name=say("fargate_launch.bucket.title"))  # fmt: skip


def _numbers(eras: dict[Era, Launches], ask: LaunchAsk, speaker: Voice) -> str:
    """Write both eras as a table: what the bucket holds, what each task fetches, when the first and the last one run."""
    say = speaker.say
    write = {
        "at_once": lambda found: speaker.number(found.burst),
        "per_s": lambda found: speaker.number(found.per_s),
        "service": lambda found: speaker.number(found.service_per_s * 60),
        "fetched": lambda found: str(amount(Amount(found.pulled_mib, "mib"), speaker)),
        "lazy": lambda found: say(f"fargate_table.lazy.{found.lazy}"),
        "first": lambda found: speaker.seconds(float(found.running_s.min())),
        "last": lambda found: speaker.seconds(found.done_s),
    }
    shown = [row for row in write if row != "service" or ask.services]
    head = "".join(f'<th scope="col">{escape(say(f"fargate.era.{era}"))}</th>' for era in eras)
    body = "".join(
        f'<tr><th scope="row">{escape(say(f"fargate_launch.bucket.row.{row}"))}</th>'
        + "".join(f"<td>{escape(write[row](found))}</td>" for found in eras.values())
        + "</tr>"
        for row in shown
    )
    caption = escape(say("fargate_launch.bucket.caption", n=ask.tasks))
    return (
        f'<table class="q-outcomes q-even"><caption>{caption}</caption><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
