"""The furniture of an experiment, arranged: study, stage, side by side. Every chapter uses these rooms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from engine import BudgetError, Run, Scenario, ScenarioError
from engine.changes import changed
from engine.errors import LostRunError, Problem
from engine.launch import launch_type
from pages.parts import admission, chapter, flipped, show
from pages.parts.ahead import address, keys_of
from pages.parts.charts import charts
from pages.parts.chooser import Choice, chooser
from pages.parts.course import course_of
from pages.parts.experiment import Experiment, then
from pages.parts.headline import headline
from pages.parts.predict import guess_of, is_asking, predict, verdict
from pages.parts.scene import View, scene
from pages.parts.side_by_side import MOST_COMPARED, Side, outcomes, side_by_side, the_map
from pages.parts.sources import sources
from pages.parts.time_machine import era
from pages.parts.transport import transport
from pages.parts.turn import VIEW, explain, facts_of, go, turn
from pages.parts.why_here import why_here
from pages.parts.why_here.decision import decision
from pages.parts.words import Voice, voice

COMPARED = "compare"
TOLD_BY_THE_LEDE = ("fail-zone", "interrupt-spot", "patch", "update-nodes")


def view() -> str:
    """Say which room the URL asks for: study, stage or compare."""
    asked = st.query_params.get(VIEW, "")
    return asked if asked in {"stage", "compare"} else "study"


Panel = Callable[[Experiment, Voice, Run], None]
Beside = Callable[[Experiment, Voice, Run, View], None]


Room = Callable[[Voice], None]


def present(
    page: str,
    *others: str,
    panels: Mapping[str, Panel] | None = None,
    beside: Mapping[str, Beside] | None = None,
    rooms: Mapping[str, Room] | None = None,
) -> None:
    """Present a chapter: its experiments, one at a time, in whichever room the URL asks for.

    page, others: the lessons of the chapter; the first is the one that opens. panels: what an experiment shows besides, below its
    outcome, by its lesson. beside: what stands beside its map in the place of the charts, and on stage in the headline's.
    rooms: experiments without a run, which show themselves, by their lesson.
    """
    speaker = voice()
    chosen = chapter.chosen(speaker, page, *others)
    with flipped.framed(speaker, chosen):
        _open(chosen, speaker, panels or {}, beside or {}, rooms or {})
        if view() == "study":
            course_of(page, chosen, speaker)


def _open(
    chosen: str, speaker: Voice, panels: Mapping[str, Panel], beside: Mapping[str, Beside], rooms: Mapping[str, Room]
) -> None:
    """Open an experiment in the room that the URL asks for."""
    if chosen in rooms:
        rooms[chosen](speaker)
        return
    experiment = Experiment(chosen)
    speaker = speaker.about(experiment.scenario)
    notices(experiment, speaker)
    held = beside.get(experiment.lesson.name)
    try:
        match view():
            case _ if experiment.absent:
                not_there(experiment, speaker)
            case "stage":
                stage(experiment, speaker, held)
            case "compare" if experiment.lesson.variants:
                compare(experiment, speaker)
            case _:
                study(experiment, speaker, panels.get(experiment.lesson.name), held)
    except BudgetError as error:
        chapter.budget(speaker, error)
        turn(experiment, speaker)
    except LostRunError:
        admission.lost(speaker)
        turn(experiment, speaker)
    experiment.write_url()


def not_there(experiment: Experiment, speaker: Voice) -> None:
    """Say that this did not exist in early 2020, and offer today, another launch type, or other settings."""
    titled(experiment, speaker)
    flipped.absent(speaker, experiment.absent)
    if experiment.lesson.launch_types:
        choose_type(experiment, speaker, "", "")
    turn(experiment, speaker)


def titled(experiment: Experiment, speaker: Voice) -> None:
    """Ask the experiment's question where there is no run beside it."""
    name = experiment.lesson.name
    chapter.heading(speaker.say(f"{name}.title"), lede(experiment.own, speaker, name))


