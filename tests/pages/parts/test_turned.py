"""A record that is turned: checked together, named where it cannot be, and written as one buys it."""

import pytest

from engine import ScenarioError
from engine.fargate import Bills, BreakEvenAsk, StorageAsk
from pages.parts.fields import field_of
from pages.parts.turned import _named, put
from pages.parts.words import THIN, Voice


def test_values_are_put_by_their_paths_and_the_old_record_stays():
    before = Bills()
    after = put(before, {"even.instance_type": "m7g.large", "size.cpu_units": 512})

    assert (after.even.instance_type, after.size.cpu_units) == ("m7g.large", 512)
    assert before == Bills()
    assert put(after, {"even.instance_type": "m5.large", "size.cpu_units": 1024}) == before


def test_every_problem_is_named_at_once_with_what_came():
    with pytest.raises(ScenarioError) as caught:
        put(Bills(), {"size.used_cpu": 3, "even.ec2_discount": 1, "short.tasks": "many"})

    assert {one.path for one in caught.value.problems} == {"size.used_cpu", "even.ec2_discount", "short.tasks"}
    assert {one.came for one in caught.value.problems} >= {"3", "1"}


@pytest.mark.parametrize(("model", "path", "value", "said"), [
    (BreakEvenAsk, "cpu_units", 256, "0.25 vCPU"),
    (BreakEvenAsk, "memory_mib", 2048, "2 GiB"),
    (BreakEvenAsk, "memory_mib", 512, "512 MiB"),
    (BreakEvenAsk, "instance_type", "m5.large", "m5.large"),
    (StorageAsk, "lands", "other-zone", "In another zone"),
])  # fmt: skip
def test_a_choice_is_written_as_one_says_it(model, path, value, said):
    assert _named(Voice("en"), field_of(model, path)[1], value).replace(THIN, " ").replace("\u00a0", " ") == said
