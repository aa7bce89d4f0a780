"""Kinds of input: where each comes in, how its inputs are made, and what may come of them.

`take` does what the project does with an input, and lets through whatever the project raises on purpose. Everything else
is a finding. Valid scenarios are small ones: what they cost is bounded elsewhere.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import yaml
from hypothesis import strategies as st
from starlette.requests import Request

from engine import QuaysideError, Scenario, catalog, importers, reading
from engine.consensus.scenario import Consensus
from engine.delivery import Organisation
from engine.importers import kubernetes
from engine.serverless.scenario import Pipeline
from pages.parts import ahead, progress
from pages.parts.experiment import operation, read_url, url_of
from pages.parts.lab import slots
from pages.parts.lesson import Lesson, lesson
from pages.parts.progress import visitors
from pages.parts.stage import rehearsal, rooms
from pages.parts.stage.deck import deck, has_run
from tests.fuzz import spoiled
from tests.fuzz.turned_ones import TURNED, begun, read_record

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLES = ROOT.parent / "shared" / "samples"
SHORT = {"duration_s": 20, "traffic": {"rps": 20}}
Make = Callable[[Random], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in. share: of all inputs, in parts. drawn: the same inputs as hypothesis draws them."""

    name: str
    share: int
    make: Make
    take: Callable[[Any], object]
    drawn: Callable[[], st.SearchStrategy[Any]] | None = None


# --- what there is to spoil -----------------------------------------------------------------------------------------------


def files(*patterns: str) -> list[str]:
    """Read our own files, and the samples beside the checkout where there are any."""
    found = [path for pattern in patterns for folder in (ROOT, SAMPLES) for path in sorted(folder.glob(pattern))]
    return [path.read_text(encoding="utf-8", errors="replace")[:60_000] for path in found if path.is_file()]


@cache
def texts(name: str) -> list[str]:
    """Give the real files of a kind."""
    return {
        "scenario": lambda: files("data/scenarios/*.yaml"),
        "pipeline": lambda: files("data/pipelines/*.yaml"),
        "organisation": lambda: files("data/delivery/*.yaml"),
        "definition": lambda: files("data/definitions/*.json", "ecs/*"),
        "manifest": lambda: files("data/definitions/*.yaml", "kubernetes/*"),
        "rates": lambda: ["minute,requests_per_s\n0,10\n1,20.5\n2,0", "5\n6\n7", *(one[:2_000] for one in files("traces/*.csv"))],
        "progress": lambda: [progress.exported(_answers()), progress.exported(())],
    }[name]()  # fmt: skip


def _answers() -> list[progress.Answer]:
    return [
        progress.Answer(
            id=f"{n:032x}",
            at="2026-01-02T03:04:05.000006+00:00",
            kind=kind,
            what="az_failure.spare",
            answer="two",
            right=None,
            sure=70,
        )
        for n, kind in enumerate(progress.KINDS)
    ]


@cache
def trees(name: str) -> list[Any]:
    """Give the same as trees; a scenario is a small one and says all of its settings."""
    if name == "scenario":
        read = [Scenario.read(text).model_dump(mode="json") for text in texts(name)]
        return [_short(one) for one in read]
    if name == "consensus":
        return [Consensus().model_dump(mode="json")]
    if name == "operation":
        return [o for one in trees("scenario") for o in one["operations"]]
    if name == "definition":
        return [json.loads(text) for text in texts(name) if text.lstrip().startswith("{")]
    if name == "progress":
        return [json.loads(text) for text in texts(name)]
    whole = [list(yaml.safe_load_all(text)) for text in texts(name) if "!" not in text]
    return [one for found in whole for one in found if one]


def _short(scenario: dict[str, Any]) -> dict[str, Any]:
    """Keep what a scenario is about; it lasts seconds, and few come."""
    return scenario | {"duration_s": 20, "traffic": scenario["traffic"] | SHORT["traffic"], "operations": [
        o | {"at_s": 5} for o in scenario["operations"][:6]
    ]}  # fmt: skip