def notices(experiment: Experiment, speaker: Voice) -> None:
    """Say what of the link was set aside, and what of the last change cannot stand."""
    chapter.set_aside(speaker, experiment.aside)
    chapter.mend(speaker, experiment.problems)


# --- study -----------------------------------------------------------------------------------------------------------


def study(experiment: Experiment, speaker: Voice, panel: Panel | None = None, beside: Beside | None = None) -> None:
    """One run on a laptop or a phone: map, charts, transport; then what it cost, why, and what to try."""
    run = show.run_of(experiment.scenario, experiment.write_url, lambda: titled(experiment, speaker))
    played(experiment, speaker, run, beside)
    if panel is not None:
        panel(experiment, speaker, run)
    turn(experiment, speaker, run)
    if guess_of(experiment, speaker, run) is not None:
        explain(experiment, speaker)
    sources(*experiment.lesson.facts, *facts_of(experiment.scenario))


def played(experiment: Experiment, speaker: Voice, run: Run, beside: Beside | None = None) -> None:
    """Show the run itself, before anything else: what comes first is painted first."""
    name = experiment.lesson.name
    is_open = guess_of(experiment, speaker, run) is None
    here = address(name, experiment.scenario, "study", speaker.lang, locked=is_open)
    found, keys = scene(run, speaker, experiment.lesson, "study", locked=is_open, ahead=here), keys_of(name, "study")
    # Where no launch type is offered, the question has the room.
    left, right = st.columns(
        [5, 6] if experiment.lesson.launch_types else [9, 2], gap="medium", vertical_alignment="bottom"
    )
    with left:
        chapter.heading(speaker.say(f"{name}.title"), lede(experiment.scenario, speaker, name))
    with right, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="bottom", key="q-types"):
        if experiment.lesson.launch_types:
            choose_type(experiment, speaker, found.packed["id"], here)
        if experiment.lesson.variants:
            st.button(speaker.say("common.button.side_by_side"), key="side_by_side", on_click=go, args=("compare",))
    guess = predict(experiment, speaker, run)
    with st.container(key="q-stage-row"):
        map_, strips = st.columns([822, 354] if beside is None else [640, 536], gap="small")
        with map_:
            result = the_map(found.map, key=keys["map"], on_act=_acting(experiment, keys["map"]))
        with strips:
            if beside is None:
                charts(found.strips, key=keys["charts"], **found.charts)
            else:
                beside(experiment, speaker, run, "study")
    transport(found.transport, key=keys["transport"], on_act=_acting(experiment, keys["transport"]))
    if result.get("why"):
        explain_place(run, int(result.why["task"]), speaker)
    if not is_open:
        st.header(speaker.say(f"{name}.outcome.title"))
        if guess:
            st.html(f'<p class="q-verdict">{chapter.plain(verdict(experiment, speaker, run, guess))}</p>')
        st.html(show.outcome_row(speaker, run, experiment.lesson.outcome))


def _acting(experiment: Experiment, key: str) -> Callable[[], None]:
    """Make what carries out a wish of the map or the transport, before anything is shown again."""

    def act() -> None:
        asked = st.session_state[key].get("act")
        if asked:
            experiment.act(dict(asked))

    return act


