"""Trust: whatever the engine assumes is told under one of its models, and whatever it is held against says where that comes from."""

import importlib
import pkgutil
from collections import Counter

import pytest
from pydantic import BaseModel

import engine
from engine import catalog
from engine.errors import CatalogError
from engine.trust import assumed, checked, models, origins


def records():
    """Give every record of the engine that assumes something."""
    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    waiting, found = [BaseModel], set()
    while waiting:
        mine = waiting.pop().__subclasses__()
        waiting += mine
        found |= {one for one in mine if one.__module__.startswith("engine.") and assumed(one)}
    return found


def test_each_number_that_nobody_documents_is_told_under_one_model():
    told = Counter(pair for model in models() for pair in model.assumed)
    there = Counter(pair for record in records() for pair in assumed(record))

    assert sum(there.values()) > 100
    assert set(told) == set(there)
    assert [pair for pair, n in told.items() if n > 1] == []


def test_a_table_is_a_closed_formula_or_says_which_version_of_whose_it_is():
    for name, found in origins().items():
        assert bool(found) != name.startswith("queueing_"), name
        assert all(len(one.split()) == 2 and "/" in one for one in found), name
    assert set(origins()) == set(checked())


@pytest.mark.parametrize(("row", "said"), [
    ({"records": ["scenario.Nobody"]}, "no record is called scenario.Nobody"),
    ({"records": ["nowhere.At.all"]}, "no record is called nowhere.At.all"),
    ({"records": ["errors.CatalogError"]}, "no record is called errors.CatalogError"),
    ({"sets": ["k9s_"]}, "no table begins with k9s_"),
    ({"held": {"en": "Only this."}}, "held: a text in each language is needed"),
])  # fmt: skip
def test_a_model_that_names_what_is_not_there_is_refused(monkeypatch, row, said):
    both, own = {"en": "A.", "es": "Un A."}, catalog.table
    whole = {"name": both, "follows": both, "leaves_out": both, "held": both} | row
    monkeypatch.setattr(catalog, "table", lambda name: {"one": whole} if name == "trust" else own(name))

    with pytest.raises(CatalogError, match=said):
        models()
