"""The map's room: one box of each layer, and what that makes: who does what, what it costs, where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, get_args
from urllib.parse import urlencode

import streamlit as st

from engine import catalog
from engine.duties import LAYERS
from engine.era import Era
from engine.fields import Record
from engine.landscape import (
    Bill,
    Compared,
    Hosting,
    LayerName,
    Management,
    No,
    Option,
    Registry,
    Way,
    Workload,
    bill,
    cheapest,
    compare,
    no_between,
    no_from,
    options,
    owners,
    way_of,
)
from pages.parts import chapter
from pages.parts.guess import guessed, staged
from pages.parts.landscape.chart import chart
from pages.parts.landscape.names import box_name, cites, item_name, way_name, why_not
from pages.parts.lesson import controls
from pages.parts.predict import SKIP
from pages.parts.responsibility.names import layer_name
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.time_machine import link_words
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "landscape"
TABLE = "landscape"
LAYER_NAMES: tuple[LayerName, ...] = get_args(LayerName)


class Landed(Record):
    """What the page shows: one box of each layer, and the workload."""

    management: Management = "ecs"
    hosting: Hosting = "fargate"
    registry: Registry = "ecr"
    era: Era = "today"
    workload: Workload = Workload()


def no_of(shown: Landed) -> No | None:
    """Say why the three boxes cannot stand together; None if they can."""
    return no_between(shown.management, shown.hosting, shown.era) or no_from(
        shown.management, shown.hosting, shown.registry, shown.era
    )


def map_room(speaker: Voice) -> None:
    """Ask for a guess, show the map, and what the boxes chosen make."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, Landed(), controls(row["ask"]))
    if st.query_params.get(VIEW) == "stage":
        _stage(turned, speaker)
        turned.write_url()
        return
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    guess = guessed(NAME, speaker, _choices(row, speaker))
    _chart(turned, speaker, size="study", is_open=guess is None)
    if guess is None:
        _workload(turned, speaker)
        sources(*row["facts"])
        turned.write_url()
        return
    if guess != SKIP:
        lock(NAME, guess, right=lambda: None if (best := best_of(turned.record)) is None else guess == best)
        st.html(f'<p class="q-verdict" role="status">{escape(verdict(turned.record, guess, speaker))}</p>')
    st.html(result(turned.record, speaker))
    _run_it(turned.record, speaker)
    _workload(turned, speaker)
    st.html(table(turned.record, speaker))
    with st.container(horizontal=True, key="q-tools"):
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    told(speaker, NAME, row["explain"])
    sources(*row["facts"], also=list(catalog.notes(TABLE).values()))
    turned.write_url()


def _choices(row: Any, speaker: Voice) -> dict[str, str]:
    return {name: way_name(speaker, name) for name in row["guess"]["among"]}


def _workload(turned: Turned[Landed], speaker: Voice) -> None:
    with st.container(border=True, key="q-turn-row"):
        st.markdown(f"**{speaker.say(f'{NAME}.workload')}**")
        turn_record(turned, [one for one in turned.controls if one.path.startswith("workload.")], speaker, columns=4)


def _stage(turned: Turned[Landed], speaker: Voice) -> None:
    chapter.look_stage()
    chapter.stage_heading(speaker.say(f"{NAME}.title"), "")
    with st.container(key="q-land-stage"):
        _chart(turned, speaker, size="stage", is_open=staged() is None)
        if staged() is not None:
            st.html(f'<p class="q-stage-says">{said(turned.record, speaker)}</p>')
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))


def _chart(turned: Turned[Landed], speaker: Voice, *, size: str, is_open: bool) -> None:
    key = f"{NAME}.chart.{size}"

    def choose() -> None:
        came = st.session_state[key].get("choose")
        if came:
            turned.set({str(came["layer"]): str(came["name"])})

    data = chart_data(turned.record, speaker) | {"size": size}
    if is_open:
        data["said"] = ""
    chart(data, key=key, on_choose=choose)


def _run_it(shown: Landed, speaker: Voice) -> None:
    """Offer to run what was chosen, and what stands next to it."""
    way = way_of(shown.management, shown.hosting)
    with st.container(horizontal=True, key="q-land-go"):
        if way and way.launch_type and not no_of(shown):
            words = {"launch_type": way.launch_type} | link_words(speaker.lang)
            if way.launch_type != "lambda":
                words["tasks"] = str(min(60, shown.workload.tasks))
            st.link_button(speaker.say(f"{NAME}.run"), f"/az_failure?{urlencode(words)}", type="primary")
        if "containers" in chapter.OPEN:
            st.link_button(speaker.say(f"{NAME}.pull"), f"/containers?{urlencode(link_words(speaker.lang))}")


# --- what the browser is given -----------------------------------------------------------------------------------------