def lede(scenario: Scenario, speaker: Voice, name: str) -> str:
    """Say in one line what stands before the reader."""
    blows = [o for o in scenario.operations if o.do in TOLD_BY_THE_LEDE]
    traffic = scenario.traffic
    share = sum(service.share for service in scenario.services if service.traffic is None)
    if scenario.application.modules:  # its users come once, for all services
        share = 1
    asked = sum(service.desired for service in scenario.services)
    asked += sum(o.count for o in scenario.operations if o.do == "run-tasks")
    values: dict[str, Any] = {
        "tasks": asked,
        "zones": scenario.zones,
        "rate": round(traffic.rps * share),
        "asked": next((o.desired for o in reversed(scenario.operations) if o.do == "set-desired"), 0),
        "hosts": asked if launch_type(scenario.launch_type).hosts == "per-task" else scenario.fleet.size,
        "peak": round(traffic.peak_rps * share),
        "rise": speaker.clock(traffic.at_s),
        "fall": speaker.clock(traffic.at_s + traffic.for_s),
    }
    done = sorted(scenario.operations, key=lambda o: o.at_s)
    if done and {f"lede_{done[0].do}", f"lede_{done[0].do}.other"} & set(speaker.table(name)):
        alike = [o for o in done if o.do == done[0].do]
        about = {what: ", ".join(str(getattr(o, what, "")) for o in alike) for what in ("host", "zone", "task")}
        clock = speaker.clock(done[0].at_s)
        return speaker.say(f"{name}.lede_{done[0].do}", **values | about, n=len(alike), clock=clock)
    if blows:
        first = min(blows, key=lambda o: o.at_s)
        is_function = launch_type(scenario.launch_type).is_function and "lede_function" in speaker.table(name)
        key = f"{name}.lede_function" if is_function else f"{name}.lede"
        if "{zone}" in speaker.table(name).get(key.removeprefix(f"{name}."), "") and not hasattr(first, "zone"):
            key = "furniture.lede_other"  # what a link brings may be none of what this question is about
        return speaker.say(key, **values, zone=getattr(first, "zone", ""), clock=speaker.clock(first.at_s))
    if traffic.shape == "spike" and "lede_spike" in speaker.table(name):
        return speaker.say(f"{name}.lede_spike", **values)
    return speaker.say(f"{name}.lede_calm", **values)


def choose_type(experiment: Experiment, speaker: Voice, run_id: str, ahead: str) -> None:
    """Offer the launch types in one row, or one for each orchestrator; the choice writes the scenario."""
    key = f"{experiment.lesson.name}.launch_type"

    def _choose() -> None:
        chosen = st.session_state[key].get("choose")
        if chosen:
            experiment.set({"launch_type": chosen})

    chooser(
        speaker.say("common.launch_type.label"),
        {
            kind: Choice(
                speaker.say(f"common.launch_type.{kind}.name"),
                speaker.say(f"common.launch_type.group.{launch_type(kind).orchestrator}"),
                speaker.say(f"common.launch_type.{kind}.short"),
                flipped.not_yet(speaker, kind),
            )
            for kind in experiment.lesson.launch_types
        },
        experiment.scenario.launch_type, key=key, path="launch_type", run_id=run_id, ahead=ahead, on_choose=_choose,
    )  # fmt: skip


def explain_place(run: Run, task: int, speaker: Voice) -> None:
    """Open the picture of the decision that placed a task."""
    found = decision(run, task, speaker)

    @st.dialog(speaker.say("why.name"), width="large")
    def _dialog() -> None:
        if found:
            why_here(found, key=f"why.{task}")
        else:
            st.markdown(speaker.say("why.none", task=str(task)))

    _dialog()


# --- side by side ------------------------------------------------------------------------------------------------------


def compare(experiment: Experiment, speaker: Voice) -> None:
    """Up to four variants on one clock, and a table of what each cost."""
    lesson, name, say = experiment.lesson, experiment.lesson.name, speaker.say
    left, right = st.columns([9, 2], gap="medium", vertical_alignment="bottom")
    with left:
        chapter.heading(say(f"{name}.compare_title"), say(f"{name}.compare_lede"))
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        st.button(say("common.button.back_to_one"), key="back_to_one", on_click=go, args=("study",))
    chosen = chosen_variants(experiment, speaker)
    stand, problems = standing(experiment, chosen)
    chapter.mend(speaker, problems, title="common.error.variant")
    runs, chosen = [show.run_of(scenario, experiment.write_url) for scenario in stand.values()], list(stand)
    if not runs:
        return
    sides = [Side(variant, say(f"{name}.variant.{variant}"), run) for variant, run in zip(chosen, runs, strict=True)]
    whole = f"{name}.whole" if "whole" in speaker.table(name) else "furniture.whole"
    side_by_side(name, sides, speaker, goal_s=lesson.goal_s, strips=(lesson.strip,), whole=whole)
    outcomes(speaker, say(f"{name}.outcome.title"), sides, lesson.outcome)
    facts = {fact for run in runs for fact in facts_of(run.scenario)}
    sources(*lesson.facts, *sorted(facts))