def drawn_trees(name: str) -> st.SearchStrategy[Any]:
    """Draw trees out of the names and values that real ones hold."""
    places = [place for one in trees(name) for place in spoiled._places(one)]
    keys = sorted({str(key) for _, key in places if isinstance(key, str)})[:400]
    plain = sorted({json.dumps(held[key]) for held, key in places if not isinstance(held[key], dict | list)})[:400]
    leaves = st.one_of(
        st.sampled_from(plain).map(json.loads), st.sampled_from(spoiled.VALUES), st.floats(), st.text(max_size=8)
    )
    names = st.sampled_from(keys) | st.text(max_size=5)
    top = sorted({str(key) for one in trees(name) if isinstance(one, dict) for key in one}) or keys
    inner = st.recursive(
        leaves, lambda few: st.lists(few, max_size=3) | st.dictionaries(names, few, max_size=4), max_leaves=12
    )
    return st.dictionaries(st.sampled_from(top) | names, inner, max_size=6)  # fmt: skip


# --- what the project does with them ---------------------------------------------------------------------------------------


def _reads(model: Any) -> Callable[[str], object]:
    """Read a file; what can be read is written as a link and as a file, and read back the same."""

    def take(text: str) -> None:
        one = model.read(text)
        assert model.from_token(one.token()) == one
        written = one.to_yaml() if hasattr(one, "to_yaml") else text
        assert model.read(written) == one
        reading.marks(text)

    return take


def _token(name: str) -> Make:
    """Make a link's word: a spoiled tree packed as we do it, or a packed one that was cut and changed."""

    def make(rng: Random) -> str:
        if rng.random() < 0.6:
            return _packed(spoiled.tree(rng, trees(name)))
        word = _packed(rng.choice(trees(name)))
        return spoiled.text(rng, [word, word.swapcase(), "1", ""])

    return make


def _packed(tree: Any) -> str:
    return reading.token(json.loads(spoiled.as_json(tree)))


def _spoiled_file(name: str) -> Make:
    def make(rng: Random) -> str:
        if rng.random() < 0.3 and trees(name):
            return spoiled.as_json(spoiled.tree(rng, trees(name)))
        return spoiled.text(rng, texts(name))

    return make


@cache
def runs() -> list[Lesson]:
    """Name the experiments of a run."""
    return [lesson(name) for name in catalog.lessons() if has_run(name)]


def _query(rng: Random) -> tuple[str, dict[str, str]]:
    """Make the words of an experiment's URL, among them the whole scenario, and what is done."""
    of = rng.choice(runs())
    words = {
        control.url: _word(rng, [*control.options, *(control.named or ()), control.low, control.high])
        for control in rng.sample(of.controls, min(len(of.controls), rng.randint(0, 4)))
    }
    more = {
        "launch_type": lambda: _word(rng, [*of.launch_types, "lambda", "eks-auto"]),
        "do": lambda: _packed(spoiled.tree(rng, [{"do": trees("operation")[:3]}, trees("operation")[:2]])),
        "s": lambda: _token("scenario")(rng),
    }
    return of.name, words | {name: make() for name, make in more.items() if rng.random() < 0.3}


def _word(rng: Random, usual: list[Any]) -> str:
    value = rng.choice([*usual, *spoiled.VALUES, *spoiled.WORDS])
    return (
        str(value)
        if rng.random() < 0.7
        else spoiled.text(rng, [str(value)[:60], "spread-zones.binpack-memory", "true", "1.5"])
    )


def _take_query(given: tuple[str, dict[str, str]]) -> None:
    name, words = given
    of = lesson(name)
    scenario, aside = read_url(of, words)
    assert all(problem.path for problem in aside)
    back, left = read_url(of, url_of(of, scenario))
    assert (back, left) == (scenario, ())  # what stands on the page can be sent on


def _drawn_query() -> st.SearchStrategy[Any]:
    words = (
        st.sampled_from(spoiled.WORDS)
        | st.sampled_from(spoiled.VALUES).map(str)
        | st.text(max_size=20)
        | st.integers().map(str)
    )
    return st.sampled_from(runs()).flatmap(
        lambda of: st.tuples(
            st.just(of.name),
            st.dictionaries(st.sampled_from([*(one.url for one in of.controls), "launch_type", "do", "s"]), words, max_size=4),
        )
    )  # fmt: skip


