"""Why hurry: both rooms open in each language and view, nothing is given away before the guess, and no link can break them."""

import re
from html.parser import HTMLParser

import pytest

from engine import catalog
from engine.new_normal import Age, PaceAsk, claims, clusters, place
from pages.parts.chapter import OPEN
from pages.parts.new_normal.claims import age_text, cards, judge
from pages.parts.new_normal.pace import TABLES, TICKS, band, says, table
from pages.parts.new_normal.pace import judge as judge_pace
from pages.parts.predict import SKIP
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, markup, opened, stands, told

EXPERIMENTS = ("new_normal", "new_normal_pace")
TODAY = "2026-11-26"


def html(at):
    return "".join(one.proto.body for one in at.get("html"))


def drawn(at):
    """Give what the figures are drawn from."""
    return "".join(one.proto.json for one in at.get("bidi_component"))


# --- it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["", "stage", "compare"])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_opens_in_each_language_and_view(name, view, lang):
    at = opened(page="new_normal", x=name, view=view, lang=lang)

    stands(at)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_what_a_link_brings_and_cannot_be_used_is_named_and_the_rest_stands(name):
    at = opened(page="new_normal", x=name, guess="skip", pace="hourly", fails="7", lead="1w", lang="en")

    stands(at)
    if name == "new_normal_pace":
        assert "half-yearly" in told(at), "what would be allowed is said"
        assert at.session_state["new_normal_pace.turned.record"].ask == PaceAsk(lead="1w")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_nothing_that_a_link_holds_becomes_markup(name):
    plain = opened(page="new_normal", x=name, lang="en")
    at = opened(page="new_normal", x=name, guess=SMUGGLED, pace=SMUGGLED, axis=SMUGGLED, lang="en")

    assert markup(at) == markup(plain)


# --- three numbers ---------------------------------------------------------------------------------------------------


class _Texts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.said = []

    def handle_data(self, data):
        self.said.append(data)


def text(markup_):
    parser = _Texts()
    parser.feed(markup_)
    return " ".join(parser.said)


def test_before_the_guess_the_cards_say_what_the_slide_said_and_no_more():
    closed = cards(claims(), Voice("en"), TODAY, is_open=False)

    assert [number in closed for number in ("47%", "79%", "67%")] == [True] * 3
    assert not any(word in closed for word in ("Gartner", "388", "Found", "Likely", "Not found", "<a "))


@pytest.mark.parametrize(
    ("lang", "marks", "dates"),
    [
        (
            "en",
            ("Found.", "Likely.", "Not found."),
            ("Apr 2017", "2.6 to 3 years", "9.5 years", "9 years", "not known"),
        ),
        (
            "es",
            ("Encontrada.", "Probable.", "No encontrada."),
            ("abr 2017", "2,6 a 3 años", "9,5 años", "9 años", "no se sabe"),
        ),
    ],
)
def test_each_card_has_its_verdict_in_words_and_its_ages_from_the_dates(lang, marks, dates):
    said = text(cards(claims(), Voice(lang), TODAY, is_open=True)).replace("\u00a0", " ")

    for word in (*marks, *dates, "Gartner", "388 CEO"):
        assert word in said
    assert said.count(dates[-1]) == 5, "of the third number nothing is known: who, whom, when, and both ages"


def test_what_is_found_is_linked_and_what_is_not_is_not():
    links = re.findall(
        r'<li data-ring="\d+" class="([a-z-]+)">(.*?)</li>',
        cards(claims(), Voice("en"), TODAY, is_open=True),
        re.DOTALL,
    )

    assert {verdict: "<a href=" in card for verdict, card in links} == {
        "found": True,
        "likely": True,
        "not-found": False,
    }


def test_ages_are_one_number_where_a_month_makes_no_difference():
    assert age_text(Age(113, 114), Voice("en")) == "9.4 years"
    assert age_text(Age(0, 1), Voice("en")) == "0 years"
    assert age_text(None, Voice("es")) == "no se sabe"