def standing(experiment: Experiment, chosen: list[str]) -> tuple[dict[str, Scenario], tuple[Problem, ...]]:
    """Make each variant of the reader's scenario; one that it cannot become (a launch type refuses it) is named and left out."""
    stand: dict[str, Scenario] = {}
    problems: list[Problem] = []
    for variant in chosen:
        try:
            made = changed(experiment.own, experiment.lesson.variants[variant])
            stand[variant] = made.in_era(era())
        except ScenarioError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    return stand, tuple(problems)


def not_yet(experiment: Experiment) -> tuple[str, ...]:
    """Name the variants that did not exist in the time that is shown."""
    if era() == "today":
        return ()

    def was_there(settings: dict[str, Any]) -> bool:
        try:
            return then(changed(experiment.own, settings)) is not None
        except ScenarioError:  # what is wrong today as well is told where it is chosen
            return True

    return tuple(name for name, settings in experiment.lesson.variants.items() if not was_there(settings))


def chosen_variants(experiment: Experiment, speaker: Voice) -> list[str]:
    """Ask which variants stand side by side; the URL knows."""
    lesson, name = experiment.lesson, experiment.lesson.name
    key = f"{name}.compared.{speaker.lang}"  # what is chosen keeps the words in which it was chosen
    later = not_yet(experiment)
    offered = [variant for variant in lesson.variants if variant not in later]
    if key not in st.session_state:
        asked = [word for word in st.query_params.get(COMPARED, "").split(".") if word in lesson.variants]
        st.session_state[key] = asked[:MOST_COMPARED] or list(lesson.compare)
    # What did not exist then goes, and so does what was never offered, or is more than may stand side by side.
    kept = [variant for variant in dict.fromkeys(st.session_state[key]) if variant in offered][:MOST_COMPARED]
    if kept != list(st.session_state[key]):
        st.session_state[key] = kept or offered[:MOST_COMPARED]
    if later:
        names = ", ".join(speaker.say(f"{name}.variant.{variant}") for variant in later)
        st.html(f'<p class="q-later">{chapter.plain(speaker.say("era.not_then", names=names))}</p>')
    found: list[str] = st.multiselect(
        speaker.say("common.button.choose_types"), offered, max_selections=MOST_COMPARED, key=key,
        format_func=lambda variant: speaker.say(f"{name}.variant.{variant}"), placeholder=speaker.say("common.button.choose_types"),
    )  # fmt: skip
    st.query_params[COMPARED] = ".".join(found)
    return found


# --- stage -------------------------------------------------------------------------------------------------------------


def stage(experiment: Experiment, speaker: Voice, beside: Beside | None = None) -> None:
    """One run for the back of the hall: the question, the map, one number, one strip. Keys do the rest."""
    name, run = experiment.lesson.name, show.run_of(experiment.scenario, experiment.write_url)
    locked = is_asking()
    here = address(name, experiment.scenario, "stage", speaker.lang, locked=locked)
    found, keys = scene(run, speaker, experiment.lesson, "stage", locked=locked, ahead=here), keys_of(name, "stage")
    if chapter.is_in_talk():  # there the keys step through the talk
        told = found.map["payload"]
        found.map["payload"] = told | {"words": told["words"] | {"keys": speaker.say("stage.map_keys")}}
    chapter.look_stage()
    chapter.stage_heading(speaker.say(f"{name}.title"), found.packed["name"])
    with st.container(key="q-stage-main"):
        map_, side = st.columns([1150, 578])
        with map_:
            the_map(found.map, key=keys["map"], on_act=_acting(experiment, keys["map"]))
        with side:
            if beside is not None:
                beside(experiment, speaker, run, "stage")
            else:
                headline(found.headline, key=f"{name}.headline")
                with st.container(key="q-stage-strip"):
                    charts(found.strips, key=keys["charts"], **found.charts)
    transport(found.transport, key=keys["transport"], on_act=_acting(experiment, keys["transport"]))
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key=f"{name}.study", on_click=go, args=("study",))
