"""The furniture of an experiment, arranged: study, stage, side by side. Every chapter uses these rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from engine import Run, Scenario, frames
from engine.launch import launch_type
from engine.scenario import LaunchTypeName
from pages.parts import chapter, show
from pages.parts.ask import ask
from pages.parts.charts import Mark, charts
from pages.parts.experiment import Experiment, url_of
from pages.parts.fields import ASSUMED
from pages.parts.headline import headline
from pages.parts.lesson import changed
from pages.parts.sources import sources
from pages.parts.stage_map import stage_map
from pages.parts.stage_map.payload import payload
from pages.parts.transport import transport
from pages.parts.why_here import why_here
from pages.parts.why_here.decision import decision
from pages.parts.words import Voice

VIEW, COMPARED, GUESS = "view", "compare", "guess"
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
    sources(*experiment.lesson.facts, *_facts_of(experiment.scenario))


def played(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Show the run itself, before anything else: what comes first is painted first."""
    name = experiment.lesson.name
    left, right = st.columns([5, 6], gap="medium", vertical_alignment="bottom")
    with left:
        chapter.heading(speaker.say(f"{name}.title"), lede(experiment.scenario, speaker, name))
    with right, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="bottom"):
        choose_type(experiment, speaker)
        st.button(speaker.say("common.button.side_by_side"), key="side_by_side", on_click=_go, args=("compare",))
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


# --- predict ---------------------------------------------------------------------------------------------------------


def predict(experiment: Experiment, speaker: Voice) -> str | None:
    """Ask for a guess before the future is shown; return it, "" for who will not guess, None while it is open."""
    name = experiment.lesson.name
    key = f"{name}.guess"
    choices = guesses(experiment, speaker)
    guess = guess_of(experiment)
    if guess is None:
        with st.container(horizontal=True, vertical_alignment="center", key="q-guess"):
            st.markdown(
                f"**{speaker.say(f'{name}.ask.question')}**", help=speaker.say(f"{name}.ask.help"), width="content"
            )
            for choice, text in choices.items():
                st.button(text, key=f"{key}.{choice}", on_click=_guess, args=(key, choice))
            st.button(
                speaker.say(f"{name}.ask.skip"), key=f"{key}.skip", type="tertiary", on_click=_guess, args=(key, "skip")
            )
        return None
    if guess == "skip":
        return ""
    st.query_params[GUESS] = guess
    said = speaker.say(f"{name}.you_said", said=said_of(experiment, speaker, guess))
    chapter.steps(speaker, 1, said)
    return guess


def guess_of(experiment: Experiment) -> str | None:
    """Give the guess as it stands: the session's, else the URL's; None while it is open."""
    key, bounds = f"{experiment.lesson.name}.guess", experiment.lesson.guess_s
    if key not in st.session_state:
        asked = st.query_params.get(GUESS)
        known = {"never", "0", "skip", *(f"{bound:g}" for bound in bounds)}
        st.session_state[key] = asked if asked in known else None
    guess: str | None = st.session_state[key]
    return guess


def guesses(experiment: Experiment, speaker: Voice) -> dict[str, str]:
    """List what may be guessed: never, then each span of seconds."""
    return _spans(experiment, speaker, "guess")


def _spans(experiment: Experiment, speaker: Voice, how: str) -> dict[str, str]:
    """Write each choice in one of two ways: as a button (guess), or as part of a sentence (said)."""
    name, bounds = experiment.lesson.name, experiment.lesson.guess_s
    texts, seconds = speaker.table(f"{name}.{how}"), speaker.seconds
    spans = {
        f"{low:g}": texts["between"].format(low=seconds(low), high=seconds(high)) for low, high in pairwise(bounds)
    }
    return {
        "never": texts["never"],
        "0": texts["under"].format(time=seconds(bounds[0])),
        **spans,
        f"{bounds[-1]:g}": texts["over"].format(time=seconds(bounds[-1])),
    }


def said_of(experiment: Experiment, speaker: Voice, guess: str) -> str:
    """Repeat a guess inside a sentence."""
    return _spans(experiment, speaker, "said")[guess]


def verdict(experiment: Experiment, speaker: Voice, run: Run, guess: str) -> str:
    """Hold the guess against what happened."""
    name, bounds = experiment.lesson.name, experiment.lesson.guess_s
    found = show.outcome(run)
    said, took = said_of(experiment, speaker, guess), speaker.seconds(found.errors_s)
    if not found.failed:
        return speaker.say(f"{name}.verdict.none", said=said)
    if guess == "never":
        return speaker.say(f"{name}.verdict.never", took=took)
    low = float(guess)
    high = next((bound for bound in bounds if bound > low), float("inf"))
    which = "right" if low <= found.errors_s < high else "short" if found.errors_s >= high else "long"
    return speaker.say(f"{name}.verdict.{which}", said=said, took=took)


def _guess(key: str, choice: str) -> None:
    st.session_state[key] = choice


# --- turn, try, take away ----------------------------------------------------------------------------------------------