def _turned(rng: Random) -> tuple[str, dict[str, str]]:
    name = rng.choice(sorted(TURNED))
    controls = begun(name).controls
    words = {
        control.url: _word(rng, [*control.options, control.low, control.high])
        for control in rng.sample(controls, min(len(controls), rng.randint(1, 4)))
    }
    if name in {"serverless", "control_plane"} and rng.random() < 0.4:
        word = "pipeline" if name == "serverless" else "consensus"
        words |= {"s": _token(word)(rng), "do": _packed(spoiled.tree(rng, [{"do": [{"do": "kill", "at_s": 3}]}]))}
    return name, words


def _take_turned(given: tuple[str, dict[str, str]]) -> None:
    record, aside = read_record(*given)
    assert all(problem.path for problem in aside)
    assert type(record).model_validate(record.model_dump(mode="json")) == record


def _take_slot(word: str) -> None:
    found = slots.read(word)
    assert isinstance(found.scenario, Scenario)


def _take_act(given: tuple[str, Any]) -> None:
    """Carry out what a map asks for: whatever the browser says it is."""
    of = lesson(given[0])
    of.scenario.acting(operation(given[1], of))


def _take_design(text: str) -> None:
    """Read a design as the page and the command line do, and make every scenario of it that it offers."""
    found = importers.read_design(text)
    if isinstance(found, kubernetes.Manifest):
        json.dumps(kubernetes.as_data(found))
        kubernetes.as_text("file", found)
        for kind in kubernetes.RULES:
            if not kubernetes.refusals(found, kind):
                _only_ours(lambda kind=kind: kubernetes.scenario_of(found, kind))
        return
    for one in found[:12]:
        json.dumps(importers.as_data(one))
        for kind in importers.RULES:
            if not importers.refusals(one, kind):
                _only_ours(lambda kind=kind, one=one: importers.scenario_of(one, kind))
    importers.as_text("file", found)


def _only_ours(make: Callable[[], object]) -> None:
    try:
        make()
    except QuaysideError:
        return


def _take_rates(text: str) -> None:
    for around in ({"traffic": {"shape": "rates", "rates": text}}, {"duration_s": 20, "traffic": {"rates": text}}):
        _only_ours(lambda around=around: Scenario.of(around))


def _ahead(rng: Random) -> dict[str, str]:
    of = rng.choice(runs())
    asked = {
        "page": of.name,
        "view": rng.choice(("study", "stage", "small", "attic")),
        "lang": rng.choice(("en", "es", "xx")),
        "s": _token("scenario")(rng),
    }
    if rng.random() < 0.4:
        asked["set"] = (
            rng.choice((*(c.path for c in of.controls), "services.web", "seed", ".", "", "name.x.y"))
            + "="
            + _word(rng, [1, "a"])
        )
    if rng.random() < 0.5:
        asked["act"] = rng.choice(
            (
                spoiled.as_json(spoiled.tree(rng, trees("operation"))),
                spoiled.text(rng, ["[]", "{}", '{"do":"fail-zone"}']),
            )
        )
    if rng.random() < 0.2:
        asked.pop(rng.choice(sorted(asked)))
    return asked  # fmt: skip


def _get(words: dict[str, str]) -> Request:
    query = urlencode(words, errors="replace").encode()
    return Request({"type": "http", "method": "GET", "headers": [], "query_string": query, "path": "/"})


def _take_ahead(words: dict[str, str]) -> None:
    answer = ahead._answer(_get(words))
    assert answer.status_code in {200, 400, 422}


def _take_rehearsal(words: dict[str, str]) -> None:
    answer = rehearsal._answer(_get(words))
    assert answer.status_code == 400, "nothing of ours was asked for"


def _room(rng: Random) -> tuple[str, bytes, str]:
    """Make what is said to a room: its parts in any form, of any length, under any content type."""
    beat = deck().of("talk")[0].id
    usual = {
        "room": "r",
        "key": "k",
        "pin": "123456",
        "does": "go",
        "beat": beat,
        "since": 0,
        "at": {"beat": beat, "cut": "talk", "lang": "en"},
    }
    said = (
        spoiled.as_json(spoiled.tree(rng, [usual]))
        if rng.random() < 0.7
        else spoiled.text(rng, ["[]", "{}", json.dumps(usual)])
    )
    kind = rng.choice(("application/json", "application/json; charset=x", "text/plain", ""))
    return rng.choice(sorted(rooms.ASKS)), said.encode(errors="replace") * rng.choice((1, 1, 1, 50)), kind  # fmt: skip