def test_a_guess_counts_once_and_the_doors_come_with_the_answer():
    at = opened(page="new_normal", lang="en")
    assert "Three ways" not in str([one.value for one in at.header])
    at.button(key="new_normal.guess.all").click().run()

    assert address(at)["guess"] == "all"
    assert "Only the 47 percent." in html(at)
    assert "Three ways to go faster" in [one.value for one in at.header]


def test_guesses_are_judged_in_each_language():
    for lang in ("en", "es"):
        said = {guess: judge(guess, "47", Voice(lang)) for guess in ("47", "all", SKIP)}

        assert len(set(said.values())) == 3
        assert all("47" in one or guess == SKIP for guess, one in said.items())


def test_every_way_leads_to_chapters_of_the_talk_and_only_open_ones_are_doors():
    ways = catalog.table("new_normal")["ways"]
    at = opened(page="new_normal", guess="skip", lang="es")
    doors = [one.proto.page for one in at.get("page_link")]

    assert [name for chapters in ways.values() for name in chapters if name in OPEN] == doors


# --- pace against stability ------------------------------------------------------------------------------------------


def test_the_odd_one_is_not_given_away_before_the_guess():
    at = opened(page="new_normal", x="new_normal_pace", lang="en")

    assert "elite, 2019" in drawn(at)
    assert "medium" not in drawn(at)
    at.button(key="new_normal_pace.guess.high").click().run()
    assert "medium" in drawn(at)
    assert "It was the medium group, with 10%." in html(at)


def test_the_verdict_has_both_numbers_in_each_language():
    for lang in ("en", "es"):
        for guess in ("medium", "low", SKIP):
            said = judge_pace(guess, "medium", Voice(lang)).replace("\u00a0", " ")
            assert "10" in said
            assert "20" in said


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        ({"pace": "ten-a-day", "lead": "1h", "fail_share": 0.03, "mend": "10min"}, ("fit one group: elite",)),
        ({"pace": "ten-a-day", "lead": "1h", "fail_share": 0.4, "mend": "2w"}, ("No single group fits.", "low or elite", "like elite", "like low")),
        ({"pace": "weekly", "lead": "3d", "fail_share": 0.1, "mend": "4h"}, ("No single group fits.", "medium or high")),
    ],
)  # fmt: skip
def test_a_team_hears_which_group_it_is_nearest_to_or_that_none_fits(ask, words):
    said = says(place(PaceAsk(**ask)), Voice("en"))

    assert [word for word in words if word not in said] == []
    assert "like medium" not in said, "where pace and failures agree nothing is set against anything"


def test_the_table_marks_what_is_nearest_in_each_measure():
    found = place(PaceAsk(pace="ten-a-day", lead="1h", fail_share=0.4, mend="10min"))
    cells = re.findall(r"<td [^>]*>(.*?)</td>", table(found, Voice("en")).split("<tbody>")[1])

    assert ["you" in cell for cell in cells] == [
        False, False, False, True,
        False, False, False, True,
        True, False, False, False,
        False, True, True, True,
    ]  # fmt: skip


def test_bands_are_written_as_published():
    low, elite = clusters(2019)

    assert band(low, "fails", Voice("en")) == "46% to 60%"
    assert band(clusters(2024)[1], "fails", Voice("en")) == "10%"
    assert band(elite, "deploys", Voice("es")) == "varias veces al día"


def test_the_axis_is_chosen_by_name_and_the_address_knows():
    at = opened(page="new_normal", x="new_normal_pace", guess="skip", axis="lead", lang="en")

    stands(at)
    assert at.session_state["new_normal_pace.turned.record"].axis == "lead"
    assert address(at)["axis"] == "lead"


def test_every_tick_is_a_pace_that_can_be_chosen():
    for axis, names in TICKS.items():
        known = catalog.table("new_normal")[TABLES[axis]]
        values = [known[name] for name in names]

        assert values == sorted(values, reverse=axis == "lead")
