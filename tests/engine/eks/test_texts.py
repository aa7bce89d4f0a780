"""The table's words: every key that the engine names is there in both languages, and none that it does not."""

import itertools
from typing import get_args

import pytest

from engine import catalog
from engine.catalog import LANGUAGES
from engine.eks import COLUMNS, ROWS, ChargeAsk, NodeAsk, Status, TableAsks, UpdateAsk, asks, enact, rules
from engine.era import ERAS
from engine.fields import Record
from tests.engine.the_table import holes, records, texts, told

PREFIX = "eks_table."


def every_ask():
    """Give asks that reach every branch of every story."""
    yield from (
        TableAsks(update=UpdateAsk(may_leave=may, force=force, nodes=nodes))
        for may, force, nodes in itertools.product([0, 1], [False, True], [1, 6])
    )
    yield from (TableAsks(charge=ChargeAsk(pods=n)) for n in (1, 3, 4))
    yield TableAsks(charge=ChargeAsk(cpu_m=2000, memory_mib=122_880, instance_type="r5.8xlarge"))
    yield from (
        TableAsks(node=NodeAsk(cpu_m=cpu, memory_mib=mib, prefixes=prefixes, daemons=daemons, pods=n))
        for (cpu, mib), prefixes, daemons, n in itertools.product(
            [(100, 64), (10, 2048), (0, 0)], [False, True], [0, 1, 3], [1, 60]
        )
    )


TOLD = told(
    enact(row, column, era, ask) for ask, column, era, row in itertools.product(list(every_ask()), COLUMNS, ERAS, ROWS)
)
NAMED = {
    *(f"row.{row}" for row in ROWS),
    *(f"status.{status}" for status in get_args(Status)),
    *(f"word.{word}" for row in ROWS for column in COLUMNS for word in rules.slide_says(row, column)),
    *(f"word.{word}" for row in ROWS for column in COLUMNS for word in rules.answers(row, column, "9999-12-31")),
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


def test_the_languages_differ_where_they_should():
    english, spanish = texts(PREFIX, "en"), texts(PREFIX, "es")
    same = {key for key in english if english[key] == spanish[key]}

    assert all(key.split(".")[0] in {"word", "row"} for key in same), same


@pytest.mark.parametrize(
    "record", [one for one in records(asks, Record) if one is not TableAsks], ids=lambda record: record.__name__
)
def test_every_field_that_can_be_turned_has_its_words(record):
    english = catalog.texts("en")
    for name, field in record.model_fields.items():
        key = f"ask.{record.__name__.lower()}.{name}"

        assert english[f"{key}.label"]
        assert english[f"{key}.help"] == field.description, key
        unit = (field.json_schema_extra or {}).get("unit", "")
        assert not unit or f"ask.unit.{unit}" in english, (key, unit)
