"""The furniture of an experiment, arranged: study, stage, side by side. Every chapter uses these rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from engine import Run, Scenario
from engine.scenario import LaunchTypeName
from pages.parts import chapter, show
from pages.parts.charts import Mark, charts
from pages.parts.experiment import Experiment
from pages.parts.headline import headline
from pages.parts.lesson import changed
from pages.parts.predict import guess_of, predict, verdict
from pages.parts.sources import sources
from pages.parts.stage_map import stage_map
from pages.parts.stage_map.payload import payload
from pages.parts.transport import transport
from pages.parts.turn import VIEW, explain, facts_of, go, turn
from pages.parts.why_here import why_here
from pages.parts.why_here.decision import decision
from pages.parts.words import Voice

COMPARED = "compare"
MOST_COMPARED = 4
STAGE_STRIP_PX = 300  # on a screen of fewer lines stage.css scales it down


def view() -> str:
    """Say which room the URL asks for: study, stage or compare."""
    asked = st.query_params.get(VIEW, "")
    return asked if asked in {"stage", "compare"} else "study"


def notices(experiment: Experiment, speaker: Voice) -> None:
    """Say what of the link was set aside, and what of the last change cannot stand."""
    chapter.set_aside(speaker, experiment.aside)
    chapter.mend(speaker, experiment.problems)


# --- study -----------------------------------------------------------------------------------------------------------


def study(experiment: Experiment, speaker: Voice) -> None:
    """One run on a laptop or a phone: map, charts, transport; then what it cost, why, and what to try."""
    run = show.run_of(experiment.scenario)
    played(experiment, speaker, run)
    turn(experiment, speaker, run)
    if guess_of(experiment) is not None:
        explain(experiment, speaker)
    sources(*experiment.lesson.facts, *facts_of(experiment.scenario))


def played(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Show the run itself, before anything else: what comes first is painted first."""
    name = experiment.lesson.name
    left, right = st.columns([5, 6], gap="medium", vertical_alignment="bottom")
    with left:
        chapter.heading(speaker.say(f"{name}.title"), lede(experiment.scenario, speaker, name))
    with right, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="bottom"):
        choose_type(experiment, speaker)
        st.button(speaker.say("common.button.side_by_side"), key="side_by_side", on_click=go, args=("compare",))
    guess = predict(experiment, speaker)
    is_open = guess is None
    with st.container(key="q-stage-row"):
        map_, strips = st.columns([822, 354], gap="small")
        packed = shown(run, speaker)
        with map_:
            result = stage_map(packed, key=f"{name}.map", on_act=_acting(experiment, f"{name}.map"))
        with strips:
            charts(
                show.strips(run, speaker, experiment.lesson.goal_s),
                run_id=packed["id"],
                end_s=run.scenario.duration_s,
                key=f"{name}.charts",
                marks=chart_marks(packed),
                caption=packed["name"],
                locked_future=is_open,
            )
    transport(
        transport_data(packed, speaker, locked=is_open) | {"action": offers(run, speaker)},
        key=f"{name}.transport",
        on_act=_acting(experiment, f"{name}.transport"),
    )
    if result.why:
        explain_place(run, int(result.why["task"]), speaker)
    if not is_open:
        st.header(speaker.say(f"{name}.outcome.title"))
        if guess:
            st.html(f'<p class="q-verdict">{chapter.plain(verdict(experiment, speaker, run, guess))}</p>')
        st.html(show.outcome_row(speaker, show.outcome(run)))


def _acting(experiment: Experiment, key: str) -> Callable[[], None]:
    """Make what carries out a wish of the map or the transport, before anything is shown again."""

    def act() -> None:
        asked = st.session_state[key].get("act")
        if asked:
            experiment.act(dict(asked))

    return act


def lede(scenario: Scenario, speaker: Voice, name: str) -> str:
    """Say in one line what stands before the reader."""
    fails = [o for o in scenario.operations if o.do == "fail-zone"]
    values: dict[str, Any] = {
        "tasks": sum(service.desired for service in scenario.services),
        "zones": scenario.zones,
        "rate": round(scenario.traffic.rps),
    }
    if not fails:
        return speaker.say(f"{name}.lede_calm", **values)
    first = min(fails, key=lambda o: o.at_s)
    return speaker.say(f"{name}.lede", **values, zone=first.zone, clock=speaker.clock(first.at_s))


