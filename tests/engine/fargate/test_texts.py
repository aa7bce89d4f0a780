"""The table's words: every key that the engine names is there in both languages, and none that it does not."""

import itertools
from typing import get_args

import pytest

from engine import catalog
from engine.catalog import LANGUAGES
from engine.era import ERAS
from engine.fargate import COLUMNS, ROWS, Asks, Status, asks, duties, enact, rules
from engine.fargate.launching import Lazy
from engine.fargate.storage import Outcome
from engine.fields import Record
from tests.engine.the_table import holes, records, texts, told

PREFIX = "fargate_table."


def variants(record, **choices):
    for values in itertools.product(*choices.values()):
        yield record(**dict(zip(choices, values, strict=True)))


def every_ask():
    """Give asks that reach every branch of every story."""
    volumes = get_args(asks.VolumeName)
    yield from (
        Asks(storage=one)
        for one in variants(
            asks.StorageAsk, volumes=[volumes], lands=get_args(asks.Lands), host_ends=[True, False], image_gib=[1, 30],
            scratch_gib=[1, 30],
        )
    )  # fmt: skip
    yield from (
        Asks(privileged=one)
        for one in variants(asks.PrivilegedAsk, privileged=[True, False], isolation=get_args(asks.Isolation))
    )
    yield Asks(daemon=asks.DaemonAsk(stops=False))
    flags = list(asks.ShellAsk.model_fields)
    yield from (Asks(shell=asks.ShellAsk(**dict.fromkeys(flags, False) | {on: True})) for on in flags)
    full = dict.fromkeys(flags, True) | {"key_and_port": False}
    yield from (Asks(shell=asks.ShellAsk(**full | {off: False})) for off in flags)
    yield from (
        Asks(network=one)
        for one in variants(
            asks.NetworkAsk,
            mode=get_args(asks.Mode),
            cpu_units=[8, 256, 4096],
            memory_mib=[512, 4096],
            trunking=[True, False],
        )
    )
    yield from (
        Asks(agent=one) for one in variants(asks.AgentAsk, cpu_units=[800, 1024, 32_768], memory_mib=[1700, 249_856])
    )


TOLD = told(
    enact(row, column, era, ask) for ask, column, era, row in itertools.product(list(every_ask()), COLUMNS, ERAS, ROWS)
)
NAMED = {
    *(f"row.{row}" for row in ROWS),
    *(f"status.{status}" for status in get_args(Status)),
    *(f"outcome.{outcome}" for outcome in get_args(Outcome)),
    *(f"lazy.{lazy}" for lazy in get_args(Lazy)),
    *(f"layer.{layer}" for layer in duties(COLUMNS[0])),
    *(f"word.{word}" for column in COLUMNS for word in duties(column).values()),
    *(f"word.{word}" for row in ROWS for column in COLUMNS for word in rules.slide_says(row, column)),
    *(f"word.{mode}" for mode in get_args(asks.Mode)),
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_that_is_named_is_written_and_no_other(lang):
    assert sorted(set(texts(PREFIX, lang)) - set(TOLD) - NAMED) == []
    assert sorted((set(TOLD) | NAMED) - set(texts(PREFIX, lang))) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_hole_in_a_sentence_is_filled(lang):
    for key, text in texts(PREFIX, lang).items():
        for values in TOLD.get(key, ()):
            assert holes(text) <= values, key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_count_has_its_two_forms(lang):
    table = catalog.texts(lang)
    for key in table:
        if key.startswith(PREFIX) and key.endswith(".one"):
            assert f"{key.removesuffix('one')}other" in table
            assert all("n" in values for values in TOLD[key.removeprefix(PREFIX).removesuffix(".one")]), key


def test_the_languages_differ_where_they_should():
    english, spanish = texts(PREFIX, "en"), texts(PREFIX, "es")
    same = {key for key in english if english[key] == spanish[key]}

    assert all(len(english[key]) < 40 and key.split(".")[0] not in {"step", "reason", "why"} for key in same), same


@pytest.mark.parametrize(
    "record",
    [one for one in records(asks, Record) if one not in {Asks, asks.Bills}],
    ids=lambda record: record.__name__,
)
def test_every_field_that_can_be_turned_has_its_words(record):
    english, units = catalog.texts("en"), catalog.texts("en")
    for name, field in record.model_fields.items():
        key = f"ask.{record.__name__.lower()}.{name}"
        extra = field.json_schema_extra or {}

        assert english[f"{key}.label"]
        assert english[f"{key}.help"] == field.description
        assert not extra.get("unit") or f"ask.unit.{extra['unit']}" in units, (name, extra)


def test_what_nobody_publishes_is_marked_assumed():
    marked = {f"{record.__name__}.{name}" for record in records(asks, Record) for name, field in record.model_fields.items()
              if (field.json_schema_extra or {}).get("assumed")}  # fmt: skip

    assert marked == {
        "AgentAsk.host_memory_share", "BreakEvenAsk.host_memory_share", "BreakEvenAsk.ec2_discount",
        "BreakEvenAsk.fargate_discount", "LaunchAsk.needed_share", "LaunchAsk.pull_min_mib_per_s",
        "LaunchAsk.pull_max_mib_per_s", "LaunchAsk.container_s", "ShortAsk.pull_s",
    }  # fmt: skip
