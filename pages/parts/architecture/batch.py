"""The batch lab: a train against pipelines over a quarter, two hundred times, and who wins over teams and coupling."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any, Literal

import streamlit as st

from engine import BudgetError, catalog
from engine.delivery import Four, Grid, Organisation, band, frontier, grid, replicate
from engine.delivery.grid import COUPLING, TEAMS
from engine.delivery.organisation import MOST_SERVICES
from pages.figures.delivery import winner_figure
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.architecture.measures import MEASURES, duration, four_charts, four_table, span_of
from pages.parts.charts import Strip, charts
from pages.parts.guess import guessed
from pages.parts.lesson import Control, controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "architecture_batch"
WAYS: tuple[Literal["train", "pipelines"], ...] = ("train", "pipelines")
KEPT = 24
Pair = dict[str, Four]
Controls = tuple[Control, ...]


def batch_room(speaker: Voice) -> None:
    """Ask for a guess, play both ways, say who won, and show over how many teams and how much coupling that holds."""
    row = catalog.lesson(NAME)
    groups = {group: controls(row[group]) for group in ("first", "ask", "more")}
    start = Organisation.read(catalog.organisation_text(row["organisation"]))
    turned = Turned(NAME, start, [one for group in groups.values() for one in group], can_play)
    is_stage = st.query_params.get(VIEW) == "stage"
    say, it = speaker.say, turned.record
    lede = say(
        f"{NAME}.lede", teams=it.teams, n=round(it.commits_per_day * it.teams), share=speaker.percent(it.coupling, 0)
    )
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), "")
    else:
        chapter.heading(say(f"{NAME}.title"), lede)
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    guess = SKIP if is_stage else guessed(NAME, speaker, speaker.table(f"{NAME}.guess"))
    if guess is not None:
        _answer(turned, groups["first"], speaker, guess, "stage" if is_stage else "laptop")
    if is_stage:
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
    elif guess is not None:
        _turn(turned, groups["ask"], groups["more"], speaker)
        told(speaker, NAME, row["explain"])
        sources(*row["facts"])
    turned.write_url()


def can_play(organisation: Organisation) -> None:
    """Refuse what would take too long, with the figure that is too large."""
    for way in WAYS:
        Organisation.of(organisation.model_dump() | {"architecture": way})


def _answer(
    turned: Turned[Organisation], first: Controls, speaker: Voice, guess: str, size: Literal["laptop", "stage"]
) -> None:
    """Show what came of it."""
    it, say = turned.record, speaker.say
    try:
        pair = pair_of(it, speaker)
    except BudgetError as error:
        chapter.budget(speaker, error)
        return
    # A guess is held against what was asked, not against what is turned later.
    held = guess if it == turned.first else SKIP
    if held != SKIP:
        lock(NAME, held, right=lambda: held == winner(pair))
    st.html(f'<p class="q-verdict">{verdict(pair, it, speaker, held)}</p>')
    if size == "stage":
        _field(it, speaker, size)
        return
    with st.container(border=True, key="q-turn-row"):
        turn_record(turned, first, speaker)
    st.header(say(f"{NAME}.four.title"))
    st.html(f'<p class="q-lab-note">{escape(say(f"{NAME}.four.lede", n=len(pair["train"].delivered)))}</p>')
    four_charts(pair, it, speaker)
    with chapter.fold(say(f"{NAME}.four.table"), key=f"{NAME}.four.table") as fold:
        if fold.open:
            st.html(four_table(pair, it, speaker))
    st.header(say(f"{NAME}.field.title"))
    _field(it, speaker, size)


def _turn(turned: Turned[Organisation], asked: Controls, more: Controls, speaker: Voice) -> None:
    """Offer what to try, what to turn, and the stage."""
    say = speaker.say
    st.header(say("furniture.try"))
    with st.container(horizontal=True, key="q-tools"):
        for what, settings in catalog.lesson(NAME)["try"].items():
            st.button(say(f"{NAME}.try.{what}"), key=f"{NAME}.try.{what}", on_click=turned.set, args=(dict(settings),))
        st.button(
            say("common.button.reset"),
            key=f"{NAME}.reset",
            on_click=turned.set,
            args=(turned.first.model_dump(mode="json"),),
        )
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    with st.expander(say("furniture.turn"), expanded=True, key=f"{NAME}.turn"):
        turn_record(turned, asked, speaker)
    with chapter.fold(say(f"{NAME}.more"), key=f"{NAME}.more") as fold:
        if fold.open:
            turn_record(turned, more, speaker, columns=4)


# --- who won ---------------------------------------------------------------------------------------------------------


def verdict(pair: Pair, organisation: Organisation, speaker: Voice, guess: str) -> str:
    """Hold the guess against the medians, and say what decided. HTML, escaped."""
    say = speaker.say
    won = winner(pair)
    mine = "" if guess == SKIP else say(f"{NAME}.guess.{guess}")
    said = mine and say(f"{NAME}.verdict.{'right' if guess == won else 'wrong'}", said=mine)
    middle = {way: round(band(pair[way].delivered)[1]) for way in WAYS}
    first = say(f"{NAME}.won.{won}", pipelines=middle["pipelines"], train=middle["train"])
    leads = {way: duration(band(pair[way].lead_median_min)[1], organisation, speaker) for way in WAYS}
    second = say(f"{NAME}.lead", pipelines=leads["pipelines"], train=leads["train"])
    ahead = spoken_for(pair)
    third = say(
        f"{NAME}.speaks.{'but' if won == 'train' and ahead > len(MEASURES) / 2 else 'and'}", n=ahead, of=len(MEASURES)
    )
    return f"{escape(said)} <b>{escape(first)}</b> {escape(second)} {escape(third)}".strip()


def spoken_for(pair: Pair) -> int:
    """Count the measures among DORA's four that are better through pipelines than by train."""
    found = 0
    for measure in MEASURES:
        ours, theirs = (span_of(measure, pair[way])[1] for way in ("pipelines", "train"))
        found += ours > theirs if measure.name == "frequency" else ours < theirs
    return found


