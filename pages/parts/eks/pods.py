"""Pods in their places: the size of Fargate that a request is rounded up to, and how many of them a node holds."""

from __future__ import annotations

from html import escape

import streamlit as st
from pydantic import BaseModel, ConfigDict

from engine import catalog
from engine.catalog import FargateSize
from engine.eks import NodeAsk, NodePacking, PodAsk, Rounded, blast, by_memory, pack, rounded, usd_per_month
from pages.figures.eks import staircase_figure
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.charts import Strip, charts
from pages.parts.eks.said import mcpu, mib
from pages.parts.fargate.said import usd
from pages.parts.fargate.sidecar import money_tick
from pages.parts.guess import guessed
from pages.parts.lesson import controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "eks_pods"
RIGHT = "2-9"  # the answer that the guess is about, before anything was turned
GIB = 1_024


class Shown(BaseModel):
    """What the page shows: a pod on Fargate, and a node full of pods."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fargate: PodAsk = PodAsk()
    node: NodeAsk = NodeAsk()


def pods_room(speaker: Voice) -> None:
    """Show the two questions, one below the other, each with its controls."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, Shown(), controls(row["ask"]), lambda shown: pack(shown.node))
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), say(f"{NAME}.fargate.title"))
    else:
        chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    if is_stage:
        _rounded(turned.record.fargate, speaker, SKIP, size="stage")
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
    else:
        _study(turned, speaker)
        told(speaker, NAME, row["explain"])
        sources(*row["facts"], also=[catalog.notes("eks")["table.eks_prefix"]])
    turned.write_url()


def _study(turned: Turned[Shown], speaker: Voice) -> None:
    st.header(speaker.say(f"{NAME}.fargate.title"))
    guess = guessed(NAME, speaker, speaker.table(f"{NAME}.guess"))
    if guess is not None:
        lock(NAME, guess, right=lambda: guess == RIGHT)
        left, right = st.columns([1, 2], gap="large")
        with left:
            turn_record(turned, [one for one in turned.controls if one.path.startswith("fargate.")], speaker, columns=1)
        with right:
            _rounded(turned.record.fargate, speaker, guess)
    st.header(speaker.say(f"{NAME}.node.title"))
    left, right = st.columns([1, 2], gap="large")
    with left:
        turn_record(turned, [one for one in turned.controls if one.path.startswith("node.")], speaker, columns=1)
    with right:
        _node(turned.record.node, speaker)
    with st.container(horizontal=True, key="q-tools"):
        st.button(speaker.say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))


# --- one pod on Fargate ----------------------------------------------------------------------------------------------


def _rounded(ask: PodAsk, speaker: Voice, guess: str, *, size: str = "laptop") -> None:
    """Show what is requested, what comes on top, and what is billed; then the staircase."""
    say, found = speaker.say, rounded(ask)
    if found.size is None:
        st.html(f'<p class="q-verdict">{escape(say(f"{NAME}.fargate.none"))}</p>')
        return
    st.html(_chain(found, found.size, speaker))
    judged = "right" if guess == RIGHT else "wrong"
    lead = "" if guess == SKIP else f"{escape(say(f'{NAME}.verdict.{judged}'))} "
    first, *rest = _advice(ask, found, speaker)
    st.html(f'<p class="q-verdict">{lead}<b>{escape(first)}</b> {escape(" ".join(rest))}</p>')
    most = max(16 * GIB, min(int(found.size.memory_mib * 1.5), 119 * GIB))
    line = by_memory(found.asked_m, most, 128)
    words = {
        "now": f"{_pair(found.size, speaker)}: {usd(speaker, found.usd)}", "asked": say(f"{NAME}.fargate.exactly"),
        "billed": say(f"{NAME}.fargate.billed"),
    }  # fmt: skip
    figure = staircase_figure(
        line.memory_mib / GIB, line.billed_usd, line.asked_usd, now=(found.asked_mib / GIB, found.usd), words=words,
        unit=money_tick(speaker), scale=SCALES[size], signs=speaker.number_signs(),
    )  # fmt: skip
    with st.container(key="q-eks-figure"):
        charts(
            [Strip("staircase", say(f"{NAME}.fargate.curve"), figure, sub=say(f"{NAME}.fargate.axis", cpu=mcpu(speaker, found.asked_m)),
                   height_px=230 if size == "laptop" else 560)],
            run_id="eks-staircase", end_s=1, key=f"{NAME}.staircase.{size}", on_clock=False, name=say(f"{NAME}.fargate.curve"), size=size,  # type: ignore[arg-type]
        )  # fmt: skip


