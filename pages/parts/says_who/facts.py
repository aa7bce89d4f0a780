"""The room of the facts: searched, filtered, linked, taken away; a guess first about how many anybody documents."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

import streamlit as st

from engine import catalog
from engine.catalog import Fact
from engine.sums import FIGURES
from pages.parts import chapter
from pages.parts.flipped import everything
from pages.parts.guess import guessed, spans, which
from pages.parts.predict import SKIP
from pages.parts.says_who.found import Search, found, is_changed, systems, used
from pages.parts.sources import ORDER, STYLE, item, written_value
from pages.parts.sure import lock
from pages.parts.time_machine import link_words
from pages.parts.turn import VIEW, go
from pages.parts.words import Voice, harmless

NAME = "sources"
SHOWN = 25  # facts at once: a list of five hundred is read by nobody, and drawn slowly
WORDS, BASIS, SYSTEM, SINCE, FACT, PAGE = "q", "basis", "system", "since", "fact", "page_no"


def facts_room(speaker: Voice) -> None:
    """Ask how much is documented; then show every fact."""
    if st.query_params.get(VIEW) == "stage":
        _stage(speaker)
        return
    say = speaker.say
    chapter.heading(say("sources.title"), say("sources.lede", n=len(catalog.facts())))
    bounds = tuple(catalog.lesson(NAME)["guess"]["bounds"])
    guess = guessed(NAME, speaker, spans(speaker, NAME, bounds, lambda bound: speaker.percent(bound / 100, 0)))
    if guess not in {None, SKIP}:
        share = FIGURES["facts_documented"].of() * 100
        lock(NAME, str(guess), right=lambda: which(share, bounds, str(guess)) == "right")
        st.html(f'<p class="q-verdict" role="status">{escape(_verdict(str(guess), bounds, share, speaker))}</p>')
    if only := _linked():
        st.html(_list((only,), speaker))
        st.button(say("sources.all"), key="sources.all", on_click=_forget_link)
    else:
        if asked := st.query_params.get(FACT):
            st.info(say("sources.unknown", name=harmless(asked)))
        _searched(speaker)
    st.header(say("sources.since.title"))
    everything(speaker)


def _verdict(guess: str, bounds: tuple[float, ...], share: float, speaker: Voice) -> str:
    counts = catalog.by_basis(catalog.facts().values())
    lead = speaker.say(f"sources.verdict.{which(share, bounds, guess)}", share=speaker.percent(share / 100, 0))
    return f"{lead} {speaker.say('sources.verdict.counts', **counts)}"


# --- one fact, by its link -------------------------------------------------------------------------------------------------


def _linked() -> Fact | None:
    """Give the fact that the link names."""
    return catalog.facts().get(st.query_params.get(FACT, ""))


def _forget_link() -> None:
    st.query_params.pop(FACT, None)


# --- many, by a search --------------------------------------------------------------------------------------------------------


def _searched(speaker: Voice) -> None:
    """Show what fits, some at a time."""
    say = speaker.say
    with st.container(horizontal=True, vertical_alignment="bottom", key="q-search"):
        words = st.text_input(
            say("sources.search"), value=st.query_params.get(WORDS, "")[:80], max_chars=80, key="sources.q"
        )
        basis = _choice("basis", BASIS, ORDER, speaker, {one: say(f"common.sources.{one}") for one in ORDER})
        system = _choice("system", SYSTEM, systems(), speaker, {})
        since = st.toggle(say("sources.since.only"), value=st.query_params.get(SINCE) == "true", key="sources.since")
    search = Search(words, basis, system, since)
    _write({WORDS: words, BASIS: basis, SYSTEM: system, SINCE: "true" if since else ""})
    facts = found(search, speaker.lang)
    if not facts:
        st.markdown(say("sources.none"))
        return
    pages = -(-len(facts) // SHOWN)
    now = min(pages, max(1, _whole(st.query_params.get(PAGE, "1"))))
    st.markdown(f"**{say('sources.count', n=len(facts))}**")
    st.html(_list(facts[(now - 1) * SHOWN : now * SHOWN], speaker))
    with st.container(horizontal=True, vertical_alignment="center", key="q-pages"):
        st.button(say("sources.before"), key="sources.before", disabled=now == 1, on_click=_turn, args=(now - 1,))
        st.markdown(say("sources.page", n=now, of=pages), width="content")
        st.button(say("sources.after"), key="sources.after", disabled=now == pages, on_click=_turn, args=(now + 1,))
        st.download_button(
            say("sources.download"),
            lambda: as_csv(facts, speaker),
            "quayside-facts.csv",
            "text/csv",
            key="sources.csv",
            on_click="ignore",
        )
        st.download_button(
            say("sources.download_json"),
            lambda: as_json(facts, speaker),
            "quayside-facts.json",
            "application/json",
            key="sources.json",
            on_click="ignore",
        )


def _choice(name: str, word: str, options: tuple[str, ...], speaker: Voice, texts: dict[str, str]) -> str:
    """Offer a filter; the URL knows it."""
    asked = st.query_params.get(word, "")
    return st.selectbox(
        speaker.say(f"sources.{name}"), ("", *options), index=([*options].index(asked) + 1) if asked in options else 0,
        key=f"sources.{name}", placeholder=speaker.say(f"sources.{name}"), format_func=lambda one: texts.get(one, one) or speaker.say("sources.any"), width=220,
    )  # fmt: skip


def _write(words: dict[str, str]) -> None:
    """Make the URL say what is looked for; another search begins on its first page."""
    if any(st.query_params.get(name, "") != word for name, word in words.items()):
        st.query_params.pop(PAGE, None)
    for name, word in words.items():
        if word:
            st.query_params[name] = word
        else:
            st.query_params.pop(name, None)


def _turn(page: int) -> None:
    st.query_params[PAGE] = str(page)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 1


def _list(facts: tuple[Fact, ...], speaker: Voice) -> str:
    """Write facts, each under its name, with the chapters that rest on it."""
    items = []
    for fact in facts:
        link = urlencode({FACT: fact.id, **link_words(speaker.lang)})
        where = [
            f'<a href="{escape(page)}?{escape(urlencode(link_words(speaker.lang)))}" target="_self">{escape(speaker.say(f"common.nav.{page}"))}</a>'
            for page in used().get(fact.id, ())
            if page in chapter.OPEN
        ]
        told = f'<p class="q-fact-where">{escape(speaker.say("sources.used"))} {", ".join(where)}</p>' if where else ""
        items.append(
            f'<li><h2><a href="sources?{escape(link)}" target="_self"><code>{escape(fact.id)}</code></a> <span>{escape(fact.system)}</span></h2>'
            f'<ul class="quayside-facts">{item(speaker, fact)}</ul>{told}</li>'
        )
    return f'{STYLE}<ul class="q-facts-all">{"".join(items)}</ul>'


def as_csv(facts: tuple[Fact, ...], speaker: Voice) -> str:
    """Write facts as a table for a spreadsheet. No cell begins like a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("id", "system", "says", "value", "basis", "as_of", "source", "changed_since_talk", "chapters"))
    for fact in facts:
        row = (
            fact.id, fact.system, fact.text(speaker.lang), written_value(speaker, fact), fact.basis, fact.as_of, fact.source,
            "yes" if is_changed(fact) else "", " ".join(used().get(fact.id, ())),
        )  # fmt: skip
        writer.writerow([f"'{cell}" if str(cell).startswith(("=", "+", "-", "@")) else cell for cell in row])
    return out.getvalue()


