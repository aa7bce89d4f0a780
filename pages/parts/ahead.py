"""Ahead: a run asked for by the browser itself, so that a click is painted before the page has run again.

A run is a pure function of a scenario, so an address that holds the scenario is all that is needed. The answer is built
by the same function as the page (`scene`); Streamlit hears of the click afterwards and brings the same run.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from engine import BudgetError, QuaysideError, Scenario, ScenarioError, catalog
from engine.catalog import LANGUAGES
from engine.changes import changed
from pages.parts import admission
from pages.parts.experiment import operation
from pages.parts.lesson import lesson
from pages.parts.scene import VIEWS, View, as_json, scene
from pages.parts.words import Voice

PATH = "/run"
LONGEST = 6_000  # signs of an address that every browser and proxy carries; a longer scenario goes the page's own way
_HEADERS = {"Cache-Control": "private, max-age=600", "X-Content-Type-Options": "nosniff"}


def routes() -> list[Route]:
    """Give `app.py` the route to mount."""
    return [Route(PATH, _answer, methods=["GET"])]


def address(name: str, scenario: Scenario, view: View, lang: str, *, locked: bool) -> str:
    """Write where the browser asks for what follows from a scenario; "" where the scenario is too long for an address."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    words = {"page": name, "view": view, "lang": lang, "locked": int(locked), "s": scenario.token()}
    found = f"{'/' + base if base else ''}{PATH}?{urlencode(words)}"
    return found if len(found) <= LONGEST else ""


def keys_of(name: str, view: View) -> dict[str, str]:
    """Name the components of a view, as Streamlit knows them."""
    prefix = f"{name}.stage_" if view == "stage" else f"{name}."
    return {part: f"{prefix}{part}" for part in ("map", "charts", "transport")}


def _answer(request: Request) -> JSONResponse:
    """Answer with a scene, or say that the page has to: it tells the visitor what is wrong, all of it."""
    asked = dict(request.query_params)
    if not admission.AT_ONCE.acquire(blocking=False):
        return _later(1)
    try:
        found = _scene(asked)
    except admission.BusyError as busy:
        return _later(busy.after_s)
    except (ScenarioError, BudgetError) as error:
        return JSONResponse({"problems": len(error.problems)}, status_code=422)
    except (QuaysideError, KeyError, ValueError, TypeError, OverflowError, RecursionError):  # the words of an address
        return JSONResponse({"problems": 1}, status_code=400)
    finally:
        admission.AT_ONCE.release()
    return JSONResponse(found, headers=_HEADERS)


def _later(after_s: int) -> JSONResponse:
    """Say that too much is asked for at once; the page then goes its own way, and shows a place in line where there is one."""
    return JSONResponse({"after_s": after_s}, status_code=429, headers={"Retry-After": str(after_s)})


def _scene(asked: dict[str, str]) -> dict[str, Any]:
    """Read an address, carry out what it asks, and build the scene."""
    name, view, lang = asked["page"], asked["view"], asked["lang"]
    if name not in catalog.lessons() or view not in VIEWS or lang not in LANGUAGES:
        raise ValueError("no such page, view or language")
    of = lesson(name)
    scenario = Scenario.from_token(asked["s"])
    if "set" in asked:
        path, _, value = asked["set"].partition("=")
        scenario = changed(scenario, {path: value})
    if "act" in asked:
        act = json.loads(asked["act"])
        if not isinstance(act, dict):
            raise TypeError("an operation is needed")
        scenario = scenario.acting(operation(act, of))
    speaker, locked = Voice(lang), asked.get("locked") == "1"
    here = address(name, scenario, view, lang, locked=locked)
    run = admission.run_ahead(scenario)
    speaker = speaker.about(run.scenario)
    return as_json(scene(run, speaker, of, view, locked=locked, ahead=here), speaker, keys_of(name, view))
