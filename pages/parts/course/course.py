"""A chapter's course: one question at a time, each answered and kept before anything is told."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from engine import course
from engine.course import Course, Prediction, Question, Truth
from engine.measures import Unit
from pages.parts import chapter, progress
from pages.parts.course.amounts import amount
from pages.parts.course.challenges import Stands, challenges_of
from pages.parts.glossary import marked, marked_html
from pages.parts.progress import Answer, Kind
from pages.parts.sources import cited_facts, listing
from pages.parts.sure import STEPS
from pages.parts.time_machine import link_words
from pages.parts.words import Voice

SHOWN, FOLDED = "course.shown", "course"


def course_of(page: str, lesson: str, speaker: Voice, stands: Stands | None = None) -> None:
    """Offer a chapter's course, folded away until somebody wants it.

    lesson: the experiment that is open, for its challenges; stands: what they are tried with, where the page has more than one.
    """
    found = course.course(page)
    if found is None:
        return
    # The label stays as it is: an expander whose label changes is another one, and folds.
    title = speaker.say("course.title", n=len(found.predictions), quiz=len(found.quiz))
    with st.expander(title, key=f"{page}.{FOLDED}", on_change="rerun") as fold:
        if fold.open:
            if progress.is_waiting():
                st.warning(speaker.say("progress.card.waiting"))
            _ask(page, found, speaker)
    challenges_of(page, lesson, found, speaker, stands)


def _all(found: Course) -> list[tuple[Kind, str]]:
    """List the questions, as they are asked: predictions, then the quiz."""
    return [("prediction", one.id) for one in found.predictions] + [("quiz", one.id) for one in found.quiz]


def _ask(page: str, found: Course, speaker: Voice) -> None:
    """Show one question, and where the learner is among all of them."""
    questions = _all(found)
    given = {(one.kind, one.what): one for one in progress.answers() if one.chapter == page}
    key = f"{page}.{SHOWN}"
    open_ = [place for place, (kind, name) in enumerate(questions) if (kind, f"{page}.{name}") not in given]
    now: int = st.session_state.setdefault(key, open_[0] if open_ else 0)
    states = [given.get((kind, f"{page}.{name}")) for kind, name in questions]
    done = speaker.say("course.done", n=sum(one is not None for one in states), of=len(questions))
    st.html(_dots(questions, states, now, speaker) + f'<p class="q-done">{escape(done)}</p>')
    kind, name = questions[now]
    answer = states[now]
    if kind == "prediction":
        _prediction(page, next(one for one in found.predictions if one.id == name), answer, speaker)
    else:
        _question(page, next(one for one in found.quiz if one.id == name), answer, speaker)
    with st.container(horizontal=True, key=f"q-course-go-{page}"):
        if now:
            st.button(speaker.say("course.back"), key=f"{page}.course.back", on_click=_go, args=(key, now - 1))
        if now + 1 < len(questions):
            st.button(
                speaker.say("course.next" if answer else "course.later"), key=f"{page}.course.next", on_click=_go, args=(key, now + 1),
                type="primary" if answer else "secondary",
            )  # fmt: skip
        elif all(states):
            right = sum(bool(one and one.right) for one in states)
            st.markdown(f"**{speaker.say('course.end', right=right, of=len(questions))}**")


def _go(key: str, place: int) -> None:
    st.session_state[key] = place


def _dots(questions: Sequence[tuple[Kind, str]], states: Sequence[Answer | None], now: int, speaker: Voice) -> str:
    """Draw how far one is: a dot a question, filled where it was right, struck where it was not."""
    items = []
    for place, ((kind, _), state) in enumerate(zip(questions, states, strict=True)):
        told = "open" if state is None else "right" if state.right else "wrong"
        current = ' aria-current="step"' if place == now else ""
        text = speaker.say(f"course.dot.{told}", n=place + 1)
        items.append(f'<li class="{kind} {told}"{current}><span>{escape(text)}</span></li>')
    return f'<ol class="q-dots" aria-label="{escape(speaker.say("course.where"))}">{"".join(items)}</ol>'


# --- predictions ---------------------------------------------------------------------------------------------------------


def _prediction(page: str, asked: Prediction, answer: Answer | None, speaker: Voice) -> None:
    """Ask; once it is answered, run it and tell."""
    st.markdown(f"**{marked(speaker.cited(asked.ask.text(speaker.lang)), speaker.lang, page)}**")
    texts = choices(asked, speaker)
    if answer is None:
        _offer(page, "prediction", asked.id, texts, speaker)
        return
    found = course.truth(page, asked.id)
    right = found.answer == answer.answer
    lead = speaker.say(
        "course.said_right" if right else "course.said_wrong", said=texts.get(answer.answer, answer.answer)
    )
    told = _came(asked, found, texts, speaker)
    why = speaker.cited(asked.why.text(speaker.lang))
    st.html(
        f'<div class="q-told {"right" if right else "wrong"}"><p><b>{escape(lead)}</b> {escape(told)}</p><p>{marked_html(why, speaker.lang, page)}</p></div>'
    )
    if asked.shows:
        words = urlencode({**asked.shows, **link_words(speaker.lang)})
        st.html(
            f'<p class="q-see"><a href="{escape(page)}?{escape(words)}" target="_self">{escape(speaker.say("course.see"))}</a></p>'
        )


def choices(asked: Prediction, speaker: Voice) -> dict[str, str]:
    """Write a prediction's answers: spans with their unit, or the variants' names."""
    if asked.between:
        return {name: said.text(speaker.lang) for name, said in asked.says.items()}
    write = [amount(bound, asked.unit, speaker) for bound in asked.bounds]
    between = {
        f"{low:g}": speaker.say("course.between", low=first, high=second)
        for low, first, second in zip(asked.bounds, write, write[1:], strict=False)
    }
    under, over = speaker.say("course.under", high=write[0]), speaker.say("course.over", low=write[-1])
    return {"0": under} | between | {f"{asked.bounds[-1]:g}": over}


def _came(asked: Prediction, found: Truth, texts: dict[str, str], speaker: Voice) -> str:
    """Say what came out, with its number or with all variants' numbers."""
    source = speaker.say("course.sum" if asked.figure else "course.run")
    if not asked.between:
        return f"{source} {speaker.say('course.value', value=_written(found.values[''], asked.unit, speaker))}"
    listed = "; ".join(
        speaker.say("course.each", name=texts[name], value=_written(value, asked.unit, speaker))
        for name, value in found.values.items()
    )
    return f"{source} {speaker.say('course.values', values=listed)}"


