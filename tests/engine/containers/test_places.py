"""One image in five places: every rule is reached, every answer has its words and sources, and asking for less is refused no more."""

import copy
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import catalog
from engine.containers.asks import StopAsk
from engine.containers.one_image import OneImage
from engine.containers.place_rules import OUTCOMES, PLACES, TABLE, Limit, all_hold, read, table
from engine.containers.places import answers, everywhere, mended
from engine.containers.stopping import stop
from engine.era import ERAS
from engine.errors import CatalogError
from engine.launch import launch_type

CHOICES = {
    "listens": ["fixed", "env", "runtime-api", "adapter"], "arch": ["x86", "arm", "both"],
    "registry": ["ecr", "public", "private"], "stops": ["finishes", "exits", "ignores", "shell"],
    "neighbour": ["none", "host-agent", "docker-socket"],
}  # fmt: skip
SIZES = {
    "image_mib": [50, 300, 11_000, 25_000, 40_000, 190_000, 300_000], "scratch_gib": [0, 0.4, 3, 8, 15, 25, 40, 190, 300],
    "memory_gib": [1, 8, 20, 64, 150, 300], "start_s": [0, 5, 12, 60, 1000], "longest_s": [1, 10, 40, 100, 400, 1200, 5000],
    "body_mib": [1, 20],
}  # fmt: skip
FLAGS = [name for name, field in OneImage.model_fields.items() if field.annotation is bool]
NOT_ASKED = dict.fromkeys(FLAGS, False)
PLAIN = OneImage(**NOT_ASKED, longest_s=1, start_s=0, image_mib=50)

images = st.builds(
    OneImage,
    era=st.sampled_from(ERAS),
    port=st.sampled_from([80, 8080]),
    **{name: st.sampled_from(words) for name, words in CHOICES.items()},
    **{name: st.sampled_from(sizes) for name, sizes in SIZES.items()},
    **{name: st.booleans() for name in FLAGS},
)


def row(image, demand):
    found = answers(image)
    return {place: found.cells[demand, place].outcome for place in PLACES if (demand, place) in found.cells}


def image_of(**fields):
    return PLAIN.model_copy(update=fields)


# --- the table ---------------------------------------------------------------------------------------------------------


def candidates(demand):
    """Give images that vary in everything that a demand reads."""
    names = sorted(demand.reads)
    values = [
        CHOICES.get(name) or SIZES.get(name) or ([80, 8080] if name == "port" else [False, True]) for name in names
    ]
    for era in ERAS:
        for some in product(*values):
            yield image_of(era=era, **dict(zip(names, some, strict=True)))


@pytest.mark.parametrize("name", table().demands)
def test_every_rule_is_reached_by_some_image(name):
    demand = table().demands[name]
    reached = set()
    for image in candidates(demand):
        if not all_hold(demand.asked, image):
            continue
        for place in PLACES:
            rule = next(at for at, rule in enumerate(demand.rules) if rule.holds(image, place))
            reached.add((rule, place))

    assert reached == {(at, place) for at, rule in enumerate(demand.rules) for place in rule.at}


def test_every_answer_has_its_words_and_its_facts_in_both_languages():
    for lang in catalog.LANGUAGES:
        texts = catalog.texts(lang)
        for name, demand in table().demands.items():
            assert f"containers_places.asks.{name}" in texts
            for rule in demand.rules:
                assert f"containers_places.why.{rule.why}" in texts
                assert (f"containers_places.do.{rule.why}" in texts) == (rule.answer in {"set", "change"})
                assert all(catalog.fact(one).says_es for one in rule.facts)
        for name in table().mends:
            assert f"containers_places.mend.{name}" in texts


def test_a_place_is_a_launch_type_that_the_simulation_runs():
    assert [launch_type(place).name for place in PLACES] == list(PLACES)


def broken(change):
    given = copy.deepcopy(unfrozen(catalog.table(TABLE)))
    change(given["demands"])
    return given


