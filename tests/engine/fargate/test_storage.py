"""Storage: a task is killed and replaced; which volumes' data are there again, by column, era and where it lands."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import catalog
from engine.era import ERAS
from engine.fargate import COLUMNS, StorageAsk, enact, fargate_disk, survivals
from engine.fargate.asks import Asks, Lands, VolumeName

ALL = get_args(VolumeName)
EC2, FARGATE, MANAGED = COLUMNS
SHORT = {"kept": "+", "left": "<", "lost": "-", "refused": "x", "absent": "."}


def outcomes(column, era, lands="other-host", *, host_ends=False):
    found = survivals(column, era, StorageAsk(volumes=ALL, lands=lands, host_ends=host_ends))
    return " ".join(SHORT[one.outcome] for one in found)


# + there again   < exists, but the replacement starts without it   - lost   x never offered   . not yet
#                     layer scratch host_path docker plugin efs ebs ebs_kept s3files
@pytest.mark.parametrize(
    ("column", "era", "lands", "host_ends", "expect"),
    [
        (EC2, "talk", "same-host", False,     "- - + + + + . . ."),
        (EC2, "talk", "other-host", False,    "- - < < + + . . ."),
        (EC2, "talk", "other-host", True,     "- - - - + + . . ."),
        (EC2, "talk", "other-zone", False,    "- - < < < + . . ."),
        (EC2, "today", "same-host", False,    "- - + + + + - < +"),
        (EC2, "today", "other-zone", True,    "- - - - < + - < +"),
        (FARGATE, "talk", "other-host", False, "- - x x x . . . ."),
        (FARGATE, "talk", "other-zone", False, "- - x x x . . . ."),
        (FARGATE, "today", "same-host", False, "- - x x x + - < +"),  # there is no same host
        (FARGATE, "today", "other-zone", False, "- - x x x + - < +"),
        (MANAGED, "today", "same-host", False, "- - + x x + - < +"),
        (MANAGED, "today", "other-host", False, "- - < x x + - < +"),
        (MANAGED, "today", "other-host", True, "- - - x x + - < +"),  # by day 21 at the latest
    ],
)  # fmt: skip
def test_what_survives(column, era, lands, host_ends, expect):
    assert outcomes(column, era, lands, host_ends=host_ends) == expect


def test_same_host_means_that_the_host_did_not_end():
    assert outcomes(EC2, "today", "same-host", host_ends=True) == outcomes(EC2, "today", "same-host")


@given(lands=st.sampled_from(get_args(Lands)), ends=st.booleans())
def test_the_further_the_replacement_lands_the_less_it_finds(lands, ends):
    order = get_args(Lands)
    for column in COLUMNS:
        near = survivals(column, "today", StorageAsk(volumes=ALL, lands=order[0]))
        there = survivals(column, "today", StorageAsk(volumes=ALL, lands=lands, host_ends=ends))

        assert all(a.outcome == "kept" or b.outcome != "kept" for a, b in zip(near, there, strict=True))


@pytest.mark.parametrize("column", COLUMNS)
def test_no_era_takes_away_what_the_talk_had(column):
    then, now = (survivals(column, era, StorageAsk(volumes=ALL)) for era in ERAS)

    assert all(b.outcome == a.outcome for a, b in zip(then, now, strict=True) if a.outcome != "absent")


def story(column, era, **asked):
    return enact("storage", column, era, Asks(storage=StorageAsk(**asked)))


def test_the_slides_claim_acted_out():
    then = story(FARGATE, "talk", volumes=("layer", "efs"), scratch_gib=1)
    now = story(FARGATE, "today", volumes=("layer", "efs"), scratch_gib=1)

    assert (then.verdict, now.verdict) == ("no", "partly")
    assert [step.key.rsplit(".", 1)[1] for step in then.steps] == [
        "absent", "registered", "two_disks", "writes", "killed", "new_vm", "lost",
    ]  # fmt: skip
    assert [step.key.rsplit(".", 1)[1] for step in now.steps] == [
        "registered", "disk", "writes", "killed", "new_vm", "lost", "kept",
    ]  # fmt: skip
    assert now.reason.values == {"kept": 1, "of": 2}


def test_steps_come_in_the_order_of_time():
    for column in COLUMNS:
        for era in ERAS:
            times = [step.at_s for step in story(column, era, volumes=ALL).steps]

            assert times == sorted(times)


def test_a_host_that_ran_the_image_starts_again_sooner():
    near, far = (story(EC2, "today", volumes=("efs",), lands=lands).steps[-2] for lands in ("same-host", "other-host"))

    assert near.values["took"].value == 1  # only the container's own start
    assert far.values["took"].value == pytest.approx(1 + 1024 / 18.75)


def test_the_disk_then_and_now():
    then, now = fargate_disk("talk"), fargate_disk("today")

    assert (then.layers_gib, then.scratch_gib, then.is_shared, then.max_gib) == (10, 4, False, 14)
    assert (now.layers_gib, now.is_shared) == (catalog.number("fargate.storage.default"), True)
    assert now.max_gib == 200


@pytest.mark.parametrize(
    ("era", "image", "scratch", "disk", "key"),
    [
        ("talk", 10, 4, 20, "two_disks"),
        ("talk", 10.1, 0, 20, "image_full"),
        ("talk", 1, 4.1, 20, "scratch_full"),  # thirteen are free, in the wrong place
        ("talk", 1, 4.1, 200, "scratch_full"),  # nothing can be asked for yet
        ("today", 10.1, 4.1, 20, "disk"),
        ("today", 10, 10.1, 20, "scratch_full"),
        ("today", 10, 10.1, 21, "disk"),
        ("today", 21, 0, 20, "image_full"),
    ],
)
def test_what_fits_the_disk(era, image, scratch, disk, key):
    found = story(FARGATE, era, volumes=("layer", "scratch"), image_gib=image, scratch_gib=scratch, disk_gib=disk)
    keys = [step.key.rsplit(".", 1)[1] for step in found.steps]

    assert key in keys
    assert ("writes" in keys) == (key != "image_full")
    assert (found.reason.key == "reason.storage.full") == (key == "image_full")


def test_a_host_of_your_own_has_the_disk_that_you_give_it():
    keys = [step.key for step in story(EC2, "talk", image_gib=50, scratch_gib=400).steps]

    assert not any("disk" in key or "full" in key for key in keys)


def test_the_story_cites_what_it_rests_on():
    found = story(FARGATE, "today", volumes=("efs", "ebs_kept"))

    assert "fargate.storage.efs_since" in found.facts
    assert "table.ebs_kept" in found.notes
    assert len(set(found.facts)) == len(found.facts)
    assert set(found.facts) <= set(catalog.facts())
    assert set(found.notes) <= set(catalog.notes("fargate"))
