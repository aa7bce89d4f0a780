"""The shelf holds what its sources say, and refuses what it should not hold."""

import json

import pytest

from engine import catalog
from engine.errors import BudgetError, CatalogError, Problem, QuaysideError, ScenarioError
from engine.placement import max_pods


def golden(shared, name):
    return json.loads((shared / "golden" / f"{name}.json").read_text())["cases"]


# --- facts ---


def test_every_fact_of_the_shared_list_is_here_word_for_word(shared):
    import yaml

    listed = {row["id"]: row for row in yaml.safe_load((shared / "facts.yaml").read_text())}
    facts = catalog.facts()

    assert [name for name in facts if name in listed] == list(listed)  # and what was found since
    for name, row in listed.items():
        fact = facts[name]
        same = (fact.says, fact.unit, fact.source, fact.as_of, fact.slide, fact.changed_since_talk, fact.system)
        assert same == tuple(
            row[key] for key in ("statement", "unit", "source", "as_of", "talk_slide", "changed_since_talk", "system")
        )
        assert fact.value == catalog._frozen(row["value"])
        assert (fact.basis == "assumed") == (row["confidence"] == "well-known-unverified")


def test_a_fact_cannot_be_changed_by_who_reads_it():
    combos = catalog.value("fargate.combos")

    with pytest.raises(TypeError):
        combos[0.25] = "anything"


def test_a_missing_fact_is_named():
    with pytest.raises(CatalogError, match=r"no fact is called 'elb\.speed'"):
        catalog.fact("elb.speed")


def test_times_come_in_seconds_whatever_they_were_published_in():
    assert catalog.seconds("elb.alb.hc_interval") == 30
    assert catalog.seconds("ecs.service.throttle_max") == 15 * 60
    assert catalog.seconds("arc.zonal_shift_max") == 72 * 3600
    assert catalog.seconds("ecs.agent.acs_backoff", "min_ms") == 0.25
    assert catalog.seconds("timing.ec2_ecs_ready", 1) == 150


@pytest.mark.parametrize(
    ("name", "keys", "complaint"),
    [
        ("elb.alb.healthy_threshold", (), "a time is needed"),
        ("elb.alb.algorithms", (), "a number is needed"),
        ("elb.fail_open", (), "a number is needed"),
        ("elb.alb.detect_time", ("in_s", 0), "nothing at 'in_s'"),
        ("ecs.agent.lost_host_replacement_time", (), "a number is needed"),
    ],
)
def test_what_is_not_there_is_refused(name, keys, complaint):
    read = catalog.seconds if "time is" in complaint else catalog.number

    with pytest.raises(CatalogError, match=complaint):
        read(name, *keys)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (["a list"], "a mapping is needed"),
        ({"says": "x"}, "system must be a text"),
        ({"basis": "rumour"}, "basis must be one of"),
        ({"rumour": 1}, "no such field: rumour"),
        ({"value": ...}, "value is missing"),
    ],
)
def test_a_bad_fact_names_itself(row, complaint):
    whole = {"says": "x", "system": "x", "value": 1, "unit": "s", "source": "x", "as_of": "2026", "basis": "assumed"}
    if isinstance(row, dict) and set(row) != {"says"}:
        row = {key: item for key, item in (whole | row).items() if item is not ...}

    with pytest.raises(CatalogError, match=f"facts.yaml some.fact: {complaint}"):
        catalog._fact("some.fact", row)


def test_a_link_leads_to_the_very_line():
    assert catalog.fact("ecs.agent.acs_heartbeat_timeout").link == (
        "https://github.com/aws/amazon-ecs-agent/blob/8dfceca6cf380a83c3007349317566f2862f0673"
        "/ecs-agent/acs/session/session.go#L42"
    )
    assert catalog.fact("talk.stat.67").link is None


# --- tables ---


def test_instance_types_agree_with_the_golden_table(shared):
    for case in golden(shared, "aws_ec2_instances"):
        expect = case["expect"]
        usd = expect.pop("on_demand_usd_per_hour_us_east_1")
        found = catalog.instance_type(case["input"]["instance_type"])

        assert {key: getattr(found, key) for key in expect} == expect
        assert (found.region, found.usd_per_hour) == ("us-east-1", usd)


def test_pods_on_a_host_follow_from_its_addresses():
    for row in catalog.instance_types().values():
        assert row.max_pods == max_pods(row.enis, row.ipv4_per_eni)