def unfrozen(found):
    if isinstance(found, str | int | float | bool) or found is None:
        return found
    if hasattr(found, "items"):
        return {key: unfrozen(value) for key, value in found.items()}
    return [unfrozen(one) for one in found]


def test_a_broken_table_tells_everything_that_is_wrong_with_it():
    def change(demands):
        demands["gpu"]["rules"][0]["answer"] = "perhaps"
        demands["root"]["rules"][0]["facts"] = ["lambda.unheard_of"]
        demands["start"]["rules"][0]["when"] = {"begins_s": {"over": {"number": 1}}}
        demands["websocket"]["rules"] = demands["websocket"]["rules"][:1]
        demands["body"]["asked"] = {"body_mib": {"over": {"fact": "ecs.network.default_mode"}}}

    with pytest.raises(CatalogError) as told:
        read(broken(change))

    for part in (
        "demands.gpu.rules.0.answer",
        "lambda.unheard_of",
        "begins_s",
        "for lambda",
        "ecs.network.default_mode",
    ):
        assert part in str(told.value), part


def test_a_bound_reads_its_fact_in_mib_or_seconds_and_in_time():
    assert Limit(fact="lambda.image.size").amount("today") == 10 * 1024
    assert Limit(fact="lambda.tmp", at=("default",)).amount("today") == 512
    assert Limit(fact="fargate.combos", at=(32, 2)).amount("today") == 244 * 1024
    assert Limit(fact="elb.alb.detect_time", at=("out_s", 0)).amount("today") == 35
    assert Limit(fact="lambda.memory", at=("max",)).amount("today") == 10_240
    assert Limit(fact="lambda.memory", at=("max",)).amount("talk") == 3_008
    assert Limit(number=7).amount("talk") == 7


# --- by hand -----------------------------------------------------------------------------------------------------------

O, S, C, N = OUTCOMES