def chart_data(shown: Landed, speaker: Voice) -> dict[str, Any]:
    """Write the layers, each box with whether it can be joined to what is chosen, and the lines."""
    return {
        "layers": [
            {
                "name": layer,
                "title": speaker.say(f"{NAME}.layer.{layer}.title"),
                "sub": speaker.say(f"{NAME}.layer.{layer}.sub"),
                "options": [_box(shown, box, speaker) for box in options(layer).values()],
            }
            for layer in LAYER_NAMES
        ],
        "lang": speaker.lang,
        "links": _links(shown),
        "said": said(shown, speaker, plain=True),
    }


def _box(shown: Landed, box: Option, speaker: Voice) -> dict[str, Any]:
    chosen = getattr(shown, box.layer) == box.name
    no = _no_if(shown, box)
    is_there = box.is_there(shown.era)
    mark = ""
    if not is_there:
        mark = speaker.say(f"{NAME}.came", date=speaker.date(box.since))
    elif box.closed and shown.era == "today":
        mark = speaker.say(f"{NAME}.closed", date=speaker.date(box.closed))
    elif box.since and box.since > "2020-04":
        mark = speaker.say(f"{NAME}.since", date=speaker.date(box.since))
    return {
        "name": box.name,
        "title": box_name(speaker, box.layer, box.name),
        "line": speaker.say(f"{NAME}.{box.layer}.{box.name}.line"),
        "mark": mark,
        "chosen": chosen,
        "state": "absent" if not is_there or box.closed else "no" if no else "yes",
        "why": why_not(speaker, no.why, no.since) if no else "",
    }


def _no_if(shown: Landed, box: Option) -> No | None:
    """Say why a box could not be chosen beside what stands in the layers that it touches."""
    if box.layer == "registry":
        return no_from(shown.management, shown.hosting, box.name, shown.era)
    if box.layer == "hosting":
        return no_between(shown.management, box.name, shown.era)
    return no_between(box.name, shown.hosting, shown.era)


def _links(shown: Landed) -> list[dict[str, Any]]:
    """Give the lines: thin where a way exists, near where it begins or ends at a chosen box, and the two that were drawn last."""
    found = []
    for manage in options("management"):
        for host in options("hosting"):
            if (manage, host) == (shown.management, shown.hosting) or no_between(manage, host, shown.era):
                continue
            kind = "near" if manage == shown.management or host == shown.hosting else "can"
            found.append(_link("management", manage, "hosting", host, kind))
    found += [
        _link("hosting", shown.hosting, "registry", store, "near")
        for store in options("registry")
        if store != shown.registry and not no_from(shown.management, shown.hosting, store, shown.era)
    ]
    top = no_between(shown.management, shown.hosting, shown.era)
    low = no_from(shown.management, shown.hosting, shown.registry, shown.era)
    pairs = (
        ("management", shown.management, "hosting", shown.hosting, top),
        ("hosting", shown.hosting, "registry", shown.registry, low),
    )
    return [*found, *(_link(a, b, c, d, "refused" if no else "chosen") for a, b, c, d, no in pairs)]


def _link(layer: str, name: str, below: str, other: str, kind: str) -> dict[str, Any]:
    return {"from": [layer, name], "to": [below, other], "kind": kind}


# --- what was chosen ---------------------------------------------------------------------------------------------------


def said(shown: Landed, speaker: Voice, *, plain: bool = False) -> str:
    """Say in a sentence what the boxes make, or why they cannot; as HTML, or plain for a screen reader."""
    mark = str if plain else escape
    no, way = no_of(shown), way_of(shown.management, shown.hosting)
    if no or not way:
        return mark(why_not(speaker, no.why, no.since)) if no else ""
    found, yours = bill(way, shown.workload, shown.era, shown.registry), _yours(way)
    name = way_name(speaker, way.name)
    if found.misfit:
        return mark(speaker.say(f"{NAME}.misfit.{found.misfit}", way=name))
    text = mark(
        speaker.say(f"{NAME}.makes", usd=speaker.money(found.usd, 0), n=yours, of=len(LAYERS), hosts=found.hosts)
    )
    return f"{name}. {text}" if plain else f"<b>{escape(name)}.</b> {text}"


def _yours(way: Way) -> int:
    return sum(owner == "customer" for owner in owners(way).values())


def result(shown: Landed, speaker: Voice) -> str:
    """Write what the boxes chosen make: the sentence, duties, bill, limits; or the no with its sources."""
    no, way = no_of(shown), way_of(shown.management, shown.hosting)
    if no or not way:
        facts = no.facts if no else ()
        return f'<section class="q-land-no"><p>{said(shown, speaker)}</p>{cites(speaker, facts)}</section>'
    found = bill(way, shown.workload, shown.era, shown.registry)
    parts = (
        (f"{NAME}.part.duties", _duties(way, speaker)),
        (f"{NAME}.part.bill", _bill(found, speaker)),
        (f"{NAME}.part.limits", cites(speaker, way.limits)),
    )
    columns = "".join(f"<div><h3>{escape(speaker.say(key))}</h3>{inside}</div>" for key, inside in parts)
    return f'<section class="q-land"><p class="q-land-said">{said(shown, speaker)}</p><div class="q-land-parts">{columns}</div></section>'


