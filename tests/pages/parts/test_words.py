"""What the words promise: the language that was asked for, numbers as its readers write them, no silent holes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from engine import catalog
from pages.parts import words
from pages.parts.sources import cited_facts, listing, written_value
from pages.parts.words import Voice, choose, harmless

EN, ES = Voice("en"), Voice("es")


def plain(text):
    return text.replace("\u2009", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("x", "digits", "english", "spanish"),
    [
        (0, 0, "0", "0"),
        (1200, 0, "1,200", "1200"),
        (9999.6, 0, "10,000", "10 000"),
        (12000, 0, "12,000", "12 000"),
        (1234567.891, 2, "1,234,567.89", "1 234 567,89"),
        (-0.125, 2, "-0.12", "-0,12"),
        (2.675, 2, "2.68", "2,68"),
        (float("nan"), 0, "–", "–"),
        (float("inf"), 1, "–", "–"),
    ],
)
def test_numbers(x, digits, english, spanish):
    assert (plain(EN.number(x, digits)), plain(ES.number(x, digits))) == (english, spanish)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (0, "0 s"),
        (0.0004, "0 ms"),
        (0.085, "85 ms"),
        (0.0996, "0.1 s"),
        (2.44, "2.4 s"),
        (9.96, "10 s"),
        (30, "30 s"),
        (59.7, "1 min"),
        (148, "2 min 28 s"),
        (3599.7, "1 h"),
        (3900, "1 h 5 min"),
        (7199, "2 h"),
        (-30, "-30 s"),
        (float("inf"), "–"),
    ],
)
def test_durations_as_one_says_them(x, said):
    assert plain(EN.seconds(x)) == said


@pytest.mark.parametrize(("x", "said"), [(0, "0:00"), (59.99, "0:59"), (148, "2:28"), (3748, "1:02:28")])
def test_the_clock_shows_seconds_that_are_over(x, said):
    assert ES.clock(x) == said


@given(st.floats(min_value=0, max_value=1, exclude_max=True), st.integers(min_value=0, max_value=4))
def test_short_of_the_whole_is_never_the_whole(share, digits):
    assert not EN.percent(share, digits).startswith("100")


def test_the_whole_is_the_whole():
    assert (EN.percent(1), plain(ES.percent(1, 2))) == ("100.0%", "100,00 %")


def test_money_names_the_country_where_a_dollar_sign_is_a_peso():
    assert (EN.money(1234.5), ES.money(1234.5), EN.money(-0.5), EN.money(0.04048, 5)) == (
        "$1,234.50",
        "US$1234,50",
        "-$0.50",
        "$0.04048",
    )


@given(st.floats(min_value=-1e9, max_value=1e9), st.integers(min_value=0, max_value=3))
def test_a_written_number_reads_back(x, digits):
    for speaker in (EN, ES):
        signs = speaker.number_signs()
        back = speaker.number(x, digits).replace(signs["group"], "").replace(signs["decimal"], ".")

        assert float(back) == pytest.approx(x, abs=0.5001 * 10**-digits)


def test_plural_forms_are_chosen_by_n():
    assert [ES.say("furniture.assumed", n=n) for n in (0, 1, 3, 1_000_000)] == [
        "0 números que nadie publica",
        "Un número que nadie publica",
        "3 números que nadie publica",
        "1\u00a0000\u00a0000 números que nadie publica",
    ]


def test_a_hole_is_loud_and_names_both_files():
    with pytest.raises(KeyError, match=r"data/texts/es/common\.yaml and data/texts/en/common\.yaml"):
        ES.say("common.nobody.wrote.this")
    with pytest.raises(KeyError, match="zone"):
        EN.say("story.mark.fail-zone")
    with pytest.raises(KeyError, match="a number called n"):
        EN.say("furniture.assumed")
    with pytest.raises(KeyError, match=r"no section is called 'nothing' in data/texts/en/start\.md"):
        EN.prose("start", "nothing")


def test_a_value_with_braces_stays_what_it_is():
    assert EN.say("common.sources.since_talk", text="{0.__class__}").endswith("{0.__class__}")


def test_a_table_is_what_stands_below_a_prefix():
    assert EN.table("common.button")["undo"] == "Undo"
    assert ES.table("az_failure.guess")["between"] == "De {low} a {high}"


def test_paragraphs_cite_their_numbers():
    assert "**Enough" not in EN.prose("az_failure", "notice")
    assert "every 30 s, waits 5 s" in EN.prose("az_failure", "notice")
    assert "{=" not in EN.prose("az_failure", "types") + ES.prose("az_failure", "spare")


@pytest.mark.parametrize(
    ("asked", "browser", "lang", "aside"),
    [
        (None, None, "en", None),
        (None, "es-MX", "es", None),
        (None, "fr-FR", "en", None),
        ("es", "en-US", "es", None),
        ("ES ", None, "es", None),
        ("fr", "es-MX", "es", "fr"),
        ("<script>", None, "en", "<script>"),
        ("", "es", "es", None),
    ],
)
def test_the_language_asked_for_else_the_browsers(asked, browser, lang, aside):
    assert choose(asked, browser) == (lang, aside)


@given(st.text())
def test_what_a_visitor_types_shows_no_markup(text):
    shown = harmless(text)

    assert len(shown) <= 2 * 60
    assert "\n" not in shown
    for at, sign in enumerate(shown):
        if sign in "<>*_`[]()#!|~$:{}&" and sign != "_":
            assert shown[at - 1] == "\\"


# --- on a page ---


def page():
    import streamlit as st

    from pages.parts import words

    words.language_switch()
    if note := words.set_aside():
        st.warning(note)
    st.write(words.say("start.lede"))


def run(lang=None):
    app = AppTest.from_function(page)
    if lang:
        app.query_params["lang"] = lang
    return app.run()


def test_the_language_comes_from_the_link():
    app = run("es")

    assert not app.exception
    assert app.markdown[0].value == ES.say("start.lede")


def test_an_unknown_language_is_set_aside_and_said_once():
    app = run("kl<b>")

    assert not app.exception
    assert app.markdown[0].value == EN.say("start.lede")
    assert "kl\\<b\\>" in app.warning[0].value
    assert not app.run().warning


def test_the_switch_changes_every_word():
    app = run()
    app.session_state["lang"] = "es"
    app.run()

    assert app.markdown[0].value == ES.say("start.lede")


# --- sources ---


def test_sources_put_what_may_be_wrong_first():
    bases = [fact.basis for fact in cited_facts(["elb.*", "timing.*", "ecs.agent.*"])]

    assert bases == sorted(bases, key=["assumed", "measured", "documented"].index)
    assert len(set(bases)) == 3


def test_a_citation_of_nothing_is_our_bug():
    with pytest.raises(catalog.CatalogError, match="nothing is called"):
        cited_facts(["elb.alb.mood"])


@pytest.mark.parametrize("speaker", [EN, ES])
def test_every_fact_can_be_shown(speaker):
    shown = listing(speaker, catalog.facts().values())

    assert shown.count("<li>") == len(catalog.facts())
    assert "<script" not in shown


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("elb.alb.hc_interval", "30 s"),
        ("fargate.price.x86_vcpu_h", "0,04048 USD/vCPU-h"),
        ("fargate.rate.sustained", "20 tareas/s"),
        ("timing.ec2_ecs_ready", "60 a 150 s"),
        ("elb.fail_open", ""),
        ("ecs.agent.lost_host_replacement_time", "no publicado"),
        ("ecs.agent.acs_heartbeat_jitter", "60 s"),
    ],
)
def test_a_value_wears_its_unit(name, said):
    assert plain(written_value(ES, catalog.fact(name))) == said


def test_the_module_speaks_the_pages_language():
    assert words.LANGUAGES == ("en", "es")