@pytest.mark.parametrize(("fields", "demand", "want"), [
    #                                                         ecs-ec2, ecs-fargate, eks-managed, eks-fargate, lambda
    ({"listens": "fixed"}, "listens", (O, O, O, O, C)),
    ({"listens": "env"}, "listens", (O, O, O, O, C)),
    ({"listens": "adapter"}, "listens", (O, O, O, O, O)),
    ({"listens": "runtime-api"}, "listens", (C, C, C, C, O)),
    ({"port": 80, "root": True}, "port", (O, O, O, O, C)),
    ({"port": 80}, "port", (O, S, S, S, C)),
    ({"host_port": True}, "host_port", (S, N, S, N, N)),
    ({"image_mib": 9 * 1024}, "size", (O, O, O, O, O)),
    ({"image_mib": 15 * 1024}, "size", (O, O, O, O, C)),      # Lambda ends at 10 GB
    ({"image_mib": 25 * 1024}, "size", (O, S, S, S, C)),      # 30 GiB on a host of ECS, 20 on the others
    ({"image_mib": 190 * 1024}, "size", (S, S, S, C, C)),     # 200 on ECS, 175 on EKS
    ({"registry": "public"}, "registry", (O, O, O, O, S)),
    ({"registry": "private"}, "registry", (S, S, S, S, S)),
    ({"arch": "arm"}, "arch", (S, S, S, C, S)),
    ({"arch": "both"}, "arch", (O, O, O, O, C)),
    ({"root": True}, "root", (O, O, O, O, C)),
    ({"privileged": True}, "privileged", (S, N, S, N, N)),
    ({"start_s": 12}, "start", (O, O, S, S, S)),              # the init phase ends after 10 s
    ({"start_s": 9}, "start", (O, O, S, S, O)),
    ({"start_s": 60}, "start", (S, S, S, S, S)),              # a check gives up after 35 s at the earliest
    ({"start_s": 1000}, "start", (S, S, S, S, N)),
    ({"longest_s": 2}, "longest", (O, O, O, O, O)),
    ({"longest_s": 25}, "longest", (O, O, O, O, S)),
    ({"longest_s": 45}, "longest", (O, O, S, S, S)),          # a pod's grace is 30 s
    ({"longest_s": 100}, "longest", (S, S, S, S, S)),         # the load balancer's patience 60 s
    ({"longest_s": 1200}, "longest", (S, S, S, S, N)),
    ({"longest_s": 5000}, "longest", (C, C, C, C, N)),
    ({"stops": "finishes"}, "stops", (O, O, S, S, O)),
    ({"stops": "shell"}, "stops", (O, O, O, O, O)),
    ({"background": True}, "background", (O, O, O, O, C)),
    ({"background": True, "stops": "ignores"}, "background", (C, C, C, C, C)),
    ({"together": True}, "together", (O, O, O, O, C)),
    ({"websocket": True}, "websocket", (S, S, S, S, C)),
    ({"body_mib": 20}, "body", (O, O, O, O, C)),
    ({"memory_gib": 64}, "memory", (O, O, O, O, N)),
    ({"memory_gib": 150}, "memory", (O, O, O, N, N)),
    ({"memory_gib": 300}, "memory", (O, N, O, N, N)),
    ({"scratch_gib": 0.4}, "scratch", (O, O, O, O, O)),
    ({"scratch_gib": 8}, "scratch", (O, O, O, O, S)),
    ({"scratch_gib": 15, "image_mib": 8 * 1024}, "scratch", (O, S, S, S, N)),   # 23 GiB together
    ({"scratch_gib": 190}, "scratch", (S, S, S, N, N)),
    ({"writes_root": True}, "writes_root", (O, O, O, O, C)),
    ({"keeps_data": True}, "keeps_data", (S, S, S, S, S)),
    ({"gpu": True}, "gpu", (S, N, S, N, N)),
    ({"neighbour": "host-agent"}, "neighbour", (S, S, S, S, C)),
    ({"neighbour": "docker-socket"}, "neighbour", (S, N, C, N, N)),
])  # fmt: skip
def test_what_each_place_answers_today(fields, demand, want):
    assert tuple(row(image_of(**fields), demand).values()) == want


@pytest.mark.parametrize(("fields", "demand", "want"), [
    ({}, "arrives", (O, O, O, O, N)),                         # a zip file, and no image
    ({"arch": "arm"}, "arch", (S, C, C, C)),
    ({"port": 80}, "port", (S, C, C, C)),
    ({"image_mib": 11 * 1024}, "size", (O, C, O, O)),         # 10 GB of layers on Fargate
    ({"scratch_gib": 5}, "scratch", (O, N, O, O)),            # and 4 GB of its own
    ({"keeps_data": True}, "keeps_data", (S, N, S, N)),       # EFS came on 8 April 2020
    ({"memory_gib": 64}, "memory", (O, N, O, N)),             # 30 GB at most
    ({"neighbour": "docker-socket"}, "neighbour", (S, N, S, N)),   # nodes of EKS had Docker
    ({"image_mib": 25 * 1024}, "size", (O, C, S, C)),         # a pod's disk could not be made larger
])  # fmt: skip
def test_what_each_place_answered_at_the_talk(fields, demand, want):
    assert tuple(row(image_of(era="talk", **fields), demand).values()) == want


@pytest.mark.parametrize("term", ["finishes", "exits", "ignores"])
@pytest.mark.parametrize(("place", "order"), [("ecs-ec2", "ecs"), ("eks-managed", "kubernetes")])
def test_a_stop_that_is_played_loses_requests_where_a_setting_is_asked_for(place, order, term):
    lost = stop(StopAsk(place=order, on_term=term)).lost

    assert (lost > 0) == (row(image_of(stops=term), "stops")[place] == "set")
    if lost:
        assert stop(StopAsk(place=order, on_term="finishes", pre_stop_s=10)).lost == 0


