"""The room of slide S03: three numbers, what is known of who asked whom and when, and how they may be said."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812  (as in `words`)
from html import escape

import streamlit as st

from engine import catalog
from engine.new_normal import Age, Claim, age, ages_at_talk, claims
from pages.parts import chapter
from pages.parts.guess import guessed, staged
from pages.parts.new_normal.ways import ways
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.words import Voice

NAME = "new_normal"


def claims_room(speaker: Voice) -> None:
    """Show the numbers as the slide did; ask which of them has a source; then say what is known of each."""
    row, say = catalog.lesson(NAME), speaker.say
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), "")
    else:
        chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    place = st.empty()  # the numbers come first, and stay where they are when the guess is made
    choices = {name: _choice(name, speaker) for name in row["guess"]["choices"]}
    guess = staged() if is_stage else guessed(NAME, speaker, choices)
    # Nobody in the engine knows what day it is: the page asks the clock on the wall, once.
    place.html(cards(claims(), speaker, Date.today().isoformat(), is_open=guess is not None))  # noqa: DTZ011 - the reader's day
    if is_stage:
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
        return
    if guess is None:
        return
    lock(NAME, guess, right=lambda: guess == str(row["guess"]["answer"]))
    st.html(f'<p class="q-verdict">{judge(guess, str(row["guess"]["answer"]), speaker)}</p>')
    with st.container(horizontal=True, key="q-tools"):
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    ways(speaker)
    told(speaker, NAME, row["explain"])
    sources(*row["facts"])


def _choice(name: str, speaker: Voice) -> str:
    texts = speaker.table(f"{NAME}.guess")
    return texts.get(name) or speaker.percent(int(name) / 100, 0)


def judge(guess: str, answer: str, speaker: Voice) -> str:
    """Hold the guess against what was found."""
    what = "skip" if guess == SKIP else "right" if guess == answer else "wrong"
    first, _, rest = speaker.say(f"{NAME}.verdict.{what}").partition("|")
    return f"<b>{escape(first.strip())}</b> {escape(rest.strip())}"


# --- the cards -------------------------------------------------------------------------------------------------------


def cards(found: tuple[Claim, ...], speaker: Voice, today: str, *, is_open: bool) -> str:
    """Write the three cards; until the guess is made they say what the slide said, and no more."""
    items = "".join(_card(claim, speaker, today, is_open=is_open) for claim in found)
    return f'<ul class="q-claims">{items}</ul>'


def _card(claim: Claim, speaker: Voice, today: str, *, is_open: bool) -> str:
    say, verdict = speaker.say, claim.verdict if is_open else "open"
    number = escape(speaker.percent(claim.percent / 100, 0))
    head = (
        f'<p class="number">{number}</p><i class="share" aria-hidden="true"><i style="width:{claim.percent}%"></i></i>'
        f'<p class="says">{escape(say(f"{NAME}.claim.{claim.name}"))}</p>'
    )
    if not is_open:
        return f'<li class="{verdict}">{head}</li>'
    mark = (
        f'<p class="mark"><i aria-hidden="true"></i><span><strong>{escape(say(f"{NAME}.mark.{verdict}"))}</strong> '
        f"{escape(say(f'{NAME}.why.{claim.name}', percent=_percent(claim.elsewhere_percent, speaker)))}</span></p>"
    )
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in known(claim, speaker, today)
    )
    link = ""
    if claim.fact.link:
        label = escape(say(f"{NAME}.read_to", percent=number))
        link = (
            f'<a href="{escape(claim.fact.link)}" target="_blank" rel="noopener noreferrer" aria-label="{label}">'
            f"{escape(say(f'{NAME}.read'))}</a>"
        )
    use = f'<p class="use"><b>{escape(say(f"{NAME}.use"))}</b> {escape(say(f"{NAME}.use_as.{claim.name}"))}</p>'
    return f'<li data-ring="{claim.name}" class="{verdict}">{head}{mark}<dl>{rows}</dl>{use}{link}</li>'


def known(claim: Claim, speaker: Voice, today: str) -> list[tuple[str, str]]:
    """List what is known of a number: who asked, whom, when, and how old it was and is; a dash where nothing is."""
    texts = speaker.table(f"{NAME}.known")
    nothing = texts["nothing"]
    whom = speaker.say(f"{NAME}.asked.{claim.name}", n=claim.asked) if claim.asked else nothing
    return [
        (texts["asker"], claim.asker or nothing),
        (texts["whom"], whom),
        (texts["when"], speaker.date(claim.published) if claim.published else nothing),
        (texts["at_talk"], age_text(ages_at_talk(claim.published), speaker)),
        (texts["now"], age_text(age(claim.published, today), speaker)),
    ]


def age_text(found: Age | None, speaker: Voice) -> str:
    """Write an age in years: one number, or from and to where both round differently.

    >>> age_text(Age(31, 36), Voice("en")), age_text(Age(114, 115), Voice("es")), age_text(None, Voice("en"))
    ('2.6 to 3 years', '9,5 años', 'not known')
    """
    if found is None:
        return speaker.say(f"{NAME}.known.nothing")
    least, most = (_years(months, speaker) for months in (found.least_months, found.most_months))
    if found.most_months - found.least_months <= 1:
        return speaker.say(f"{NAME}.known.years", years=least)
    return speaker.say(f"{NAME}.known.years", years=speaker.say("common.unit.range", low=least, high=most))


def _years(months: int, speaker: Voice) -> str:
    years = round(months / 12, 1)
    return speaker.number(years, 0 if years == int(years) else 1)


def _percent(percent: int | None, speaker: Voice) -> str:
    return "" if percent is None else speaker.percent(percent / 100, 0)