def as_json(facts: tuple[Fact, ...], speaker: Voice) -> str:
    """Write facts for a program: a list of objects, each value bare beside its unit."""
    rows = [
        {
            "id": fact.id, "system": fact.system, "says": fact.text(speaker.lang), "value": fact.value, "unit": fact.unit,
            "basis": fact.basis, "as_of": fact.as_of, "source": fact.source, "changed_since_talk": is_changed(fact),
            "chapters": used().get(fact.id, ()),
        }
        for fact in facts
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, indent=1, default=_bare)


def _bare(value: object) -> object:
    """Give what JSON can write for a value of several figures, and for a date."""
    return dict(value) if isinstance(value, Mapping) else str(value)


# --- the hall ----------------------------------------------------------------------------------------------------------------


def _stage(speaker: Voice) -> None:
    """Say to the hall how much of all this anybody documents."""
    chapter.look_stage()
    chapter.stage_heading(speaker.say("sources.title"), "")
    counts = catalog.by_basis(catalog.facts().values())
    cells = "".join(
        f'<li class="{basis}"><b>{escape(speaker.number(counts[basis]))}</b><span>{escape(speaker.say(f"common.sources.{basis}"))}</span></li>'
        for basis in reversed(ORDER)
    )
    st.html(f'<ul class="q-says-hall">{cells}</ul><p class="q-stage-says">{escape(speaker.say("sources.hall"))}</p>')
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key="sources.study", on_click=go, args=("study",))