def test_a_place_that_takes_no_image_is_asked_nothing_else():
    found = answers(OneImage(era="talk"))

    assert [cell.demand for cell in found.at("lambda")] == ["arrives"]
    assert found.outcome("lambda") == "no"


def test_the_usual_image_of_the_question_runs_nowhere_unchanged():
    found = answers(OneImage())

    assert {outcome: found.count(outcome) for outcome in OUTCOMES} == {"ok": 0, "set": 4, "change": 0, "no": 1}
    assert {cell.demand for cell in found.at("ecs-ec2") if cell.outcome != "ok"} == {"longest"}
    assert {cell.demand for cell in found.at("lambda") if cell.outcome != "ok"} == {
        "listens",
        "root",
        "start",
        "longest",
    }


def test_one_image_can_be_made_that_no_place_wants_changed():
    ready = OneImage(listens="adapter", root=False, longest_s=2, start_s=0, stops="shell")

    assert [answers(ready).outcome(place) for place in PLACES] == ["ok"] * 5
    assert everywhere(ready).changes == ()
    assert everywhere(ready).never == {}


# --- laws --------------------------------------------------------------------------------------------------------------


def severity(image):
    found = answers(image)
    return {key: OUTCOMES.index(cell.outcome) for key, cell in found.cells.items()}


@given(images, st.data())
@settings(max_examples=300, deadline=None)
def test_an_image_that_asks_for_less_is_nowhere_refused_more(image, data):
    flag = data.draw(st.sampled_from([*FLAGS, *SIZES]))
    if flag in SIZES:
        less = data.draw(st.sampled_from([size for size in SIZES[flag] if size <= getattr(image, flag)]))
    else:
        less = False
    before, after = severity(image), severity(image.model_copy(update={flag: less}))
    # Root opens low ports: who gives it up may have to set one. That demand is the port's, and is left out.
    drops = {key: value for key, value in after.items() if not (flag == "root" and key[0] == "port")}

    assert {key for key, value in drops.items() if value > before.get(key, 0)} == set()


@given(images)
@settings(max_examples=300, deadline=None)
def test_the_places_are_counted_once_each_and_answer_every_demand_that_is_made(image):
    found = answers(image)

    assert sum(found.count(outcome) for outcome in OUTCOMES) == len(PLACES)
    for place in PLACES:
        assert len(found.at(place)) in {1, len(found.demands)}
    assert set(found.demands) == {name for name, one in table().demands.items() if all_hold(one.asked, image)}


@given(images)
@settings(max_examples=120, deadline=None)
def test_after_the_changes_no_place_wants_another_one(image):
    way = everywhere(image)
    left = [cell for cell in answers(way.mended).cells.values() if cell.outcome in {"change", "no"}]

    assert {cell.demand for cell in left} <= set(way.never)
    assert set(way.never) == {cell.demand for cell in answers(image).says("no")}
    assert way.mended == mended(image, way.changes)


@given(images)
@settings(max_examples=25, deadline=None)
def test_the_changes_are_as_few_as_trying_all_of_them_finds(image):
    way = everywhere(image)
    fields = tuple(table().mends)

    def fits(some):
        cells = answers(mended(image, some)).cells.values()
        return all(cell.demand in way.never for cell in cells if cell.outcome in {"change", "no"})

    fewer = chain.from_iterable(combinations(fields, n) for n in range(len(way.changes)))
    assert [some for some in fewer if fits(some)] == []


def test_one_change_may_do_for_two():
    both = image_of(background=True, stops="ignores", listens="adapter")

    assert everywhere(both).changes == ("background",)
    assert everywhere(image_of(port=80, listens="fixed")).changes == ("listens", "port")
    assert everywhere(image_of(port=80, listens="runtime-api")).changes == (
        "listens",
        "port",
    )  # the one brings on the other
    assert everywhere(image_of(longest_s=5000, listens="adapter")).changes == ()
    assert everywhere(image_of(longest_s=5000, listens="adapter")).never == {"longest": ("lambda",)}
