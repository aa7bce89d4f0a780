"""Files as people keep them: what can be read is read and the oddity noted, what cannot is refused with every place."""

import codecs
import contextlib
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine import importers
from engine.errors import DefinitionError, ScenarioError
from engine.importers import yamls
from tests.engine.importers.the_design import GOOD, codes, file, notes

PLAIN = json.dumps(GOOD)


def refused(data):
    with pytest.raises(DefinitionError) as caught:
        importers.read(data)
    return caught.value


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + PLAIN.encode(),
        PLAIN.encode("utf-16"),  # what PowerShell's > writes
        ("\n\n" + PLAIN).encode(),
        ("// a remark\n" + PLAIN).encode(),
        ("/* a\nremark */" + PLAIN.replace("}]", "},]")).encode(),
        PLAIN.replace(", ", ",\n\t").encode(),
    ],
    ids=["utf-8 mark", "utf-16", "blank lines", "line remark", "block remark and spare commas", "tabs"],
)
def test_the_same_definition_however_it_was_saved(data):
    (definition,) = importers.read(data)

    assert importers.as_data(definition) | {"notes": []} == importers.as_data(importers.read(PLAIN)[0]) | {"notes": []}


def test_comments_are_noted_and_addresses_inside_texts_are_no_comments():
    (definition,) = importers.read(file("comments.json"))

    assert "loose_json" in notes(definition)
    assert importers.as_data(definition)["sum_container_reserved_memory_mib"] == 64


def test_a_template_that_nobody_filled_in_is_refused_with_every_placeholder():
    error = refused(file("unfilled.json"))

    assert error.reason == "not_json"
    assert [(problem.path, problem.came) for problem in error.problems] == [
        ("line 3", "${CPU}"), ("line 4", "<MEMORY>"), ("line 5", "{{ ports }}"),
    ]  # fmt: skip


@pytest.mark.parametrize("hole", ["${x}", "{{ x }}", "<X>", "%X%", "@X@", "[[X]]", "$X"])
def test_a_hole_of_any_template_engine_is_seen(hole):
    (problem,) = refused(PLAIN.replace('"512"', hole, 1)).problems

    assert (problem.path, problem.came) == ("line 1", hole)


def test_a_placeholder_inside_a_text_leaves_only_that_value_open():
    (definition,) = importers.read(file("filled-later.json"))

    assert importers.as_data(definition)["task_cpu_units"] is None
    assert importers.as_data(definition)["task_memory_mib"] == 512
    assert "missing_task_cpu" not in codes(definition, "ecs-fargate")  # it is given, only not yet known
    assert notes(definition)["open_value"].startswith("cpu = {{cpu}}, networkMode = ${MODE}")


def test_of_a_key_given_twice_the_last_one_counts_and_it_is_said():
    twice = PLAIN.replace('"family"', '"family": "first", "family"')

    assert notes(importers.read(twice)[0])["key_twice"] == "family"
    assert importers.read(twice)[0].family == "good"
    (from_yaml,) = importers.read("family: a\nfamily: b\ncontainerDefinitions: [{name: x, image: x}]\n")
    assert notes(from_yaml)["key_twice"] == "family (line 2)"
    assert from_yaml.family == "b"


@pytest.mark.parametrize(
    ("data", "path", "message"),
    [
        (b"", "file", "empty"),
        (b"\xff\xfe\x00", "byte 2", "no text"),
        (bytes(range(200)), "byte 128", "no text"),
        (b"a\0b", "file", "no text"),
        (b"x" * 10_000_000, "file", "too large"),
        (b'{"family": "a" "cpu": 1}', "line 1, column 16", "Expecting ',' delimiter"),
        (b'resource "aws_ecs_task_definition" "web" {}', "file", "neither JSON nor YAML"),
        (b"family: [a, b", "line 2, column 1", "did not find expected"),
        (b"[" * 100_000, "file", "nested too deeply"),
        (b"- " * 500 + b"x", "line 1", "nested too deeply"),
        (b"a: &a [*a]", "line 1", "alias"),
        (b"? {a: b}\n: c", "line 1", "a key is one word"),
        (b"web: {{ image }}", "line 1", "placeholder"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else None,
)
def test_what_is_no_design_is_refused_with_its_place(data, path, message):
    (problem,) = refused(data).problems

    assert problem.path == path
    assert message in problem.message


def test_aliases_are_paid_for_in_full():
    nine = ", ".join(["*a"] * 9)
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{nine.replace('*a', f'*{before}')}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    merge = bomb.replace("[", "{<<: [").replace("]", "]}").replace("{<<: [x, x, x, x, x, x, x, x, x]}", "{k: 1}")

    assert "aliases" in refused(bomb).problems[0].message
    assert "aliases" in refused(merge).problems[0].message


def test_a_few_aliases_and_merges_are_read_as_written_out():
    (definition,) = importers.read(file("anchors.yaml"))

    assert [c.name for c in definition.containers] == ["tax", "tax-audit"]
    assert [c.is_essential for c in definition.containers] == [True, False]
    assert codes(definition, "ecs-fargate") == ["awslogs_prefix_missing"]
    assert importers.refusals(definition, "ecs-fargate")[0].where == "tax, tax-audit"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("[1, 0x10, 010, 1_000, -3]", [1, 16, 8, 1000, -3]),
        ("[yes, Off, 'yes', ~, '~', 22:22]", [True, False, "yes", None, "~", "22:22"]),
        ("[1.5, .inf, !!str 5, !!int '7', 2012-10-17]", [1.5, ".inf", "5", 7, "2012-10-17"]),
        ("!!python/object/apply:os.getcwd []", []),
        ("!GetAtt Queue.Arn", {"Fn::GetAtt": ["Queue", "Arn"]}),
        ("!Sub [a, {B: !Ref C}]", {"Fn::Sub": ["a", {"B": {"Ref": "C"}}]}),
        ("!Not [!Condition X]", {"Fn::Not": [{"Condition": "X"}]}),
    ],
)
def test_yaml_means_what_it_means_and_runs_nothing(text, meaning):
    assert yamls.load_all(f"x: {text}")[0] == [{"x": meaning}]


