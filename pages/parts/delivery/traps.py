"""The traps' room: two percents, a number of tasks, and whether a roll-out moves; ECS and Kubernetes by the same promise."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from engine import Run, Scenario, catalog, rollouts
from engine.changes import changed
from engine.traps import (
    MOVES,
    WHOLE,
    Moves,
    Orchestrator,
    TrapsAsk,
    ecs_moves,
    first_start_percent,
    first_stop_percent,
    kubernetes_moves,
)
from pages.parts import chapter, show
from pages.parts.charts import charts
from pages.parts.delivery.percents import percents, percents_data
from pages.parts.guess import guessed
from pages.parts.lesson import controls
from pages.parts.predict import SKIP
from pages.parts.scene import chart_marks, shown, transport_data
from pages.parts.sources import sources
from pages.parts.stage_map import map_data, stage_map
from pages.parts.sure import lock
from pages.parts.transport import transport
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "delivery_traps"
RIGHT = "0"  # tasks that may start, before anything was turned
PLAYED_ON: dict[Orchestrator, str] = {"ecs": "ecs-fargate", "kubernetes": "eks-fargate"}
GOAL_S = 0.5


def traps_room(speaker: Voice) -> None:
    """Ask, then let the reader move two percents about and see both schedulers obey."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, TrapsAsk(), controls(row["ask"]))
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), _pair(turned.record, speaker))
    else:
        chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    guess = SKIP if is_stage else guessed(NAME, speaker, {str(n): speaker.number(n) for n in row["guess"]["choices"]})
    if is_stage:
        with st.container(key="q-stage-main"):
            _square(turned, speaker, is_stage=True)
            with st.container(horizontal=True, key="q-stage-traps"):
                _buttons(turned, {name: row["traps"][name] for name in row["on_stage"]}, speaker)
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
    elif guess is None:
        st.html(f'<div class="q-open">{_ruler(TrapsAsk(), "ecs", speaker, is_open=True)}</div>')
    else:
        _study(turned, speaker, row, guess)
        told(speaker, NAME, row["explain"])
        sources(*row["facts"])
    turned.write_url()


def _study(turned: Turned[TrapsAsk], speaker: Voice, row: dict[str, Any], guess: str) -> None:
    say = speaker.say
    if guess != SKIP:
        judged = "right" if guess == RIGHT else "wrong"
        lock(NAME, guess, right=lambda: guess == RIGHT)
        st.html(f'<p class="q-verdict">{escape(say(f"{NAME}.verdict.{judged}", said=int(guess)))}</p>')
    turn_record(turned, turned.controls, speaker)
    _square(turned, speaker)
    st.html(_reasons(turned.record, speaker))
    with st.container(horizontal=True, key="q-traps"):
        _buttons(turned, row["traps"], speaker)
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    st.header(say(f"{NAME}.proof.title"))
    _proof(turned.record, speaker)
    st.html(_by_tasks(row["settings"], row["counts"], turned.record, speaker))


def _buttons(turned: Turned[TrapsAsk], traps: dict[str, dict[str, int]], speaker: Voice) -> None:
    """Offer the traps by name, each one click away."""
    for name, settings in traps.items():
        st.button(speaker.say(f"{NAME}.trap.{name}"), key=f"{NAME}.trap.{name}", on_click=turned.set, args=(settings,))


def _pair(ask: TrapsAsk, speaker: Voice) -> str:
    return speaker.say(f"{NAME}.stage_says", n=ask.desired, low=ask.min_healthy_percent, most=ask.max_percent)


def _square(turned: Turned[TrapsAsk], speaker: Voice, *, is_stage: bool = False) -> None:
    key, ask = f"{NAME}.square", turned.record

    def point() -> None:
        chosen = st.session_state[key].get("point")
        if chosen:
            turned.set({"min_healthy_percent": int(chosen["minimum"]), "max_percent": int(chosen["maximum"])})

    size = "stage" if is_stage else "study"
    percents(
        percents_data(ask.desired, ask.min_healthy_percent, ask.max_percent, speaker, size), key=key, on_point=point
    )


# --- in words ----------------------------------------------------------------------------------------------------------


def _reasons(ask: TrapsAsk, speaker: Voice) -> str:
    """Write the sums of both, side by side, and what would set a stuck roll-out free."""
    return f'<div class="q-both q-sums">{_of_ecs(ask, speaker)}{_of_kubernetes(ask, speaker)}</div>'