def _chain(found: Rounded, size: FargateSize, speaker: Voice) -> str:
    """Write the way from the request to the bill, in four steps."""
    say = speaker.say
    units = catalog.number("ecs.placement.cpu_unit")
    asked = f"{mcpu(speaker, found.asked_m)}, {mib(speaker, found.asked_mib)}"
    needed = f"{mcpu(speaker, found.asked_m)}, {mib(speaker, found.needed_mib)}"
    billed = f"{mcpu(speaker, round(1000 * size.cpu_units / units))}, {mib(speaker, size.memory_mib)}"
    steps = (
        ("init" if found.is_init else "asked", asked, _hourly(found.asked_usd, speaker)),
        ("on_top", needed, say(f"{NAME}.fargate.plus", extra=mib(speaker, found.needed_mib - found.asked_mib))),
        ("billed", billed, _hourly(found.usd, speaker)),
    )
    items = "".join(
        f'<li class="{key}"><span>{escape(say(f"{NAME}.fargate.{key}"))}</span><b>{escape(much)}</b><em>{escape(more)}</em></li>'
        for key, much, more in steps
    )
    return f'<ol class="q-eks-chain">{items}</ol>'


def _advice(ask: PodAsk, found: Rounded, speaker: Voice) -> list[str]:
    """Say what the rounding costs, what made it so, and what would cost less."""
    say = speaker.say
    more = found.usd / found.asked_usd - 1 if found.asked_usd else 0.0
    month = speaker.money(usd_per_month(found.usd * ask.pods), 0)
    if found.trap is not None:
        lines = [say(f"{NAME}.fargate.trap", share=speaker.percent(found.extra, 0), size=_pair(found.trap, speaker))]
    else:
        lines = [say(f"{NAME}.fargate.rounding", share=speaker.percent(more, 0))]
    lines.append(say(f"{NAME}.fargate.month", n=ask.pods, usd=month))
    if found.smaller_mib is not None:
        saves = speaker.money(usd_per_month((found.usd - found.smaller_usd) * ask.pods), 0)
        lines.append(say(f"{NAME}.fargate.smaller", memory=mib(speaker, found.smaller_mib), saves=saves))
    return lines


def _hourly(usd_per_hour: float, speaker: Voice) -> str:
    return speaker.say("common.unit.per_hour", value=usd(speaker, usd_per_hour))


def _pair(size: FargateSize, speaker: Voice) -> str:
    units = catalog.number("ecs.placement.cpu_unit")
    return f"{mcpu(speaker, round(1000 * size.cpu_units / units))}, {mib(speaker, size.memory_mib)}"


# --- a node full of pods ---------------------------------------------------------------------------------------------


def _node(ask: NodeAsk, speaker: Voice) -> None:
    """Show what becomes of a node's CPU, memory and addresses; what runs out first; and the same on other types."""
    say, found = speaker.say, pack(ask)
    lost = blast(found, ask.pods)
    st.html(_rails(ask, found, speaker))
    first = say(f"{NAME}.node.fits", n=found.pods, host=found.kind.name, why=say(f"eks_table.bound.{found.bound_by}"))
    rest = (
        [say(f"{NAME}.node.lost", n=lost.lost, share=speaker.percent(lost.share, 0), nodes=lost.nodes)]
        if lost.nodes
        else []
    )
    st.html(f'<p class="q-verdict"><b>{escape(first)}</b> {escape(" ".join(rest))}</p>{_types(ask, speaker)}')


