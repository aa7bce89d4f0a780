"""Challenges: a goal for what stands on the page, the learner's own: a scenario, run under several seeds, or a record, played."""

from __future__ import annotations

from html import escape

import streamlit as st
from pydantic import BaseModel

from engine import BudgetError, Scenario, course
from engine.course import SEEDS, Attempt, Challenge, Course, Must
from engine.errors import LostRunError
from pages.parts import admission, chapter, progress
from pages.parts.course.amounts import amount
from pages.parts.fields import field_of
from pages.parts.words import Voice

Stands = Scenario | BaseModel  # what stands on the page: a scenario, or the record of an experiment without a run


def challenges_of(page: str, lesson: str, found: Course, speaker: Voice, stands: Stands | None = None) -> None:
    """Offer the challenges of the experiment that is open. stands: what is tried, where it is not the page's one scenario or record."""
    mine = [one for one in found.challenges if one.lesson == lesson]
    stands = stands or next(
        (st.session_state[key] for key in (f"{lesson}.scenario", f"{lesson}.turned.record") if key in st.session_state),
        None,
    )
    if not mine or stands is None:
        return
    met = {one.what for one in progress.answers("challenge") if one.right}
    with st.expander(
        speaker.say("course.challenges", n=len(mine)), key=f"{page}.{lesson}.challenges", on_change="rerun"
    ) as fold:
        if fold.open:
            means = "course.challenge_means" if any(one.is_by_chance for one in mine) else "course.challenge_once"
            st.markdown(speaker.say(means, n=SEEDS))
            for one in mine:
                _challenge(page, one, stands, speaker, is_met=f"{page}.{one.id}" in met)


def _challenge(page: str, one: Challenge, stands: Stands, speaker: Voice, *, is_met: bool) -> None:
    """Show a goal, try it with the scenario that stands there, and say run by run how it went."""
    key = f"{page}.challenge.{one.id}"
    with st.container(border=True, key=f"q-challenge-{page}-{one.id}"):
        badge = f" · {speaker.say('course.is_met')}" if is_met else ""
        st.markdown(f"**{speaker.cited(one.goal.text(speaker.lang))}**{badge}")
        tried: tuple[Stands, Attempt | BudgetError | LostRunError] | None = st.session_state.get(key)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                speaker.say("course.try"), key=f"{key}.try", on_click=_try, args=(page, one, stands), type="primary"
            )
            with st.popover(speaker.say("course.hint"), key=f"{key}.hint", on_change="rerun") as hint:
                if hint.open:
                    st.markdown(speaker.cited(one.hint.text(speaker.lang)))
        if tried is None:
            return
        then, found = tried
        if isinstance(found, BudgetError):
            chapter.budget(speaker, found)
            return
        if isinstance(found, LostRunError):
            st.error(speaker.say("admission.lost"))
            return
        if then != stands:
            st.markdown(speaker.say("course.stale"))
        st.html(_told(one, found, then, speaker))


def _try(page: str, one: Challenge, stands: Stands) -> None:
    """Run it; a goal that is met is kept."""
    key = f"{page}.challenge.{one.id}"
    try:
        if isinstance(stands, Scenario):
            found = course.attempt(one, stands, admission.run_of)
        else:
            found = course.attempt_record(one, st.session_state[f"{one.lesson}.turned.first"], stands)
    except (BudgetError, LostRunError) as error:
        st.session_state[key] = (stands, error)
        return
    st.session_state[key] = (stands, found)
    if found.is_met:  # a try that misses is no answer: one may try as often as one likes
        progress.answered("challenge", f"{page}.{one.id}", "met", right=True)


def _told(one: Challenge, found: Attempt, then: Stands, speaker: Voice) -> str:
    """Write how the runs went: a row for each seed, a column for each demand. then: what was tried."""
    say = speaker.say
    if found.moved:
        what = ", ".join(_kept(path, type(then), speaker) for path in found.moved)
        return f'<p class="q-told wrong">{escape(say("course.moved", what=what))}</p>'
    heads = "".join(f'<th scope="col">{escape(demand(must, speaker))}</th>' for must in one.must)
    rows, once = "", len(found.values) == 1
    for seed, values in found.values.items():
        cells = "".join(_cell(must, value, speaker) for must, value in zip(one.must, values, strict=True))
        name = say("course.once") if once else say("course.seed", n=seed)
        rows += f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'
    verdict = say(f"course.{'goal_met' if found.is_met else 'goal_missed'}{'_once' if once else ''}")
    state = "right" if found.is_met else "wrong"
    return (
        f'<p class="q-told {state}"><b>{escape(verdict)}</b></p><div class="q-scroll" tabindex="0" role="region" '
        f'aria-label="{escape(verdict)}"><table class="q-outcomes"><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _kept(path: str, of: type[BaseModel], speaker: Voice) -> str:
    """Name what has to stand: by a word of its own, or as the page calls what is turned there."""
    if f"kept.{path}" in speaker.table("course"):
        return speaker.say(f"course.kept.{path}")
    record, _ = field_of(of, path)
    label = f"{record}.{path.rpartition('.')[2]}.label"
    return speaker.say("course.kept_as", name=speaker.say(f"ask.{label}")) if label in speaker.table("ask") else path


def _cell(must: Must, value: float | None, speaker: Voice) -> str:
    unit = must.unit
    text = speaker.say("course.never") if value is None else amount(value, unit, speaker)
    is_met = must.is_met(value)
    word = speaker.say(f"course.mark.{'met' if is_met else 'missed'}")
    return f'<td class="{"right" if is_met else "wrong"}">{escape(text)} <span>{escape(word)}</span></td>'


def demand(must: Must, speaker: Voice) -> str:
    """Write what is asked of a measure."""
    unit, parts = must.unit, [speaker.say(f"course.measure.{must.measure}")]
    if must.at_least is not None:
        parts.append(speaker.say("course.at_least", value=amount(must.at_least, unit, speaker)))
    if must.at_most is not None:
        parts.append(speaker.say("course.at_most", value=amount(must.at_most, unit, speaker)))
    return " ".join(parts)