def _of_ecs(ask: TrapsAsk, speaker: Voice) -> str:
    moves = ecs_moves(ask.desired, ask.min_healthy_percent, ask.max_percent)
    lines = [
        _sum("ecs.most", ask.max_percent, ask.desired, moves.most, moves.may_start, speaker),
        _sum("ecs.least", ask.min_healthy_percent, ask.desired, moves.least, moves.may_stop, speaker),
    ]
    free = {"start": first_start_percent(ask.desired), "stop": first_stop_percent(ask.desired)}
    return _account(ask, "ecs", lines, speaker.say(f"{NAME}.ecs.{_end(moves)}", **free), speaker)


def _of_kubernetes(ask: TrapsAsk, speaker: Voice) -> str:
    moves = kubernetes_moves(ask.desired, ask.min_healthy_percent, ask.max_percent)
    surge, unavailable = ask.max_percent - WHOLE, WHOLE - ask.min_healthy_percent
    lines = [
        _sum("kubernetes.surge", surge, ask.desired, moves.may_start, moves.may_start, speaker),
        _sum("kubernetes.unavailable", unavailable, ask.desired, 0 if moves.is_forced else moves.may_stop, moves.may_stop, speaker),
    ]  # fmt: skip
    return _account(ask, "kubernetes", lines, speaker.say(f"{NAME}.kubernetes.{_end(moves)}"), speaker)


def _sum(key: str, percent: int, desired: int, rounded: int, left: int, speaker: Voice) -> str:
    """Write one sum: a percent of the tasks, exactly, rounded, and what it leaves to do."""
    exact = percent * desired / WHOLE
    return speaker.say(
        f"{NAME}.{key}", percent=percent, of=desired, exact=speaker.number(exact, 0 if exact == int(exact) else 2),
        rounded=rounded, left=left,
    )  # fmt: skip


def _account(ask: TrapsAsk, whose: Orchestrator, lines: list[str], end: str, speaker: Voice) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    way = MOVES[whose](ask.desired, ask.min_healthy_percent, ask.max_percent).way
    halts = ' class="stops"' if way in ("stuck", "refused") else ""
    return f"<section{halts}><h2>{escape(end)}</h2>{_ruler(ask, whose, speaker)}<ul>{items}</ul></section>"


def _ruler(ask: TrapsAsk, whose: Orchestrator, speaker: Voice, *, is_open: bool = False) -> str:
    """Draw the tasks in a row, twice as many places as are wanted: dashed, where the percents cut; solid, what is left after rounding.

    is_open: before the guess, when only the cuts are shown.
    """
    moves = MOVES[whose](ask.desired, ask.min_healthy_percent, ask.max_percent)
    places = 2 * ask.desired
    kinds = (
        "must" if n < moves.least else "may-stop" if n < ask.desired else "may-start" if n < moves.most else "never"
        for n in range(places)
    )
    if is_open:
        kinds = ("must" if n < ask.desired else "never" for n in range(places))
    boxes = "".join(f'<i class="{kind}"></i>' for kind in kinds)
    cuts = ""
    for name, percent in (("least", ask.min_healthy_percent), ("most", ask.max_percent)):
        at, said = percent / 2, speaker.say(f"{NAME}.ruler.{name}", percent=percent)
        cuts += f'<span class="cut {name}" style="left:{at:g}%"><b>{escape(said)}</b></span>'
    return f'<div class="q-ruler" aria-hidden="true"><div class="boxes">{boxes}</div>{cuts}</div>'


def _end(moves: Moves) -> str:
    """Name what it comes to; a roll-out that may leave nobody serving is named for that."""
    if moves.is_forced and moves.least:
        return "forced"
    return "dark" if moves.least == 0 and moves.may_stop else moves.way


# --- played ------------------------------------------------------------------------------------------------------------


def played(scenario: Scenario, ask: TrapsAsk, whose: Orchestrator) -> Scenario | None:
    """Make the run that proves a pair of percents: so many tasks, as busy as before. None where Kubernetes refuses it."""
    if MOVES[whose](ask.desired, ask.min_healthy_percent, ask.max_percent).way == "refused":
        return None
    rollout = {"max_surge": f"{ask.max_percent - WHOLE}%", "max_unavailable": f"{WHOLE - ask.min_healthy_percent}%"}
    return changed(
        scenario,
        {
            "launch_type": PLAYED_ON[whose],
            "traffic.rps": scenario.traffic.rps * ask.desired / scenario.services[0].desired,
            "services.web.desired": ask.desired,
            "services.web.min_healthy_percent": ask.min_healthy_percent,
            "services.web.max_percent": ask.max_percent,
        }
        | ({"services.web.pods.rollout": rollout} if whose == "kubernetes" else {}),
    )