def winner(pair: Pair) -> str:
    """Say who brought more changes to users: train, pipelines, or the same, near enough."""
    train, pipelines = (band(pair[way].delivered)[1] for way in WAYS)
    near = float(catalog.lesson(NAME)["tie"]) * max(train, pipelines)
    return "same" if abs(train - pipelines) <= near else "train" if train > pipelines else "pipelines"


# --- who wins where --------------------------------------------------------------------------------------------------


def _field(organisation: Organisation, speaker: Voice, size: Literal["laptop", "stage"]) -> None:
    """Draw the map of winners, what it says of the reader's own place, and the same as a table."""
    say, it = speaker.say, organisation
    try:
        found = grid_of(it, speaker)
    except BudgetError as error:
        chapter.budget(speaker, error)
        return
    edge = frontier(found)
    figure = winner_figure(
        found.teams, found.coupling, found.times_slower, edge, here=(it.coupling, float(it.teams)),
        percents=[speaker.percent(share, 0) for share in found.coupling], words={"here": say(f"{NAME}.field.here")},
        signs=speaker.number_signs(), scale=SCALES[size],
    )  # fmt: skip
    strip = Strip(
        "field", say(f"{NAME}.field.name"), figure, sub=say(f"{NAME}.field.axis"),
        height_px=800 if size == "stage" else 400, is_named=True,
    )  # fmt: skip
    left, right = st.columns([7, 3] if size == "laptop" else [3, 1], gap="medium")
    with left:
        charts(
            [strip], run_id="field", end_s=1, key=f"{NAME}.field.{size}", on_clock=False, name=strip.title, size=size
        )
    with right:
        st.html(f'<div class="q-lab-side {size}">{_legend(edge, found, it, speaker)}</div>')
    if size == "laptop":
        with chapter.fold(say(f"{NAME}.field.table"), key=f"{NAME}.field.table") as fold:
            if fold.open:
                st.html(_winners_table(found, speaker))


