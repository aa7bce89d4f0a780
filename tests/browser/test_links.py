"""Links, languages and files: what a visitor can carry away is the experiment itself."""

import csv
import io
import re
import struct
import xml.etree.ElementTree as ET
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from playwright.sync_api import expect

from engine import Scenario, frames
from engine import run as simulate
from tests.browser.the_app import (
    STUDY,
    Visitor,
    another_run,
    calm,
    choose_by_keys,
    digest,
    download,
    seek,
    share,
    stands,
    the_map,
)

pytestmark = pytest.mark.browser


def test_a_shared_link_opens_the_same_run_in_a_browser_that_was_never_here(arrive):
    page = arrive().open(f"{STUDY}&launch_type=ecs-fargate")
    seek(page, 45)
    with another_run(page):
        choose_by_keys(page, "ArrowDown").get_by_role("button", name="Fail zone a now (0:45)").click()
    with another_run(page):
        page.get_by_role("slider", name="Retries").first.press("ArrowRight")
    link = share(page).get_by_test_id("stCode").inner_text().strip()
    elsewhere = arrive(locale="es-MX").open(link)

    assert digest(elsewhere) == digest(page)
    assert {"launch_type", "do", "retries", "lang"} <= set(parse_qs(urlsplit(link).query))
    assert elsewhere.get_by_test_id("stAlert").count() == 0


def test_the_address_bar_is_a_link_too_and_a_reload_loses_nothing(visitor: Visitor):
    page = visitor.open(f"{STUDY}&hosts=9&tasks=24&rps=1400")
    before = digest(page)
    page.reload()
    stands(page)

    assert digest(page) == before
    expect(page.get_by_role("radio", name="ECS on EC2")).to_be_checked()


def test_the_language_is_switched_and_the_run_stays(visitor: Visitor):
    page = visitor.open(STUDY)
    before = digest(page)
    page.get_by_role("radio", name="ES", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("¿Y si cae una zona?")
    calm(page)

    expect(page).to_have_url(re.compile("lang=es"))
    expect(the_map(page)).to_have_attribute("aria-label", re.compile("21"))
    expect(page.get_by_role("button", name="Deshacer", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Undo", exact=True)).to_have_count(0)
    expect(page.get_by_text(re.compile("1200 peticiones")).first).to_be_visible()
    assert digest(page) == before
    page.reload()
    stands(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("¿Y si cae una zona?")
    page.get_by_role("radio", name="EN", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What if a zone dies?")
    expect(page).to_have_url(re.compile("lang=en"))


@pytest.mark.parametrize(
    ("locale", "question"),
    [("es-MX", "¿Por dónde empiezo?"), ("en-GB", "Where do I begin?"), ("fr-FR", "Where do I begin?")],
)
def test_the_first_page_speaks_the_browsers_language(arrive, locale: str, question: str):
    page = arrive(locale=locale).open("/")

    expect(page.get_by_role("heading", level=1)).to_have_text(question)
    expect(page).to_have_url(re.compile(f"lang={'es' if locale == 'es-MX' else 'en'}"))


def test_from_the_first_page_the_way_leads_to_the_experiment_and_keeps_the_language(visitor: Visitor):
    page = visitor.open("/?lang=es")
    page.get_by_role("button", name=re.compile("experimento")).first.click()
    page.wait_for_url("**/az_failure*")
    stands(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("¿Y si cae una zona?")
    expect(page).to_have_url(re.compile("lang=es"))


def test_scenario_and_event_log_come_as_files_that_say_the_same_run(visitor: Visitor):
    page = visitor.open(f"{STUDY}&launch_type=ecs-fargate&retries=1")
    held = share(page)
    text = download(page, held.get_by_role("button", name="Scenario (YAML)")).decode()
    log = download(page, held.get_by_role("button", name="Event log (CSV)")).decode()
    table = pd.read_parquet(io.BytesIO(download(page, held.get_by_role("button", name="Event log (Parquet)"))))
    run = simulate(Scenario.read(text))

    assert run.digest[:16] == digest(page)
    assert list(csv.reader(io.StringIO(log))) == list(
        csv.reader(io.StringIO(frames.to_csv(frames.events(run)).decode()))
    )
    assert table["at_s"].tolist() == frames.events(run)["at_s"].tolist()
    assert table["event"].tolist() == frames.events(run)["event"].tolist()


def test_a_chart_is_saved_as_a_picture(visitor: Visitor):
    page = visitor.open(STUDY)
    seek(page, 150)
    png = download(page, page.get_by_role("button", name="Save “Requests per second” as PNG"))
    svg = download(page, page.get_by_role("button", name="Save “Tasks” as SVG"))
    width, height = struct.unpack(">II", png[16:24])
    root = ET.fromstring(svg)  # noqa: S314 - drawn a moment ago by our own page
    addresses = {value for part in root.iter() for name, value in part.attrib.items() if name.endswith("href")}

    assert png.startswith(b"\x89PNG")
    assert (width >= 1280, height >= 500) == (True, True)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Tasks · 2:30 · ECS on EC2" in "".join(root.itertext())
    assert not any(part.tag.endswith("script") for part in root.iter())
    assert all(address.startswith(("#", "data:")) for address in addresses)
    assert b"http://" not in re.sub(rb'xmlns(:\w+)?="[^"]*"', b"", svg)


def test_a_file_of_ones_own_is_opened(visitor: Visitor):
    page = visitor.open(STUDY)
    mine = b"name: mine\nduration_s: 300\nlaunch_type: ecs-fargate\nservices:\n- {name: api, desired: 5}\ntraffic: {rps: 200}\n"
    with another_run(page):
        share(page).locator("input[type=file]").set_input_files(
            {"name": "mine.yaml", "mimeType": "text/yaml", "buffer": mine}
        )

    assert digest(page) == simulate(Scenario.read(mine.decode())).digest[:16]
    expect(page).to_have_url(re.compile(r"[?&]s=1"))
    with another_run(page):
        page.get_by_role("button", name="Undo", exact=True).click()


def test_a_file_that_holds_no_scenario_changes_nothing_and_says_so(visitor: Visitor):
    page = visitor.open(STUDY)
    before = digest(page)
    bad = b"duration_s: -3\ncolour: <img src=x onerror=alert(1)>\n"
    share(page).locator("input[type=file]").set_input_files(
        {"name": "bad.yaml", "mimeType": "text/yaml", "buffer": bad}
    )
    told = page.get_by_test_id("stAlert")
    told.first.wait_for()

    expect(told.first).to_contain_text("duration_s")
    expect(told.first).to_contain_text("colour")
    expect(page.locator("img[src=x]")).to_have_count(0)
    assert digest(page) == before


@pytest.mark.parametrize(
    "address",
    [
        "/az_failure?guess=skip&tasks=<img src=x onerror=alert(1)>&rps=99999999&launch_type=<script>alert(2)</script>&lang=<b>xx</b>",
        "/az_failure?guess=<script>alert(1)</script>&view=<b>&s=1damaged&do=<svg onload=alert(3)>&compare=<i>",
    ],
)
def test_what_a_link_smuggles_in_is_named_and_never_becomes_markup(visitor: Visitor, address: str):
    called: list[str] = []
    visitor.context.on("dialog", lambda dialog: (called.append(dialog.message), dialog.dismiss()))
    page = visitor.open(address)
    told = page.get_by_test_id("stAlert").all_inner_texts()

    assert any("set aside" in text or "default" in text or "could not be read" in text for text in told)
    expect(page.locator("main script, main img[src=x], main svg[onload], main b:has-text('xx')")).to_have_count(0)
    assert called == []