def _duties(way: Way, speaker: Voice) -> str:
    rows = "".join(
        f'<li data-who="{owner}"><i aria-hidden="true"></i><span>{escape(layer_name(speaker, layer))}</span>'
        f"<em>{escape(speaker.say(f'{NAME}.who.{owner}'))}</em></li>"
        for layer, owner in reversed(list(owners(way).items()))
    )
    return f'<ul class="q-land-duties">{rows}</ul>'


def _bill(found: Bill, speaker: Voice) -> str:
    if found.misfit:
        return ""
    rows = "".join(
        f"<tr><th scope='row'>{escape(item_name(speaker, item))}</th><td>{escape(speaker.money(item.usd, 2))}</td></tr>"
        for item in found.items
    )
    total = f"<tr class='total'><th scope='row'>{escape(speaker.say(f'{NAME}.total'))}</th><td>{escape(speaker.money(found.usd, 2))}</td></tr>"
    left_out = f"<p>{escape(speaker.say(f'{NAME}.left_out'))}</p>"
    return f'<table class="q-land-bill"><tbody>{rows}{total}</tbody></table>{left_out}'


def table(shown: Landed, speaker: Voice) -> str:
    """Compare every way that can be with this registry: money, hosts, duties."""
    say = speaker.say
    registry: Registry = shown.registry if options("registry")[shown.registry].is_there(shown.era) else "ecr"
    found = compare(shown.workload, shown.era, registry)
    heads = "".join(
        f'<th scope="col">{escape(say(f"{NAME}.column.{key}"))}</th>' for key in ("usd", "hosts", "yours", "duties")
    )
    most = max((one.bill.usd for one in found if not one.bill.misfit), default=1.0)
    rows = "".join(_row(one, shown, found, most, speaker) for one in found)
    caption = escape(say(f"{NAME}.compare", registry=box_name(speaker, "registry", registry)))
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{caption}"><table class="q-outcomes q-land-table"><caption>{caption}</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(one: Compared, shown: Landed, found: Sequence[Compared], most: float, speaker: Voice) -> str:
    say, way = speaker.say, one.way
    yours, shared, aws = one.duties
    is_here = (way.management, way.hosting) == (shown.management, shown.hosting)
    money = speaker.money(one.bill.usd, 0) if not one.bill.misfit else say(f"{NAME}.no_room")
    share = 0 if one.bill.misfit else round(100 * one.bill.usd / (most or 1))
    best = f' <span class="q-best">{escape(say(f"{NAME}.cheapest"))}</span>' if one is found[0] else ""
    here = f' <span class="q-best">{escape(say(f"{NAME}.chosen"))}</span>' if is_here else ""
    hosts = speaker.number(one.bill.hosts) if one.bill.hosts else "–"
    squares = "".join(f'<i data-who="{owner}"></i>' for owner in reversed(list(owners(way).values())))
    return (
        f'<tr{" class=here" if is_here else ""}><th scope="row">{escape(way_name(speaker, way.name))}{here}</th>'
        f'<td><span class="q-land-bar" style="--much:{share}%" aria-hidden="true"></span>{escape(money)}{best}</td><td>{hosts}</td><td>{yours}</td>'
        f'<td><span class="q-land-squares" aria-hidden="true">{squares}</span>'
        f"<span class='q-land-words'>{escape(say(f'{NAME}.split', yours=yours, shared=shared, aws=aws))}</span></td></tr>"
    )


def best_of(shown: Landed) -> str | None:
    """Name the cheapest of the ways that could be guessed; None if the workload fits none of them."""
    return cheapest(shown.workload, shown.era, tuple(catalog.lesson(NAME)["guess"]["among"]))


def verdict(shown: Landed, guess: str, speaker: Voice) -> str:
    """Hold the guess against the cheapest of those that could be named."""
    best = best_of(shown)
    if best is None:
        return speaker.say(f"{NAME}.verdict.none")
    costs = {one.way.name: one.bill.usd for one in compare(shown.workload, shown.era)}
    words = {"best": way_name(speaker, best), "usd": speaker.money(costs[best], 0)}
    if guess == best:
        return speaker.say(f"{NAME}.verdict.right", **words)
    named = next((one.way.name for one in compare(shown.workload, shown.era) if one.way.name == guess), None)
    if named is None:
        return speaker.say(f"{NAME}.verdict.none")
    return speaker.say(
        f"{NAME}.verdict.wrong", **words, said=way_name(speaker, named), other=speaker.money(costs[named], 0)
    )