def turn(experiment: Experiment, speaker: Voice, run: Run | None = None) -> None:
    """Offer the controls, undo and reset, and what can be taken away. run: none where the scenario cannot run."""
    name = experiment.lesson.name
    with st.container(horizontal=True, key="q-tools"):
        st.button(
            speaker.say("common.button.undo"),
            key=f"{name}.undo",
            on_click=experiment.undo,
            disabled=not experiment.can_undo,
        )
        st.button(speaker.say("common.button.reset"), key=f"{name}.reset", on_click=experiment.reset)
        st.button(speaker.say("common.mode.stage"), key=f"{name}.stage", on_click=_go, args=("stage",))
        with st.popover(speaker.say("furniture.share"), key=f"{name}.share", on_change="rerun") as share:
            if share.open:
                take_away(experiment, speaker, run)
    with st.expander(speaker.say("furniture.turn"), expanded=True, key=f"{name}.turn"):
        ask(experiment, experiment.lesson.controls)
    with chapter.fold(speaker.say("furniture.assumed", n=len(ASSUMED)), key=f"{name}.assumed") as assumed:
        if assumed.open:
            st.markdown(speaker.say("furniture.assumed_means"))
            ask(experiment, ASSUMED, columns=4)


def take_away(experiment: Experiment, speaker: Voice, run: Run | None) -> None:
    """Copy the link; download the scenario and the log; open a file."""
    name, say = experiment.lesson.name, speaker.say
    st.markdown(say("furniture.link"))
    st.code(link(experiment), language=None, wrap_lines=True)
    st.download_button(
        say("common.button.download_scenario"), experiment.scenario.to_yaml(), f"{name}.yaml", "application/yaml",
        key=f"{name}.yaml", on_click="ignore",
    )  # fmt: skip
    if run is not None:
        for kind, write, mime in (
            ("csv", frames.to_csv, "text/csv"),
            ("parquet", frames.to_parquet, "application/vnd.apache.parquet"),
        ):
            st.download_button(
                say(f"common.button.download_events_{kind}"), lambda write=write: write(frames.events(run)),
                f"{name}-events.{kind}", mime, key=f"{name}.{kind}", on_click="ignore",
            )  # fmt: skip
    key = f"{name}.upload"
    given = st.file_uploader(say("common.button.upload_scenario"), type=["yaml", "yml", "json"], key=key)
    if given is not None and st.session_state.get(f"{key}.seen") != given.file_id:
        st.session_state[f"{key}.seen"] = given.file_id
        experiment.open_file(given.getvalue().decode("utf-8", errors="replace"))
        st.rerun()


def link(experiment: Experiment) -> str:
    """Write the address that opens this very experiment."""
    words = {**url_of(experiment.lesson, experiment.scenario), "lang": st.query_params.get("lang", "en")}
    base = str(st.context.url or "").split("?")[0]
    return f"{base}?{urlencode(words)}"


def explain(experiment: Experiment, speaker: Voice) -> None:
    """Say why it came out so, piece by piece, and what to turn next."""
    name = experiment.lesson.name
    st.header(speaker.say(f"{name}.try.title"))
    with st.container(horizontal=True):
        for what, settings in experiment.lesson.tries.items():
            every = experiment.scenario.balancer.check_every_s
            st.button(
                speaker.say(f"{name}.try.{what}", interval=speaker.number(every)),
                key=f"{name}.try.{what}", on_click=experiment.set, args=(settings,),
            )  # fmt: skip
    st.header(speaker.say(f"{name}.explain.title"))
    sections = ("types", "notice", "dns", "back", "spare", "retries", "fail_open", "read", "limits")
    for column, part in zip(st.columns(2, gap="medium"), (sections[::2], sections[1::2]), strict=True):
        for section in part:
            with (
                column,
                chapter.fold(speaker.say(f"{name}.explain.{section}"), key=f"{name}.explain.{section}") as told,
            ):
                if told.open:
                    st.markdown(speaker.prose(name, section))


def _facts_of(scenario: Scenario) -> tuple[str, ...]:
    return launch_type(scenario.launch_type).facts


def _go(where: str) -> None:
    """Change rooms; the scenario comes along."""
    if where == "study":
        st.query_params.pop(VIEW, None)
    else:
        st.query_params[VIEW] = where


# --- side by side ------------------------------------------------------------------------------------------------------


def compare(experiment: Experiment, speaker: Voice) -> None:
    """Up to four variants on one clock, and a table of what each cost."""
    lesson, name, say = experiment.lesson, experiment.lesson.name, speaker.say
    left, right = st.columns([5, 6], gap="medium", vertical_alignment="bottom")
    with left:
        chapter.heading(say(f"{name}.compare_title"), say(f"{name}.compare_lede"))
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        st.button(say("common.button.back_to_one"), key="back_to_one", on_click=_go, args=("study",))
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
    facts = {fact for run in runs for fact in _facts_of(run.scenario)}
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
        st.button(speaker.say("common.mode.study"), key=f"{name}.study", on_click=_go, args=("study",))
