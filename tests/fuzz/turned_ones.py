"""Turned ones: every record that a page lets a visitor turn, with its controls and its check, as the page itself has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from pydantic import BaseModel

from engine import catalog
from engine.delivery import Organisation
from engine.eks import pack, slider
from engine.errors import Problem
from engine.responsibility import check as check_year
from pages.parts import acted, turned
from pages.parts.architecture import batch, hot, pieces
from pages.parts.containers import layers, memory, places, stop
from pages.parts.control_plane import played, raft, who, why
from pages.parts.delivery import alive, traps
from pages.parts.eks import pods, rows, versions
from pages.parts.eks import slider as eks_slider
from pages.parts.fargate import launch, size, table
from pages.parts.landscape import choose
from pages.parts.landscape import map as landscape
from pages.parts.lesson import Control, controls
from pages.parts.new_normal import pace
from pages.parts.responsibility import fill, year
from pages.parts.responsibility import slider as ladder
from pages.parts.serverless import dials, piped
from pages.parts.time_machine import ERA
from pages.parts.turned import Turned, put


@dataclass(frozen=True, slots=True)
class One:
    """A record as it comes, its controls, its check, and the class that holds it."""

    first: BaseModel
    controls: tuple[Control, ...]
    check: Callable[[Any], object] = lambda _: None
    held: type[Turned[Any]] = Turned


def _asked(name: str, *groups: str) -> tuple[Control, ...]:
    row = catalog.lesson(name)
    return tuple(one for group in groups or ("ask",) for one in controls(row[group]))


def _table(held: Any) -> One:
    return One(put(held.first, catalog.lesson(held.name)["start"]), _asked(held.name), held.check)


def _organisation(name: str) -> Organisation:
    return Organisation.read(catalog.organisation_text(catalog.lesson(name)["organisation"]))


TURNED: dict[str, Callable[[], One]] = {
    "containers": lambda: One(layers.ImageAsk(), _asked(layers.NAME)),
    "containers_memory": lambda: One(memory.MemoryAsk(), _asked("containers_memory")),
    "containers_places": lambda: One(places.OneImage(), _asked(places.NAME, "ask", "more")),
    "containers_stop": lambda: One(stop.StopAsk(), _asked(stop.NAME)),
    "delivery": lambda: One(_organisation(alive.NAME), _asked(alive.NAME, "ask", "more"), alive.fits),
    "delivery_traps": lambda: One(traps.TrapsAsk(), _asked(traps.NAME)),
    "control_plane_why": lambda: One(why.Replacing(), _asked(why.NAME)),
    "control_plane_who": lambda: One(who.Ownership(), _asked(who.NAME)),
    "responsibility": lambda: One(fill.Filled(), _asked(fill.NAME)),
    "responsibility_slider": lambda: One(ladder.Stopped(), _asked(ladder.NAME), lambda shown: check_year(shown.ask)),
    "responsibility_year": lambda: One(year.YearShown(), _asked(year.NAME), lambda shown: check_year(shown.ask)),
    "fargate": lambda: _table(table.TABLE),
    "eks_rows": lambda: _table(rows.TABLE),
    "fargate_size": lambda: One(size.Bills(), _asked(size.NAME), size._can_be_priced),
    "fargate_launch": lambda: One(launch.LaunchAsk(), _asked(launch.NAME, "bucket"), launch._can_launch),
    "eks": lambda: One(eks_slider.Shown(), _asked(eks_slider.NAME), lambda shown: slider(shown.ask)),
    "eks_pods": lambda: One(pods.Shown(), _asked(pods.NAME), lambda shown: pack(shown.node)),
    "eks_versions": lambda: One(versions.VersionsAsk(), _asked(versions.NAME)),
    "new_normal_pace": lambda: One(pace.Shown(), _asked(pace.NAME)),
    "landscape_choose": lambda: One(choose.Choosing(), _asked(choose.NAME)),
    "landscape": lambda: One(landscape.Landed(), _asked(landscape.NAME)),
    "architecture_hot": lambda: One(hot.HotAsk(), _asked(hot.NAME)),
    "architecture_batch": lambda: One(_organisation(batch.NAME), _asked(batch.NAME, "first", "ask", "more"), batch.can_play),
    "architecture_pieces": lambda: One(pieces.Pieces(), _asked("architecture_pieces")),
    "serverless_dials": lambda: One(dials.Dials(), _asked(dials.NAME)),
    "serverless": lambda: One(piped.begun(), _asked(piped.NAME), piped._can_run, piped.Piped),
    "control_plane": lambda: One(raft.Consensus.of(catalog.lesson(raft.NAME)["store"]), _asked(raft.NAME), played._can_run, played.Played),
}  # fmt: skip


@cache
def begun(name: str) -> One:
    """Give a record as its page begins with it."""
    return TURNED[name]()


@contextmanager
def url(words: dict[str, str]) -> Iterator[None]:
    """Let the pages read these words in place of a browser's."""
    here = SimpleNamespace(query_params=words, session_state={})
    with patch.object(turned, "st", here), patch.object(acted, "st", here), patch.object(piped, "st", here):
        yield


def read_record(name: str, words: dict[str, str]) -> tuple[BaseModel, tuple[Problem, ...]]:
    """Read a record out of a URL's words, as its page does."""
    one = begun(name)
    held = object.__new__(one.held)
    held.name, held.first, held.controls, held.check = name, one.first, one.controls, one.check
    with url({ERA: "today"} | words):
        return held._read_url()
