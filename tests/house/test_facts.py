"""A number about AWS is data with a source: whoever cites a fact cites one that exists."""

import ast
import re
from fnmatch import fnmatchcase

import pytest
import yaml

from engine import catalog

READS = {"fact", "value", "number", "seconds"}
NAMED = re.compile(r"\bfacts?\s+`([a-z0-9_.*]+)`")


def citations(root):
    """Yield (place, id or glob): calls of the catalog, `fact=` arguments, sources(), docstrings and data files."""
    for path in [*(root / "engine").rglob("*.py"), *(root / "pages").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            place = f"{path.relative_to(root)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Call):
                function = node.func
                owner = getattr(getattr(function, "value", None), "id", "")
                name = getattr(function, "attr", getattr(function, "id", ""))
                literal = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                if (
                    owner == "catalog"
                    and name in READS
                    and literal
                    and getattr(node.args[0], "value", None) == literal[0]
                ):
                    yield place, literal[0]
                if name == "sources":
                    yield from ((place, one) for one in literal)
                yield from (
                    (place, word.value.value)
                    for word in node.keywords
                    if word.arg == "fact" and isinstance(word.value, ast.Constant) and word.value.value
                )
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
                yield from ((place, one) for one in NAMED.findall(ast.get_docstring(node) or ""))


def nested(found, under=""):
    """Yield the ids below keys called fact, facts or duties."""
    if isinstance(found, dict):
        for key, inner in found.items():
            yield from nested(
                inner, key if key in {"fact", "facts", "duties"} else under if isinstance(inner, list) else ""
            )
    elif isinstance(found, list):
        for inner in found:
            yield from nested(inner, under)
    elif under and isinstance(found, str):
        yield found


def test_every_fact_cited_exists(root):
    cited = list(citations(root))
    lost = [(place, name) for place, name in cited if not any(fnmatchcase(fact, name) for fact in catalog.facts())]

    assert lost == []
    assert len(cited) > 20, "the search finds what the code cites"


def test_every_fact_that_a_launch_type_rests_on_exists():
    cited = list(nested(dict(catalog.launch_type_rows())))

    assert cited
    assert [name for name in cited if name not in catalog.facts()] == []


def test_every_fact_that_a_lesson_rests_on_exists(root):
    for path in (root / "data").rglob("*.yaml"):
        if path.name == "facts.yaml" or {"texts", "definitions"} & set(path.parts):
            continue
        for name in nested(yaml.safe_load(path.read_text(encoding="utf-8"))):
            assert any(fnmatchcase(fact, name) for fact in catalog.facts()), (path.name, name)


@pytest.mark.parametrize("basis", ["documented", "measured", "assumed"])
def test_every_basis_is_in_use(basis):
    assert any(fact.basis == basis for fact in catalog.facts().values())


def test_what_is_documented_names_its_source():
    for name, fact in catalog.facts().items():
        assert (
            fact.basis == "assumed" or "from memory" not in fact.source or fact.link or "arithmetic" in fact.source
        ), name
