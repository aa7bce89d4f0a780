"""The room of one image and five places: what each demands, why, who says so, and the fewest changes for all five."""

from __future__ import annotations

from typing import Any

import streamlit as st

from engine import catalog
from engine.containers.one_image import OneImage
from engine.containers.place_rules import OUTCOMES, PLACES
from engine.containers.places import Answered, answers, everywhere
from pages.parts import chapter
from pages.parts.containers.matrix import counted, matrix, stage_matrix, way_to_all
from pages.parts.guess import guessed, staged
from pages.parts.landscape.names import way_name
from pages.parts.lesson import Control, controls
from pages.parts.predict import SKIP
from pages.parts.sources import cited_facts, sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "containers_places"


def places_room(speaker: Voice) -> None:
    """Ask for a guess, then let the image be turned, and show what each place answers."""
    row, say = catalog.lesson(NAME), speaker.say
    asked, more = controls(row["ask"]), controls(row["more"])
    turned = Turned(NAME, OneImage(), (*asked, *more))
    if st.query_params.get(VIEW) == "stage":
        _stage(turned, speaker)
        turned.write_url()
        return
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    guess = guessed(NAME, speaker, {one: say(f"{NAME}.choice.{one}") for one in row["guess"]["among"]})
    if guess is None:
        sources(*row["facts"])
        turned.write_url()
        return
    usual = answers(OneImage(era=turned.record.era))
    lock(NAME, guess, right=lambda: guess == str(usual.count("ok")))
    if guess != SKIP:
        st.html(f'<p class="q-verdict" role="status">{chapter.plain(verdict(usual, guess, speaker))}</p>')
    _turn(turned, asked, more, row["try"], speaker)
    found = answers(turned.record)
    st.html(counted(found, speaker))
    _matrix(found, speaker)
    _everywhere(turned, speaker)
    with st.container(horizontal=True, key="q-tools"):
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    told(speaker, NAME, row["explain"])
    cited = {fact.id for fact in cited_facts(row["facts"])}
    behind = {fact.id: fact for cell in found.cells.values() for fact in cell.facts if fact.id not in cited}
    sources(*row["facts"], also=list(behind.values()))
    turned.write_url()


def verdict(usual: Answered, guess: str, speaker: Voice) -> str:
    """Hold the guess against the usual image, as the question describes it."""
    counts = {outcome: usual.count(outcome) for outcome in OUTCOMES}
    how = "right" if int(guess) == counts["ok"] else "high" if int(guess) > counts["ok"] else "low"
    lead = speaker.say(f"{NAME}.verdict.{how}", ok=counts["ok"], of=len(PLACES))
    rest = speaker.say(f"{NAME}.verdict.rest", **{key: n for key, n in counts.items() if key != "ok"})
    return f"{lead} {rest}"


def _turn(
    turned: Turned[OneImage], asked: tuple[Control, ...], more: tuple[Control, ...], tries: Any, speaker: Voice
) -> None:
    """Offer whole images, what matters most, and, folded away, the rest."""
    with st.container(horizontal=True, key="q-tries"):
        for what, settings in tries.items():
            made = turned.first.model_dump(mode="json") | dict(settings) | {"era": turned.record.era}
            st.button(speaker.say(f"{NAME}.try.{what}"), key=f"{NAME}.try.{what}", on_click=turned.set, args=(made,))
    with st.container(border=True, key="q-turn-row"):
        st.markdown(f"**{speaker.say(f'{NAME}.turn')}**")
        turn_record(turned, asked, speaker, columns=4)
    with chapter.fold(speaker.say(f"{NAME}.more"), key=f"{NAME}.more") as fold:
        if fold.open:
            turn_record(turned, more, speaker, columns=4)


def _matrix(found: Answered, speaker: Voice) -> None:
    """Show the table; on a phone one place at a time, chosen above it."""
    with st.container(key="q-place-which"):
        place = st.segmented_control(
            speaker.say(f"{NAME}.which_place"), PLACES, default=PLACES[0], required=True,
            format_func=lambda name: way_name(speaker, name), key=f"{NAME}.place",
        )  # fmt: skip
    st.html(matrix(found, speaker, place))


def _everywhere(turned: Turned[OneImage], speaker: Voice) -> None:
    """Say what all five would take, and offer to do it."""
    way = everywhere(turned.record)
    st.header(speaker.say(f"{NAME}.everywhere.title"))
    st.html(way_to_all(way, speaker))
    if way.changes:
        settings = {name: getattr(way.mended, name) for name in way.changes}
        st.button(
            speaker.say(f"{NAME}.everywhere.do"),
            key=f"{NAME}.do",
            type="primary",
            on_click=turned.set,
            args=(settings,),
        )


def _stage(turned: Turned[OneImage], speaker: Voice) -> None:
    chapter.look_stage()
    chapter.stage_heading(speaker.say(f"{NAME}.title"), "")
    found = answers(turned.record)
    with st.container(key="q-place-stage"):
        if staged() is None:
            st.html(f'<p class="q-stage-says">{chapter.plain(speaker.say(f"{NAME}.ask.question"))}</p>')
        else:
            st.html(stage_matrix(found, speaker, catalog.lesson(NAME)["stage_rows"]))
            st.html(counted(found, speaker))
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