def _take_room(given: tuple[str, bytes, str]) -> None:
    name, body, kind = given

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http", "method": "POST", "path": f"{rooms.PATH}/{name}", "headers": [(b"content-type", kind.encode())],
        "client": ("10.0.0.1", 1), "query_string": b"",
    }  # fmt: skip
    here = rooms.Rooms()
    hall, room = here.open("10.0.0.9")
    room.n = 7  # who hears has something to hear, and does not wait for it
    if room.n and b'"r"' in body:
        body = body.replace(b'"r"', json.dumps(hall).encode()).replace(b'"k"', json.dumps(room.key).encode())
    answer = asyncio.run(rooms.answer(here, Request(scope, receive), rooms.ASKS[name]))
    assert answer.status_code in {200, 400, 403, 404, 413, 415, 429}


def _cookie(rng: Random) -> bytes:
    words = ["quayside=" + "t" * 32, "a=b; quayside=x", 'quayside="\\042', "=;;=", "quayside"]
    return spoiled.text(rng, words).encode("latin-1", errors="replace")


def _take_cookie(header: bytes) -> None:
    came = visitors._came(header.decode("latin-1"))
    assert visitors.known(came) is None or len(visitors.known(came) or "") == 64


def _take_progress(text: str) -> None:
    taken = progress.imported(text)
    assert progress.imported(progress.exported(taken)) == taken


def kinds() -> Iterator[Kind]:
    """List every way in."""
    yield Kind(
        "scenario file",
        14,
        _spoiled_file("scenario"),
        _reads(Scenario),
        lambda: drawn_trees("scenario").map(spoiled.as_json),
    )
    yield Kind(
        "scenario link", 12, _token("scenario"), Scenario.from_token, lambda: drawn_trees("scenario").map(_packed)
    )
    yield Kind("words of a URL", 12, _query, _take_query, _drawn_query)
    yield Kind("words of a record's URL", 16, _turned, _take_turned)
    yield Kind("slot of the lab", 3, _token("scenario"), _take_slot, lambda: st.text(max_size=60))
    yield Kind("asked on a map", 7, lambda rng: (rng.choice(runs()).name, _act(rng)), _take_act)
    yield Kind(
        "task definition",
        9,
        _spoiled_file("definition"),
        _take_design,
        lambda: drawn_trees("definition").map(spoiled.as_json),
    )
    yield Kind(
        "manifest", 6, _spoiled_file("manifest"), _take_design, lambda: drawn_trees("manifest").map(spoiled.as_json)
    )
    yield Kind(
        "trace",
        4,
        lambda rng: spoiled.text(rng, texts("rates")),
        _take_rates,
        lambda: st.text(st.sampled_from("0123456789.,-+eE\n naif\t\"'"), max_size=60),
    )
    yield Kind(
        "pipeline file",
        5,
        _spoiled_file("pipeline"),
        _reads(Pipeline),
        lambda: drawn_trees("pipeline").map(spoiled.as_json),
    )
    yield Kind(
        "organisation file",
        4,
        _spoiled_file("organisation"),
        _reads(Organisation),
        lambda: drawn_trees("organisation").map(spoiled.as_json),
    )
    yield Kind(
        "store of a cluster",
        3,
        _token("consensus"),
        Consensus.from_token,
        lambda: drawn_trees("consensus").map(_packed),
    )
    yield Kind(
        "file of answers",
        5,
        _spoiled_file("progress"),
        _take_progress,
        lambda: drawn_trees("progress").map(spoiled.as_json),
    )
    yield Kind("address of /run", 5, _ahead, _take_ahead)
    yield Kind(
        "address of /stage/ahead",
        1,
        lambda rng: {name: _word(rng, [""]) + "!" for name in ("beat", "lang", "cut")},
        _take_rehearsal,
    )
    yield Kind("said to a room", 5, _room, _take_room)
    yield Kind("cookie", 3, _cookie, _take_cookie, lambda: st.binary(max_size=60))  # fmt: skip


def _act(rng: Random) -> Any:
    found = spoiled.tree(rng, trees("operation"))
    return found if isinstance(found, dict) else {"do": found}
