"""The room of trust: what the engine is held against, and model by model where to believe it and where not."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine.trust import Model, checked, models, origins
from pages.parts import chapter
from pages.parts.turn import VIEW, go
from pages.parts.words import Voice

NAME = "sources_trust"


def trust_room(speaker: Voice) -> None:
    """Show the figures, then the models."""
    say = speaker.say
    agree, cases = (sum(counts) for counts in zip(*checked().values(), strict=True))
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), "")
        st.html(
            f'<p class="q-stage-says">{escape(say(f"{NAME}.figures", agree=agree, cases=cases, tables=len(checked())))}</p>'
        )
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
        return
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    st.markdown(say(f"{NAME}.figures", agree=agree, cases=cases, tables=len(checked())))
    st.html(f'<ul class="q-models">{"".join(_model(one, speaker) for one in models())}</ul>')
    with st.expander(say(f"{NAME}.tables"), key=f"{NAME}.tables", on_change="rerun") as fold:
        if fold.open:
            st.html(_tables(speaker))


def _model(model: Model, speaker: Voice) -> str:
    """Write one model: what it follows, what it leaves out, what holds it, and what is assumed."""
    say, lang = speaker.say, speaker.lang
    rows = [(key, getattr(model, key).text(lang)) for key in ("follows", "leaves_out", "held")]
    if model.cases:
        rows.append(("cases", say(f"{NAME}.agree", agree=model.agree, cases=model.cases)))
    if model.assumed:
        names = ", ".join(say(f"ask.{record}.{field}.label") for record, field in model.assumed)
        rows.append(("assumed", names))
    told = "".join(f"<dt>{escape(say(f'{NAME}.{key}'))}</dt><dd>{escape(text)}</dd>" for key, text in rows)
    return f"<li><h2>{escape(model.name.text(lang))}</h2><dl>{told}</dl></li>"


def _tables(speaker: Voice) -> str:
    """Write every table with its cases."""
    say = speaker.say
    heads = "".join(
        f'<th scope="col">{escape(say(f"{NAME}.table.{key}"))}</th>' for key in ("name", "from", "agree", "cases")
    )
    froms = {name: ", ".join(found) or say(f"{NAME}.closed") for name, found in origins().items()}
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(name)}</code></th><td>{escape(froms[name])}</td><td>{escape(speaker.number(agree))}</td><td>{escape(speaker.number(cases))}</td></tr>'
        for name, (agree, cases) in checked().items()
    )
    return f'<table class="q-outcomes"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
