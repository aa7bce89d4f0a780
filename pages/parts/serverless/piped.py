"""Piped: the state of the order pipeline, its runs, and its link: what was turned, or the whole where boxes were changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine import ScenarioError, catalog
from engine.changes import value_at
from engine.errors import Problem
from engine.serverless import Flow, Pipeline
from engine.serverless import run as play
from engine.serverless.checks import problems, refuse_over_budget
from engine.serverless.outcome import without_zone
from pages.parts.acted import Acted
from pages.parts.experiment import UNREADABLE, WHOLE
from pages.parts.lesson import controls
from pages.parts.time_machine import ERA, travel
from pages.parts.turned import put

NAME = "serverless"
KEPT_RUNS = 24
BY_PIPELINE = {Pipeline: Pipeline.model_dump_json, Flow: lambda flow: flow.pipeline.model_dump_json()}


@st.cache_resource(max_entries=KEPT_RUNS, show_spinner=False, hash_funcs=BY_PIPELINE)
def flow_of(pipeline: Pipeline) -> Flow:
    """Run a pipeline, or take its run from the shelf: runs never change."""
    return play(pipeline)


@st.cache_resource(max_entries=KEPT_RUNS, show_spinner=False, hash_funcs=BY_PIPELINE)
def fates_of(pipeline: Pipeline, zone: str) -> dict[str, str]:
    """Say what the loss of a zone means to each box, from a run without anything else."""
    return without_zone(pipeline, zone)


def _can_run(pipeline: Pipeline) -> None:
    """Refuse what does not go together, or takes too long."""
    if found := problems(pipeline):
        raise ScenarioError(found)
    refuse_over_budget(pipeline)


def begun(settings: Mapping[str, Any] | None = None) -> Pipeline:
    """Give the chapter's own pipeline, with some things set."""
    row = catalog.lesson(NAME)
    made = put(Pipeline.named(row["pipeline"]), {**row["set"], **(settings or {})})
    _can_run(made)
    return made


def wiring(pipeline: Pipeline) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Give what makes a pipeline another one: its boxes, what they are, and whom they hand to."""
    return tuple((service.name, service.kind, service.to) for service in pipeline.services)


class Piped(Acted[Pipeline]):
    """A pipeline as a visitor turned it."""

    def __init__(self) -> None:
        """Take it from the session, or from the URL, or as it comes."""
        super().__init__(NAME, begun(), controls(catalog.lesson(NAME)["ask"]), _can_run)

    def open_file(self, text: str) -> None:
        """Take a pipeline of the visitor's own, or keep this one and remember what was wrong."""
        try:
            made = Pipeline.read(text)
            _can_run(made)
        except ScenarioError as error:
            st.session_state[self._key("problems")] = error.problems
            return
        travel(made.era)
        self.replace(made)

    @property
    def plan(self) -> str:
        """Name which of our own pipelines this one is wired as; "" for one of the visitor's own."""
        ours = (name for name in catalog.lesson(NAME)["plans"] if wiring(Pipeline.named(name)) == wiring(self.record))
        return next(ours, "")

    def rewire(self, name: str) -> None:
        """Take another of our own pipelines, under the same traffic; what was done to boxes that it lacks is left out."""
        whole, made = self.record.model_dump(mode="json"), Pipeline.named(name)
        kinds = {service.name: service.kind for service in made.services}
        was = {service.name: service.kind for service in self.record.services}
        stays = [o for o in whole["operations"] if (box := o.get("box")) is None or kinds.get(box) == was.get(box)]
        made = put(
            made, {**{key: whole[key] for key in ("seed", "era", "traffic", "concurrency")}, "operations": stays}
        )
        try:
            _can_run(made)
        except ScenarioError as error:
            st.session_state[self._key("problems")] = error.problems
            return
        self.replace(made)

    def write_url(self) -> None:
        """Say what was turned; where boxes are others, say the whole."""
        turned = {control.path: value_at(self.record, control.path) for control in self.controls}
        told = {path: value for path, value in turned.items() if value is not None}
        rebuilt = self.first
        if set(self.record.names) == set(self.first.names):
            done = [o.model_dump(mode="json") for o in self.record.operations]
            rebuilt = put(self.first, {**told, "operations": done})
        if rebuilt == self.record:
            st.query_params.pop(WHOLE, None)
            super().write_url()
            return
        for name in ("do", *(control.url for control in self.controls if control.path != ERA)):
            st.query_params.pop(name, None)
        st.query_params[WHOLE] = self.record.token()

    def _read_url(self) -> tuple[Pipeline, tuple[Problem, ...]]:
        word = st.query_params.get(WHOLE)
        if word is None:
            return super()._read_url()
        try:
            made = Pipeline.from_token(word)
            _can_run(made)
        except ScenarioError:
            return self.first, (UNREADABLE,)
        if ERA not in st.query_params:
            travel(made.era)  # a link that holds the whole pipeline says its time as well
        return made, ()
