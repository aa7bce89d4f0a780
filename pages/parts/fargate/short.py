"""Many short tasks: a minute is billed for each, however little it works."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from engine.fargate import Bills, by_length, short_tasks, smallest, usd_per_hour
from pages.figures.fargate import short_figure
from pages.parts.fargate.even import chart
from pages.parts.fargate.said import usd
from pages.parts.fargate.sidecar import money_tick
from pages.parts.words import Voice

NAME = "fargate_size"
LENGTHS_S = (1.0, 10.0, 60.0, 600.0, 3_600.0)  # where the axis of lengths is written


def short(bills: Bills, speaker: Voice) -> None:
    """Show what many short tasks cost, each with its minute."""
    ask, size, say = bills.short, smallest(*bills.size.asked, "today"), speaker.say
    if size is None:
        return
    found = short_tasks(ask.tasks, ask.work_s, ask.pull_s, size)
    line = by_length(np.geomspace(LENGTHS_S[0], LENGTHS_S[-1], 240), ask.pull_s, size)
    now = by_length(np.array([ask.work_s]), ask.pull_s, size)
    here = usd(speaker, float(now.usd_per_work_hour[0]))
    figure = short_figure(
        line.work_s, line.usd_per_work_hour, now=(ask.work_s, float(now.usd_per_work_hour[0])), least=usd_per_hour(size, "x86"),
        texts=[speaker.seconds(length) for length in LENGTHS_S], at=np.array(LENGTHS_S), words={"now": here},
        unit=money_tick(speaker), signs=speaker.number_signs(),
    )  # fmt: skip
    chart("short", say(f"{NAME}.short.curve"), figure, sub=say(f"{NAME}.short.length"), height_px=230)
    sentence = say(
        f"{NAME}.short.says", n=ask.tasks, work=speaker.seconds(ask.work_s), billed=speaker.seconds(found.billed_s),
        usd=speaker.money(found.usd), work_usd=speaker.money(found.work_usd), overhead=speaker.percent(found.overhead, 0),
    )  # fmt: skip
    st.html(f'<p class="q-verdict">{escape(sentence)}</p>')
