"""A template alone answers what its defaults answer; the rest stays open, and says so."""

import pytest

from engine import importers
from engine.errors import DefinitionError
from engine.importers.cloudformation import REMOVED, Template
from engine.importers.findings import Unknown
from tests.engine.importers.the_design import codes, file, notes

TEMPLATE = {
    "Parameters": {
        "Mode": {"Type": "String", "Default": "bridge", "AllowedValues": ["bridge", "host"]},
        "Name": {"Type": "String"},
        "Only": {"Type": "String", "AllowedValues": ["one"]},
        "Count": {"Type": "Number", "Default": 3},
        "Zones": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
        "Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/images/web"},
    },
    "Mappings": {"Sizes": {"bridge": {"Cpu": 256}}},
    "Conditions": {
        "IsBridge": {"Fn::Equals": [{"Ref": "Mode"}, "bridge"]},
        "IsNamed": {"Fn::Equals": [{"Ref": "Name"}, "web"]},
        "Loop": {"Fn::Not": [{"Condition": "Loop"}]},
    },
}
GONE = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "Mode"}, "bridge"),
        ({"Ref": "Count"}, 3),
        ({"Ref": "Only"}, "one"),
        ({"Ref": "Zones"}, ["a", "b", "c"]),
        ({"Ref": "Name"}, Unknown("${Name}")),
        ({"Ref": "Image"}, Unknown("${Image}")),  # its default is where to look, not what is there
        ({"Ref": "AWS::Region"}, Unknown("${AWS::Region}")),
        (GONE, REMOVED),
        ({"a": GONE, "b": [1, GONE, 2]}, {"b": [1, 2]}),
        ({"Fn::Sub": "x-${Mode}-${!Name}"}, "x-bridge-${Name}"),
        ({"Fn::Sub": ["x-${N}", {"N": {"Ref": "Count"}}]}, "x-3"),
        ({"Fn::Sub": "${Mode}-${Name}"}, Unknown("${Mode}-${Name}")),
        ({"Fn::Join": ["-", ["a", {"Ref": "Mode"}]]}, "a-bridge"),
        ({"Fn::Join": [":", [{"Ref": "Name"}, "1"]]}, Unknown("${Name}:1")),
        ({"Fn::Select": [1, {"Ref": "Zones"}]}, "b"),
        ({"Fn::Select": ["2", {"Fn::Split": ["/", "x/y/z"]}]}, "z"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Mode"}, "Cpu"]}, 256),
        ({"Fn::GetAtt": ["Role", "Arn"]}, Unknown("${Role.Arn}")),
        ({"Fn::If": ["IsBridge", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsNamed", 7, 7]}, 7),
        ({"Fn::If": ["IsNamed", 7, GONE]}, Unknown("if IsNamed: 7, else nothing")),
        ({"Fn::If": ["IsNamed", GONE, {"a": 1}]}, {"a": 1}),
    ],
)
def test_what_a_function_comes_to(node, value):
    assert Template(TEMPLATE).value(node) == value


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"Condition": "IsBridge"}, True),
        ({"Condition": "IsNamed"}, None),
        ({"Condition": "Loop"}, None),
        ({"Condition": "Nowhere"}, None),
        ({"Fn::Equals": [True, "true"]}, True),  # everything is text there
        ({"Fn::Equals": [3, {"Ref": "Count"}]}, True),
        ({"Fn::Equals": [{"Ref": "Name"}, {"Ref": "Name"}]}, True),
        ({"Fn::And": [{"Condition": "IsNamed"}, {"Fn::Equals": ["a", "b"]}]}, False),  # one no is enough
        ({"Fn::And": [{"Condition": "IsNamed"}, {"Condition": "IsBridge"}]}, None),
        ({"Fn::Or": [{"Condition": "IsNamed"}, {"Condition": "IsBridge"}]}, True),  # one yes is enough
        ({"Fn::Not": [{"Condition": "IsNamed"}]}, None),
    ],
)
def test_an_open_condition_stays_open_unless_the_rest_settles_it(condition, answer):
    assert Template(TEMPLATE).truth(condition) is answer


def test_conditions_that_lead_on_and_on_end():
    chain = {f"C{n}": {"Fn::And": [{"Condition": f"C{n + 1}"}] * 2} for n in range(5_000)}

    assert Template({"Conditions": chain}).truth({"Condition": "C0"}) is None


@pytest.mark.parametrize(
    "template",
    [
        "Mappings: {M: {a: {b: [!FindInMap [M, a, b], !FindInMap [M, a, b]]}}}\nX: !FindInMap [M, a, b]",
        "Parameters: {P: {Type: String, Default: " + "x" * 90_000 + "}}\nX: !Join ['', [" + "!Ref P," * 100 + "]]",
    ],
)
def test_a_template_that_unfolds_without_end_is_refused(template):
    text, _, node = template.partition("\nX: ")
    task = f"{text}\nResources: {{T: {{Type: AWS::ECS::TaskDefinition, Properties: {{Family: {node}}}}}}}"

    with pytest.raises(DefinitionError, match="without end"):
        importers.read(task)


def test_the_defaults_decide_which_branch_is_read():
    (definition,) = importers.read(file("if-everywhere.yaml"))
    data = importers.as_data(definition)

    assert data["family"] == "${Env}-${AWS::StackName}"  # one hole stays open, so the text stands as written
    assert data["containers"] == ["prod-app"]
    assert data["container_ports"] == ["8080/tcp"]
    assert (data["task_cpu_units"], data["task_memory_mib"]) == (512, 1024)
    assert data["requires_compatibilities"] == ["FARGATE"]
    assert data["runs_on"] == ["ecs-ec2", "ecs-fargate"]
    assert "read_as" not in notes(definition)  # CloudFormation itself turns "false" into false


def test_the_other_default_gives_the_other_answer():
    text = file("if-everywhere.yaml").decode().replace('Default: "yes"', 'Default: "no"')
    (definition,) = importers.read(text)

    assert codes(definition, "ecs-ec2") == []
    assert codes(definition, "ecs-fargate") == ["bridge_network", "privileged", "host_volume", "unsupported_parameter"]


def test_what_stays_open_refuses_nothing_and_is_said():
    (definition,) = importers.read(file("left-open.yaml"))

    assert importers.as_data(definition)["task_cpu_units"] is None
    assert importers.as_data(definition)["network_mode_written"] == {"Ref": "Mode"}
    assert codes(definition, "ecs-fargate") == []
    assert "cpu = ${Cpu}" in notes(definition)["open_value"]
    assert notes(definition)["condition_open"] == "IsHost"
    assert "runs, as far as the file says" in importers.as_text("x", [definition])