def _written(value: float | None, unit: Unit, speaker: Voice) -> str:
    return speaker.say("course.never") if value is None else amount(value, unit, speaker)


# --- the quiz ------------------------------------------------------------------------------------------------------------


def _question(page: str, asked: Question, answer: Answer | None, speaker: Voice) -> None:
    """Ask; then give the reason against the answer that was chosen, and for the right one."""
    st.markdown(f"**{marked(speaker.cited(asked.ask.text(speaker.lang)), speaker.lang, page)}**")
    texts = {str(place): speaker.cited(option.says.text(speaker.lang)) for place, option in enumerate(asked.options)}
    if answer is None:
        _offer(page, "quiz", asked.id, texts, speaker)
        return
    items = []
    for place, option in enumerate(asked.options):
        is_chosen = str(place) == answer.answer
        state = "right" if option.right else "wrong" if is_chosen else "other"
        why = f"<p>{marked_html(speaker.cited(option.why.text(speaker.lang)), speaker.lang, page)}</p>"
        chosen = f" <em>{escape(speaker.say('course.yours'))}</em>" if is_chosen else ""
        mark = escape(speaker.say(f"course.mark.{state}"))
        items.append(
            f'<li class="{state}"><i role="img" aria-label="{mark}"></i><div><b>{escape(texts[str(place)])}</b>{chosen}{why}</div></li>'
        )
    st.html(f'<ul class="q-options">{"".join(items)}</ul>')
    if asked.facts:
        with chapter.fold(speaker.say("common.sources.title"), key=f"{page}.course.{asked.id}.facts") as fold:
            if fold.open:
                st.html(listing(speaker, cited_facts(asked.facts)))


# --- both ----------------------------------------------------------------------------------------------------------------


def _offer(page: str, kind: Kind, name: str, texts: dict[str, str], speaker: Voice) -> None:
    """Offer the answers, and how sure one may be; nothing is told before one is locked."""
    key = f"{page}.course.{name}"
    chosen = st.radio(
        speaker.say("course.choose"), list(texts), index=None, format_func=texts.__getitem__, key=f"{key}.answer"
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"q-course-lock-{page}"):
        sure = st.selectbox(
            speaker.say("progress.sure.ask"), STEPS, index=None, key=f"{key}.sure", placeholder=speaker.say("course.no_say"), width=200,
            format_func=lambda step: speaker.say("progress.sure.step", share=speaker.percent(step / 100, 0)),
        )  # fmt: skip
        st.button(
            speaker.say("course.lock"), key=f"{key}.lock", type="primary", disabled=chosen is None, on_click=_lock,
            args=(page, kind, name, chosen, sure),
        )  # fmt: skip


def _lock(page: str, kind: Kind, name: str, chosen: str, sure: int | None) -> None:
    """Keep an answer. It is judged first, for it is kept with its judgement; nobody is told before it is kept."""
    found = course.course(page)
    if found is None:
        return
    if kind == "prediction":
        right = course.truth(page, name).answer == chosen
    else:
        right = next(one for one in found.quiz if one.id == name).right == int(chosen)
    progress.answered(kind, f"{page}.{name}", chosen, right=right, sure=sure)
