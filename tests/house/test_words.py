"""The words of both languages fit together, and fit the code that says them."""

import ast
import re
from string import Formatter

import pytest
import yaml

from engine import application, architecture, catalog, function_settings, scenario
from engine.catalog import LANGUAGES
from engine.consensus.front import Front
from engine.consensus.ownership import Ownership
from engine.consensus.replacing import Replacing
from engine.consensus.scenario import Consensus
from engine.consensus.upkeep import Upkeep
from engine.delivery import Organisation
from engine.deployment import DeploymentSettings
from engine.kubernetes import autoscaler, nodes, rollout, scheduling
from engine.new_normal import PaceAsk
from engine.responsibility import Rates, YearAsk
from pages.parts.words import _CITED, PODS, Voice

OTHER = "es"
CHAPTERS = f"({'|'.join(sorted(path.stem for path in (catalog.DATA / 'lessons').glob('*.yaml')))})"
# Keys that the engine names and a page takes as they come; a test of their own holds them (tests/engine/fargate/test_texts.py).
TOLD_BY_THE_ENGINE = ("fargate_table.", "eks_table.")
RECORDS = (
    scenario.Scenario,
    scenario.Traffic,
    scenario.Service,
    function_settings.FunctionSettings,
    scenario.Scaling,
    application.Application,
    application.Module,
    application.Call,
    application.Breaker,
    application.Action,
    scenario.ScalingStep,
    scenario.ScheduledChange,
    scenario.ProviderShare,
    scenario.CapacityProvider,
    scenario.Fleet,
    scenario.HostGroup,
    scheduling.NodeTaint,
    scheduling.PodToleration,
    scheduling.LabelRule,
    scheduling.NodeChoice,
    scheduling.NodeWish,
    scheduling.Scheduling,
    DeploymentSettings,
    rollout.Rollout,
    scenario.Balancer,
    nodes.Nodes,
    autoscaler.Autoscaler,
    autoscaler.ClusterAutoscaler,
    autoscaler.NodeGroup,
    autoscaler.Karpenter,
    scenario.Assumptions,
    Consensus,
    Replacing,
    Front,
    Upkeep,
    Ownership,
    YearAsk,
    Rates,
    Organisation,
    PaceAsk,
    architecture.PiecesAsk,
    architecture.PagerAsk,
    architecture.ShopAsk,
    architecture.Sizing,
    architecture.Cut,
    architecture.HotAsk,
    architecture.Fault,
    architecture.Guards,
)


def placeholders(text):
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


def test_both_languages_have_the_same_texts():
    english, other = (set(catalog.texts(lang)) for lang in LANGUAGES)

    assert sorted(english ^ other) == []


def test_both_languages_fill_in_the_same_values():
    english, other = (catalog.texts(lang) for lang in LANGUAGES)

    assert {key: placeholders(other[key]) for key in english} == {key: placeholders(english[key]) for key in english}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_placeholders_are_plain_names_and_texts_say_something(lang):
    for key, text in catalog.texts(lang).items():
        assert text.strip() == text != "", key
        for _, name, spec, conversion in Formatter().parse(text):
            assert name is None or (name.isidentifier() and not spec and not conversion), (key, name)


def test_both_languages_have_the_same_paragraphs_and_cite_the_same_facts():
    english, other = LANGUAGES
    assert catalog.prose_pages(english) == catalog.prose_pages(other)
    for page in catalog.prose_pages(english):
        there, here = catalog.prose(english, page), catalog.prose(other, page)

        assert list(there) == list(here), page
        for section in there:
            assert sorted(_CITED.findall(there[section])) == sorted(_CITED.findall(here[section])), (page, section)


def test_no_data_file_says_a_key_twice(root):
    """YAML takes the last of two and says nothing: what the first one held is lost."""
    for path in sorted((root / "data").rglob("*.yaml")):
        for document in yaml.compose_all(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader):
            for node in mappings(document):
                keys = [key.value for key, _ in node.value]

                assert len(keys) == len(set(keys)), (path.name, sorted({key for key in keys if keys.count(key) > 1}))