def _legend(edge: Any, found: Grid, organisation: Organisation, speaker: Voice) -> str:
    """Say what the colours mean, and where the line lies in the reader's own row."""
    say = speaker.say
    row = min(range(len(found.teams)), key=lambda i: abs(found.teams[i] - organisation.teams))
    at, teams = float(edge[row]), int(found.teams[row])
    key = "always" if at <= 0 else "never" if at > 1 else "from"
    line = say(f"{NAME}.field.{key}", n=teams, share=speaker.percent(min(max(at, 0.0), 1.0), 0))
    keys = "".join(
        f'<li class="{way}"><i aria-hidden="true"></i>{escape(say(f"{NAME}.field.key.{way}"))}</li>'
        for way in ("pipelines", "train", "line")
    )
    read = escape(say(f"{NAME}.field.read"))
    return f'<p class="q-lab-says"><b>{escape(line)}</b></p><ul class="q-lab-keys">{keys}</ul><p class="q-lab-note">{read}</p>'


def _winners_table(found: Grid, speaker: Voice) -> str:
    """Write the map as a table."""
    say = speaker.say
    heads = "".join(f'<th scope="col">{escape(speaker.percent(share, 0))}</th>' for share in found.coupling)
    body = ""
    for teams, row in zip(found.teams, found.times_slower, strict=True):
        cells = "".join(f"<td>{escape(speaker.number(one, 0 if one >= 10 else 2))}</td>" for one in row)
        body += f'<tr><th scope="row">{int(teams)}</th>{cells}</tr>'
    caption = escape(say(f"{NAME}.field.caption"))
    return (
        f'<div class="q-scroll"><table class="q-outcomes q-own"><caption>{caption}</caption><thead><tr>'
        f'<th scope="col">{escape(say(f"{NAME}.field.teams"))}</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


# --- played once, and kept ---------------------------------------------------------------------------------------------


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _shelf(token: str) -> dict[str, Any]:  # noqa: ARG001 - the shelf's own label
    """Give the place where what was played of an organisation is kept: filled by whoever asks first."""
    return {}


def pair_of(organisation: Organisation, speaker: Voice) -> Pair:
    """Play both ways many times, behind a bar, or take them from the shelf. Errors: BudgetError, before it starts."""
    n = int(catalog.lesson(NAME)["replications"])

    def play(watch: Callable[[float], None]) -> Pair:
        return {
            way: replicate(
                organisation.with_(architecture=way), n, lambda share, way=way: watch((WAYS.index(way) + share) / 2)
            )
            for way in WAYS
        }

    return _kept(f"pair.{organisation.token()}", play, speaker.say(f"{NAME}.playing", n=n))


def grid_of(organisation: Organisation, speaker: Voice) -> Grid:
    """Play the map's cells, behind a bar, or take them from the shelf. Errors: BudgetError, before it starts."""
    teams = tuple(n for n in TEAMS if n <= MOST_SERVICES)
    # The map is the same wherever on it the reader stands, as long as a team has as many workers and services.
    token = organisation.with_(coupling=0, architecture="train").token()
    return _kept(
        f"grid.{token}",
        lambda watch: grid(organisation, teams, COUPLING, watch=watch),
        speaker.say(f"{NAME}.mapping", n=len(teams) * len(COUPLING)),
    )


def _kept(token: str, play: Callable[[Callable[[float], None]], Any], text: str) -> Any:
    """Play what is not on the shelf yet, with a bar in its place while it lasts."""
    shelf = _shelf(token)
    if "found" not in shelf:
        place = st.empty()
        bar = place.progress(0.0, text=text)
        shelf["found"] = play(lambda share: bar.progress(min(1.0, share), text=text) and None)
        place.empty()
    return shelf["found"]