def test_both_tables_of_instance_types_know_the_same_limits():
    limits = catalog.eni_limits()

    assert set(catalog.instance_types()) < set(limits)
    for row in catalog.instance_types().values():
        assert (limits[row.name].enis, limits[row.name].ipv4_per_eni) == (row.enis, row.ipv4_per_eni)


@pytest.mark.parametrize(
    "family",
    [
        "t3",
        "t4g",
        "m5",
        "m5d",
        "m6i",
        "m7g",
        "m8g",
        "c5",
        "c5n",
        "c6i",
        "c7g",
        "c8g",
        "r5",
        "r6i",
        "r7g",
        "i3",
        "i4i",
        "g4dn",
        "g5",
        "inf2",
    ],
)
def test_common_families_are_there_small_to_large(family):
    vcpus = [row.vcpu for row in catalog.instance_types().values() if row.name.split(".")[0] == family]

    assert len(vcpus) >= 4
    assert vcpus == sorted(vcpus)


def test_fargate_sizes_agree_with_the_golden_table_of_its_day(shared):
    for case in golden(shared, "aws_fargate_sizes"):
        pair = (case["input"]["cpu_units"], case["input"]["memory_mib"])
        on = case["source"]["date"]
        then = {(size.cpu_units, size.memory_mib) for size in catalog.fargate_sizes() if size.since <= on}

        assert (pair in then) == case["expect"]["valid"], pair


def test_fargate_sizes_are_those_of_the_fact():
    def gigabytes(said):
        if isinstance(said, str):
            span, step = said.split(" step ")
            low, high = map(int, span.split("-"))
            return range(low, high + 1, int(step))
        return said

    fact = catalog.value("fargate.combos")
    told = {(round(cpu * 1024), round(gb * 1024)) for cpu, said in fact.items() for gb in gigabytes(said)}

    assert told == {(size.cpu_units, size.memory_mib) for size in catalog.fargate_sizes()}


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        ("256,512,,there", "5 cells are needed, got 4"),
        ("256,512,,there,", "as_of is empty"),
        ("256,512,,there,2026,more", "5 cells are needed, got 6"),
        ("many,512,,there,2026", "cpu_units must be a number, got 'many'"),
        ("256,-1,,there,2026", "memory_mib must be 1 or more, got -1"),
        ("512,1024,,there,2026\n256,512,,there,2026", "smallest first"),
    ],
)
def test_a_bad_row_is_named(monkeypatch, tmp_path, cells, complaint):
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "fargate_sizes.csv").write_text(f"cpu_units,memory_mib,since,source,as_of\n{cells}\n")
    monkeypatch.setattr(catalog, "DATA", tmp_path)

    with pytest.raises(CatalogError, match=complaint):
        catalog.fargate_sizes.__wrapped__()


def test_a_table_with_other_columns_is_refused(monkeypatch, tmp_path):
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "fargate_sizes.csv").write_text("cpu,memory\n1,2\n")
    monkeypatch.setattr(catalog, "DATA", tmp_path)

    with pytest.raises(CatalogError, match="columns must be"):
        catalog.fargate_sizes.__wrapped__()


# --- scenarios and texts ---


@pytest.mark.parametrize("name", ["../facts", "/etc/passwd", "az_failure.yaml", "", ".."])
def test_a_scenario_name_never_becomes_a_path(name):
    with pytest.raises(CatalogError, match="no scenario is called"):
        catalog.scenario_text(name)


@pytest.mark.parametrize("lang", ["fr", "../../engine", ""])
def test_a_language_never_becomes_a_path(lang):
    with pytest.raises(CatalogError, match="no language is called"):
        catalog.texts.__wrapped__(lang)


def test_the_data_is_found_from_anywhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert catalog.prose.__wrapped__("en", "start")["what"].startswith("**Quayside")


def test_a_broken_text_is_named(monkeypatch, tmp_path):
    (tmp_path / "texts" / "en").mkdir(parents=True)
    (tmp_path / "texts" / "en" / "odd.yaml").write_text("switch: {on: yes}")
    monkeypatch.setattr(catalog, "DATA", tmp_path)

    with pytest.raises(CatalogError, match=r"texts/en/odd\.yaml odd\.switch"):
        catalog.texts.__wrapped__("en")


# --- errors ---


def test_a_scenario_error_lists_every_problem():
    error = BudgetError([Problem("a", "1", "2 or more", "too few tasks"), Problem("b.c", "x", "a number", "no number")])

    assert isinstance(error, ScenarioError)
    assert isinstance(error, QuaysideError)
    assert str(error).splitlines() == [
        "a: too few tasks (came: 1; allowed: 2 or more)",
        "b.c: no number (came: x; allowed: a number)",
    ]
