"""Who asks: a service that keeps its tasks, or a person who runs each of them by hand. Their defaults differ."""

from __future__ import annotations

from typing import Any

import streamlit as st

from engine import Scenario
from pages.parts.experiment import Experiment
from pages.parts.words import Voice

WHO = ("service", "alone")
SOON_S = 1.0  # all at once: when everything stands


def who_asks(experiment: Experiment, speaker: Voice) -> None:
    """Offer both ways to ask for the same tasks; the choice writes the scenario."""
    key = f"{experiment.lesson.name}.who"
    now = "alone" if is_alone(experiment.scenario) else "service"
    st.session_state[key] = now

    def write() -> None:
        make = alone if st.session_state[key] == "alone" else kept
        experiment.change(lambda scenario: make(scenario, experiment.lesson.scenario))

    with st.container(horizontal=True, vertical_alignment="center", key="q-who"):
        st.segmented_control(
            speaker.say("placement.who.label"), WHO, format_func=lambda who: speaker.say(f"placement.who.{who}"), key=key, required=True,
            on_change=write,
        )  # fmt: skip
        st.markdown(speaker.say(f"placement.who.{now}_means"), width="stretch")


def is_alone(scenario: Scenario) -> bool:
    """Say whether every task is asked for by hand."""
    return not any(s.desired for s in scenario.services) and any(o.do == "run-tasks" for o in scenario.operations)


def alone(scenario: Scenario, _own: Scenario) -> Scenario:
    """Ask for a service's tasks by hand, at the same pace, by RunTask's own default."""
    service = scenario.services[0]
    pace, asked = service.one_every_s, []
    if pace:
        asked = [{"at_s": round(pace * (k + 1), 1), "do": "run-tasks"} for k in range(service.desired)]
    elif service.desired:
        asked = [{"at_s": SOON_S, "do": "run-tasks", "count": service.desired}]
    rest = {"service": service.name, "constraints": list(service.constraints)}
    asked = [one | rest for one in asked if one["at_s"] <= scenario.duration_s]
    return _with(scenario, 0, [*_others(scenario), *asked])


def kept(scenario: Scenario, own: Scenario) -> Scenario:
    """Let a service want the tasks that were asked for by hand; what the chapter does later is done again."""
    count = sum(o.count for o in scenario.operations if o.do == "run-tasks")
    later = [o.model_dump(mode="json") for o in own.operations if o.do == "set-desired"]
    return _with(scenario, count, [*_others(scenario), *later])


def _others(scenario: Scenario) -> list[dict[str, Any]]:
    return [o.model_dump(mode="json") for o in scenario.operations if o.do not in {"run-tasks", "set-desired"}]


def _with(scenario: Scenario, desired: int, operations: list[dict[str, Any]]) -> Scenario:
    data = scenario.model_dump(mode="json")
    data["services"][0]["desired"] = desired
    return Scenario.of(data | {"operations": operations})