def choose_type(experiment: Experiment, speaker: Voice) -> None:
    """Show the launch types as one segmented control; it writes the scenario."""
    key = f"{experiment.lesson.name}.ask.launch_type"

    def _choose() -> None:
        experiment.set({"launch_type": st.session_state[key]})

    if st.session_state.get(key) != experiment.scenario.launch_type:
        st.session_state[key] = experiment.scenario.launch_type
    st.segmented_control(
        speaker.say("common.launch_type.label"),
        LaunchTypeName.__args__,  # type: ignore[attr-defined]  # the Literal's own members
        format_func=lambda kind: speaker.say(f"common.launch_type.{kind}.name"),
        required=True,
        key=key,
        label_visibility="collapsed",
        on_change=_choose,
    )


@st.cache_resource(
    max_entries=64,
    show_spinner=False,
    hash_funcs={Run: lambda run: run.scenario.model_dump_json(), Voice: lambda speaker: speaker.lang},
)
def _packed(run: Run, speaker: Voice) -> dict[str, Any]:
    return payload(run, speaker)


def shown(run: Run, speaker: Voice) -> dict[str, Any]:
    """Pack a run for the map, once for all who look at it."""
    packed: dict[str, Any] = _packed(run, speaker)
    return packed


def transport_data(packed: dict[str, Any], speaker: Voice, *, locked: bool = False, size: str = "") -> dict[str, Any]:
    """Hand the transport what it shares with the map."""
    data: dict[str, Any] = {key: packed[key] for key in ("id", "end", "marks", "number", "lang")}
    data |= {"words": speaker.table("transport"), "locked_future": locked}
    return data | ({"size": size, "keys": True} if size else {})


def chart_marks(packed: dict[str, Any]) -> list[Mark]:
    """Draw the operations through the charts; what followed is named on the scrubber."""
    return [Mark(mark["t"], mark["text"], mark["tone"]) for mark in packed["marks"] if mark["op"] is not None]


def offers(run: Run, speaker: Voice) -> list[dict[str, Any]]:
    """Offer one button beside the scrubber: fail a zone while all is well, bring it back once it is lost."""
    zone = run.scenario.zone_letters[min(1, run.scenario.zones - 1)]
    texts = speaker.table("furniture.offer")
    found = [_offer(0.0, "fail-zone", zone, texts, "lost")]
    for operation in sorted(run.scenario.operations, key=lambda o: o.at_s):
        if operation.do == "fail-zone":
            found.append(_offer(operation.at_s, "restore-zone", operation.zone, texts, "ok"))
        elif operation.do == "restore-zone":
            found.append(_offer(operation.at_s, "fail-zone", operation.zone, texts, "lost"))
    return found