def mappings(node):
    """Give every mapping of a YAML tree."""
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from mappings(value)
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from mappings(item)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_paragraph_can_be_said(lang):
    for page in catalog.prose_pages(lang):
        for section in catalog.prose(lang, page):
            said = Voice(lang).prose(page, section)

            assert said, (page, section)
            assert "{" not in said, (page, section)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_of_a_scenario_has_its_words(record):
    english = catalog.texts("en")
    for name, field in record.model_fields.items():
        key = f"ask.{record.__name__.lower()}.{name}"

        assert english[f"{key}.label"]
        assert english[f"{key}.help"] == field.description, f"{key}: the text and engine/scenario.py differ"


# --- what the code says ---


def python_files(root):
    return [root / "app.py", *sorted((root / "pages").rglob("*.py"))]


def said(root):
    """Give the keys that the code names: whole ones, patterns with holes, and prefixes asked for as a table."""
    whole, patterns, prefixes = set(), [], set()
    for path in [
        *python_files(root),
        *(root / "engine" / "importers").glob("*.py"),
    ]:  # findings have words of their own
        if not path.exists():
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            if isinstance(node, ast.JoinedStr):
                pattern = "".join(
                    re.escape(part.value) if isinstance(part, ast.Constant) else hole(part, is_first=place == 0)
                    for place, part in enumerate(node.values)
                )
                if re.match(
                    r"([a-z_]+|\([a-z_|]+\))\\\.", pattern
                ):  # a whole first word: f"{a}.{b}" would name everything
                    patterns.append(re.compile(pattern))
            if isinstance(node, ast.Call) and node.args and name_of(node.func) == "table":
                prefixes |= {f"{a.value}." for a in node.args if isinstance(a, ast.Constant)}
                prefixes |= {
                    f"{chapter}.{how}." for chapter in CHAPTERS[1:-1].split("|") for how in ("guess", "said", "choice")
                }
    return whole, patterns, prefixes


def hole(part, *, is_first):
    """Match anything, but where a chapter's name stands: furniture says f"{name}.title" for whatever chapter it serves."""
    is_name = is_first and isinstance(part.value, ast.Name) and part.value.id == "name"
    return CHAPTERS if is_name else ".+"


def name_of(function):
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def calls(root, *names):
    for path in python_files(root):
        if path.exists():
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and name_of(node.func) in names:
                    yield path, node


def test_every_text_that_the_code_says_exists(root):
    english = catalog.texts("en")
    for path, call in calls(root, "say"):
        first = call.args[0] if call.args else None
        if isinstance(first, ast.Constant):
            assert first.value in english or f"{first.value}.other" in english, f"{path.name}:{call.lineno}"
    for path, call in calls(root, "prose"):
        if len(call.args) >= 2 and all(isinstance(argument, ast.Constant) for argument in call.args[:2]):
            page, section = (argument.value for argument in call.args[:2])
            assert section in catalog.prose("en", page), f"{path.name}:{call.lineno}"


def test_no_text_is_kept_that_nobody_says(root):
    whole, patterns, prefixes = said(root)
    lonely = [
        key
        for key in catalog.texts("en")
        if (short := re.sub(r"\.(one|other)$", "", key)) not in whole
        and not any(pattern.fullmatch(short) for pattern in patterns)
        and not any(key.startswith(prefix) for prefix in prefixes)
        and not key.startswith((*TOLD_BY_THE_ENGINE, PODS))
    ]

    assert lonely == [], f"{len(lonely)} texts: say them or delete them in every language"


def test_a_version_for_pods_differs_in_one_language_at_least():
    tables = [catalog.texts(lang) for lang in LANGUAGES]
    versions = [key for key in tables[0] if key.startswith(PODS)]

    assert [key for key in versions if all(texts[key] == texts[key.removeprefix(PODS)] for texts in tables)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_text_about_pods_is_the_version_of_one_about_tasks_and_fills_in_no_more(lang):
    texts = catalog.texts(lang)
    versions = {key: texts.get(key.removeprefix(PODS)) for key in texts if key.startswith(PODS)}

    assert len(versions) > 100
    assert [key for key, plain in versions.items() if plain is None] == []
    assert [key for key, plain in versions.items() if set(placeholders(texts[key])) - set(placeholders(plain))] == []
    for page in catalog.prose_pages(lang):
        sections = catalog.prose(lang, page)
        own = [section.removesuffix("_pods") for section in sections if section.endswith("_pods")]
        assert [section for section in own if section not in sections] == [], page


def test_the_placeholder_finder_finds():
    assert placeholders("{n} of {whole}, {{plain}}") == ["n", "whole"]