def _proof(ask: TrapsAsk, speaker: Voice) -> None:
    """Play the same version on both, on one clock."""
    scenario = Scenario.read(catalog.scenario_text(NAME))
    st.markdown(speaker.say(f"{NAME}.proof.lede", clock=speaker.clock(scenario.operations[0].at_s)))
    asked = {whose: played(scenario, ask, whose) for whose in MOVES}
    runs = {whose: show.run_of(one) for whose, one in asked.items() if one is not None}
    highest = show.highest_of(list(runs.values()), "releases")
    packs = []
    for column, whose in zip(st.columns(2, gap="medium"), MOVES, strict=True):
        with column:
            if whose not in runs:
                st.html(f'<p class="q-verdict">{escape(speaker.say(f"{NAME}.proof.refused"))}</p>')
                continue
            packs.append(_one(runs[whose], whose, speaker, highest))
    marks = [mark for mark in packs[0]["marks"] if mark["op"] is not None]
    marks += [
        mark | {"text": speaker.say(f"{NAME}.proof.mark", name=pack["name"])}
        for pack in packs
        for mark in pack["marks"]
        if mark["tone"] == "ok" and mark["op"] is None
    ]
    together = {
        **packs[0],
        "id": "-".join(pack["id"][:8] for pack in packs),
        "marks": sorted(marks, key=lambda m: m["t"]),
    }
    transport(transport_data(together, speaker), key=f"{NAME}.together")


def _one(run: Run, whose: Orchestrator, speaker: Voice, highest: float | None) -> dict[str, Any]:
    """Show one run, and say how it ended."""
    own = speaker.about(run.scenario)
    packed, title = shown(run, own), speaker.say(f"common.launch_type.{run.scenario.launch_type}.name")
    st.html(f'<p class="q-verdict q-ended"><b>{escape(title)}.</b> {escape(_ended(run, own))}</p>')
    stage_map(map_data(packed | {"name": title}, "small", caption=False), key=f"{NAME}.small.{whose}")
    charts(
        show.strips(run, own, GOAL_S, ("releases",), size="small", highest=highest), run_id=packed["id"],
        end_s=run.scenario.duration_s, key=f"{NAME}.charts.{whose}", size="small", name=title, caption=title, compared=NAME,
        marks=chart_marks(packed),
    )  # fmt: skip
    return packed


def _ended(run: Run, speaker: Voice) -> str:
    """Say what came of the roll-out: it is done, it is under way, or nothing ever moved; and who served meanwhile."""
    (found,) = rollouts.rollouts(run)
    least, desired = rollouts.least_ready(run), run.scenario.services[0].desired
    if found.done_s is not None:
        return speaker.say(
            f"{NAME}.proof.done", took=speaker.seconds(found.done_s - found.began_s), n=least, of=desired
        )
    is_still = set(rollouts.versions(run).values()) == {0}
    return speaker.say(f"{NAME}.proof.{'stuck' if is_still else 'open'}", n=desired)


# --- by tasks ------------------------------------------------------------------------------------------------------------


def _by_tasks(settings: list[list[int]], counts: list[int], ask: TrapsAsk, speaker: Voice) -> str:
    """Write the well-known pairs against the number of tasks: the same pair moves for four and is stuck for three."""
    say = speaker.say
    pairs = [(low, most) for low, most in settings]
    own = (ask.min_healthy_percent, ask.max_percent)
    if own not in pairs:
        pairs.insert(0, own)
    heads = "".join(f'<th scope="col">{speaker.number(n)}</th>' for n in counts)
    body = ""
    for low, most in pairs:
        yours = f' <span class="q-best">{escape(say(f"{NAME}.table.yours"))}</span>' if (low, most) == own else ""
        cells = "".join(_cell(ecs_moves(n, low, most), speaker) for n in counts)
        body += f'<tr><th scope="row">{escape(say(f"{NAME}.table.pair", low=low, most=most))}{yours}</th>{cells}</tr>'
    title = escape(say(f"{NAME}.table.title"))
    keys = "".join(
        f'<li class="{way}"><i aria-hidden="true"></i>{escape(say(f"{NAME}.table.{way}"))}</li>'
        for way in ("starts", "stops", "both", "dark", "stuck")
    )
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{title}"><table class="q-outcomes q-ways"><caption>{title}</caption>'
        f'<thead><tr><th scope="col">{escape(say(f"{NAME}.table.tasks"))}</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
        f'<ul class="q-keys q-way-keys">{keys}</ul><p class="q-note">{escape(say(f"{NAME}.table.kubernetes"))}</p>'
    )


def _cell(moves: Moves, speaker: Voice) -> str:
    way = _end(moves)
    return f'<td class="{way}"><i aria-hidden="true"></i>{escape(speaker.say(f"{NAME}.short.{way}"))}</td>'
