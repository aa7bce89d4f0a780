"""The agent in money: a side-car in every task against a daemon on every host."""

from __future__ import annotations

import streamlit as st

from engine.era import Era
from engine.fargate import AgentAsk, agents
from pages.figures.fargate import agents_figure
from pages.parts.charts import Strip, charts
from pages.parts.fargate.said import usd
from pages.parts.words import Voice


def sidecar_figure(ask: AgentAsk, era: Era, speaker: Voice) -> None:
    """Draw what the agent costs each task, and where the daemon is cheaper."""
    found, say = agents(ask, era), speaker.say
    if not found.most_tasks:
        return
    cross = found.break_even_tasks
    words = {
        "daemon": say("fargate.agents.daemon"),
        "sidecar": say("fargate.agents.sidecar"),
        "cross": say("fargate.agents.cross", n=cross or 0),
    }
    figure = agents_figure(
        found.tasks * 1.0, found.daemon_each, found.sidecar_each, cross=cross, words=words, signs=speaker.number_signs(),
        unit=money_tick(speaker),
    )  # fmt: skip
    title = say("fargate.agents.title")
    charts(
        [Strip("agents", title, figure, sub=say("fargate.agents.tasks"), height_px=230)], run_id="agents", end_s=1,
        key="fargate.agents", on_clock=False, name=title,
    )  # fmt: skip
    daemon = usd(speaker, found.daemon_usd)
    if not found.sidecar_usd:
        free = found.sidecar_usd is not None
        told = say("fargate.agents.free" if free else "fargate.agents.too_large", daemon=daemon, host=ask.instance_type)
    else:
        key = "fargate.agents.says" if cross else "fargate.agents.never"
        told = say(
            key,
            sidecar=usd(speaker, found.sidecar_usd),
            daemon=daemon,
            n=cross or found.most_tasks,
            host=ask.instance_type,
        )
    st.markdown(told)


def money_tick(speaker: Voice) -> str:
    """Give how an axis writes money, with {v} for the number."""
    return speaker.money(0).replace("0", "{v}", 1).split("{v}")[0] + "{v}"