def test_the_wrappers_that_tools_put_around_a_definition():
    wrapped = {"taskDefinition": GOOD, "tags": []}, {"taskDefinitions": [GOOD]}, [GOOD], {"a": {"b": [{"c": GOOD}]}}
    for tree in wrapped:
        assert [found.family for found in importers.read(json.dumps(tree))] == ["good"]

    assert [f.family for f in importers.read(json.dumps([GOOD, GOOD | {"family": "next"}]))] == ["good", "next"]
    assert [f.family for f in importers.read(f"{PLAIN.replace('{', '{ ', 1)}\n--- \n{PLAIN}\n")] == ["good", "good"]
    assert [f.where for f in importers.read(file("several.yaml"))] == ["taskDefinitions.0", "taskDefinitions.1"]
    assert [f.where for f in importers.read(file("two-tasks.json"))] == ["Web", "Job"]


def test_containers_alone_are_a_definition_without_a_family():
    (definition,) = importers.read(file("containers-only.json"))

    assert definition.family is None
    assert "no_family" in notes(definition)
    assert [c.name for c in definition.containers] == ["web", "cache"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (file("manifest.yaml"), "Kubernetes"),
        (b"services: {web: {image: x}}", "Compose"),
        (b"Resources: {Q: {Type: AWS::SQS::Queue}}", "the template defines no task"),
        (b'{"family": "x"}', "no task definition"),
        (b"{}", "no task definition"),
    ],
)
def test_a_file_of_another_kind_is_told_what_it_is(data, message):
    error = refused(data)

    assert error.reason == "no_task_definition"
    assert message in error.problems[0].message


# --- laws ---

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from(["256", "1 vCPU", "0.5 GB", "awsvpc", "${X}", "true", "FARGATE", "GPU", "!Ref X", "AWS::NoValue", "Task"]),
)  # fmt: skip
NAMES = st.sampled_from([
    "family", "containerDefinitions", "ContainerDefinitions", "name", "Image", "image", "cpu", "memory", "portMappings",
    "containerPort", "hostPort", "volumes", "host", "sourcePath", "logConfiguration", "options", "linuxParameters",
    "capabilities", "add", "resourceRequirements", "type", "value", "requiresCompatibilities", "healthCheck", "interval",
    "networkMode", "links", "Resources", "Properties", "Type", "Parameters", "Default", "Conditions", "Mappings", "Ref",
    "Fn::If", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::FindInMap", "Fn::Equals", "Fn::And", "Condition", "<<",
]) | st.text(max_size=4)  # fmt: skip
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=40
)


def everything_said(data):
    """Read it and ask all there is to ask: only our own refusals may come."""
    with contextlib.suppress(DefinitionError):
        everything_said_of(importers.read(data))


def everything_said_of(definitions):
    assert importers.as_text("any", definitions)
    for definition in definitions:
        json.dumps(importers.as_data(definition))
        for launch_type in importers.RULES:
            for finding in importers.refusals(definition, launch_type):
                assert finding.label("es")
                assert finding.mend("es")
            with contextlib.suppress(ScenarioError):
                importers.scenario_of(definition, launch_type)


@given(TREES)
@example({"networkMode": [{"Ref": None}]})
def test_any_tree_is_read_or_refused(tree):
    everything_said(json.dumps(tree))
    everything_said(json.dumps({"containerDefinitions": tree}))
    everything_said(json.dumps({"Resources": {"T": {"Type": "AWS::ECS::TaskDefinition", "Properties": tree}}}))


@given(st.dictionaries(NAMES, TREES, max_size=6), st.dictionaries(NAMES, TREES, max_size=6))
def test_any_member_of_a_definition_is_read_or_refused(task, container):
    everything_said(json.dumps(GOOD | task))
    everything_said(json.dumps(GOOD | {"containerDefinitions": [{"name": "a", "image": "a"} | container]}))


@given(
    st.binary(max_size=60)
    | st.text(alphabet="{}[]:,&*!<>-#|\"'\\ \n\tab1$", max_size=60).map(lambda text: text.encode())
)
def test_any_bytes_are_read_or_refused(data):
    everything_said(data)


@given(st.text(max_size=40))
def test_any_text_in_front_of_a_definition_is_read_or_refused(text):
    everything_said(text + PLAIN)
    everything_said(PLAIN.replace("good", text.replace("\\", "").replace('"', "")))