def _offer(from_s: float, do: str, zone: str, texts: dict[str, str], tone: str) -> dict[str, Any]:
    return {"from_t": from_s, "label": texts[do].format(zone=zone), "tone": tone, "act": {"do": do, "zone": zone}}


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
    left, right = st.columns([5, 6], gap="medium", vertical_alignment="bottom")
    with left:
        chapter.heading(say(f"{name}.compare_title"), say(f"{name}.compare_lede"))
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        st.button(say("common.button.back_to_one"), key="back_to_one", on_click=go, args=("study",))
    chosen = _chosen(experiment, speaker)
    runs = [show.run_of(changed(experiment.scenario, lesson.variants[variant])) for variant in chosen]
    if not runs:
        return
    all_columns = [show.columns_of(run, lesson.goal_s) for run in runs]
    top = show.tops(all_columns, lesson.goal_s)
    titles = [say(f"{name}.variant.{variant}") for variant in chosen]
    packs = [shown(run, speaker) for run in runs]
    for column, variant, run, packed, title in zip(
        st.columns(len(runs), gap="small"), chosen, runs, packs, titles, strict=True
    ):
        with column:
            stage_map(packed | {"name": title}, key=f"{name}.small.{variant}", size="small")
            charts(
                show.strips(run, speaker, lesson.goal_s, size="small", only="requests", top=top),
                run_id=packed["id"], end_s=run.scenario.duration_s, key=f"{name}.charts.{variant}", size="small",
                name=title, caption=title, compared=name, marks=chart_marks(packed),
            )  # fmt: skip
    end = max(pack["end"] for pack in packs)
    marks = [mark for mark in packs[0]["marks"] if mark["op"] is not None]
    for pack, title in zip(packs, titles, strict=True):
        marks += [
            mark | {"text": say(f"{name}.whole", name=title)}
            for mark in pack["marks"]
            if mark["tone"] == "ok" and mark["op"] is None
        ]
    together = {
        **packs[0],
        "id": "-".join(pack["id"][:8] for pack in packs),
        "end": end,
        "marks": sorted(marks, key=lambda m: m["t"]),
    }
    transport(transport_data(together, speaker), key=f"{name}.together")
    with st.container(key="q-table"):
        st.html(show.outcome_table(speaker, titles, [show.outcome(run) for run in runs]))
    facts = {fact for run in runs for fact in facts_of(run.scenario)}
    sources(*lesson.facts, *sorted(facts))


def _chosen(experiment: Experiment, speaker: Voice) -> list[str]:
    """Ask which variants stand side by side; the URL knows."""
    lesson, name = experiment.lesson, experiment.lesson.name
    key = f"{name}.compared"
    if key not in st.session_state:
        asked = [word for word in st.query_params.get(COMPARED, "").split(".") if word in lesson.variants]
        st.session_state[key] = asked[:MOST_COMPARED] or list(lesson.compare)
    found: list[str] = st.multiselect(
        speaker.say("common.button.choose_types"), list(lesson.variants), max_selections=MOST_COMPARED, key=key,
        format_func=lambda variant: speaker.say(f"{name}.variant.{variant}"), placeholder=speaker.say("common.button.choose_types"),
    )  # fmt: skip
    st.query_params[COMPARED] = ".".join(found)
    return found


# --- stage -------------------------------------------------------------------------------------------------------------


def stage(experiment: Experiment, speaker: Voice) -> None:
    """One run for the back of the hall: the question, the map, one number, one strip. Keys do the rest."""
    name, run = experiment.lesson.name, show.run_of(experiment.scenario)
    packed = shown(run, speaker)
    texts = speaker.table("headline")
    chapter.look_stage()
    st.html(
        f'<header class="q-stage-head"><h1>{chapter.plain(speaker.say(f"{name}.title"))}</h1>'
        f"<p>{chapter.plain(packed['name'])}</p></header>"
    )
    with st.container(key="q-stage-main"):
        map_, side = st.columns([1150, 578])
        with map_:
            words = packed["words"] | {"keys": texts["keys"]}
            stage_map(
                packed | {"words": words}, key=f"{name}.stage_map", size="stage", caption=False,
                on_act=_acting(experiment, f"{name}.stage_map"),
            )  # fmt: skip
        with side:
            headline(packed | {"words": texts}, key=f"{name}.headline")
            strips = show.strips(run, speaker, experiment.lesson.goal_s, size="stage", only="requests")
            with st.container(key="q-stage-strip"):
                charts(
                    [replace(strip, height_px=STAGE_STRIP_PX) for strip in strips],
                    run_id=packed["id"], end_s=run.scenario.duration_s, key=f"{name}.stage_charts", size="stage",
                    marks=chart_marks(packed), caption=packed["name"],
                )  # fmt: skip
    bar = transport_data(packed, speaker, size="stage")
    bar["words"] |= {"events_past": texts["events_past"]}
    transport(
        bar | {"action": offers(run, speaker)},
        key=f"{name}.stage_transport",
        on_act=_acting(experiment, f"{name}.stage_transport"),
    )
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key=f"{name}.study", on_click=go, args=("study",))