def _rails(ask: NodeAsk, found: NodePacking, speaker: Voice) -> str:
    """Write CPU, memory and addresses as bars: what others take, what the pods take, what is left."""
    room, kind = found.room, found.kind
    whole_m = kind.vcpu * 1000
    cpu = [
        ("kube", room.kube_cpu_m), ("daemons", found.daemons_m), ("pods", found.pods * ask.cpu_m),
    ]  # fmt: skip
    memory = [
        ("machine", room.machine_mib), ("kube", room.kube_mib + room.eviction_mib), ("daemons", found.daemons_mib),
        ("pods", found.pods * ask.memory_mib),
    ]  # fmt: skip
    addresses = [("daemons", min(ask.daemons, found.cap)), ("pods", found.pods)]
    say = speaker.say
    bars = (
        _rail("cpu", cpu, whole_m, mcpu(speaker, whole_m), found, speaker),
        _rail("memory", memory, kind.memory_mib, mib(speaker, kind.memory_mib), found, speaker),
        _rail("addresses", addresses, found.cap, say(f"{NAME}.node.places", n=found.cap), found, speaker),
    )
    keys = "".join(
        f'<li class="{key}">{escape(say(f"{NAME}.part.{key}"))}</li>'
        for key in ("machine", "kube", "daemons", "pods", "left")
    )
    return f'<ul class="q-keys q-eks-parts">{keys}</ul><div class="q-bars">{"".join(bars)}</div>'


def _rail(name: str, parts: list[tuple[str, int]], whole: int, said: str, found: NodePacking, speaker: Voice) -> str:
    """Write one measure as a bar of parts, with what each takes below it."""
    spans = "".join(f'<i class="{key}" style="width:{100 * value / whole:.2f}%"></i>' for key, value in parts if value)
    left = max(0, whole - sum(value for _, value in parts))

    def much(value: int) -> str:
        return (
            mcpu(speaker, value)
            if name == "cpu"
            else mib(speaker, value)
            if name == "memory"
            else speaker.number(value)
        )

    told_ = "".join(
        f'<span class="{key}">{escape(speaker.say(f"{NAME}.part.{key}"))} <b>{escape(much(value))}</b></span>'
        for key, value in [*parts, ("left", left)]
        if value
    )
    full = f' <span class="q-best">{escape(speaker.say(f"{NAME}.node.first"))}</span>' if name == found.bound_by else ""
    title = escape(speaker.say(f"{NAME}.measure.{name}", whole=said))
    return f'<div class="q-bar"><h3>{title}{full}</h3><div class="q-rail q-eks-rail" aria-hidden="true">{spans}</div><p>{told_}</p></div>'


def _types(ask: NodeAsk, speaker: Voice) -> str:
    """Compare instance types: pods, what binds them, what each costs, and what one node's end takes along."""
    say, rows = speaker.say, []
    for name in dict.fromkeys((ask.instance_type, *catalog.lesson(NAME)["types"])):
        found = pack(ask.model_copy(update={"instance_type": name}))
        lost = blast(found, ask.pods)
        each = found.usd_each
        now = f' <span class="q-best">{escape(say(f"{NAME}.yours"))}</span>' if name == ask.instance_type else ""
        cells = (
            speaker.number(found.pods), say(f"{NAME}.bound.{found.bound_by}"), "" if each is None else speaker.money(usd_per_month(each), 2),
            "" if lost.nodes is None else speaker.number(lost.nodes), speaker.percent(lost.share, 0),
        )  # fmt: skip
        rows.append(
            f'<tr><th scope="row">{escape(name)}{now}</th>'
            + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            + "</tr>"
        )
    heads = "".join(
        f'<th scope="col">{escape(say(f"{NAME}.head.{head}"))}</th>'
        for head in ("type", "pods", "bound", "each", "nodes", "lost")
    )
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{escape(say(f"{NAME}.types"))}"><table class="q-facts">'
        f"<caption>{escape(say(f'{NAME}.types'))}</caption><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
