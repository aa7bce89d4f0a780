"""A folder belongs to one sweep, and says so to every other."""

import fcntl
import json
import shutil

import pyarrow.parquet as pq
import pytest

from engine import ScenarioError, sweep
from engine.sweep import MEASURED, store
from tests.engine.sweep.a_sweep import SMALL, files, plan


@pytest.fixture
def copy(undisturbed, tmp_path):
    return shutil.copytree(undisturbed, tmp_path / "copy")


def refusal(asked, folder):
    before = files(folder)
    with pytest.raises(ScenarioError) as refused:
        sweep.play(asked, workers=1, folder=folder)

    assert files(folder) == before  # and nothing is touched
    return " ".join(str(refused.value).splitlines())


@pytest.mark.parametrize(("asked", "words"), [
    ({"seed": 9}, "another scenario"), ({"seed": 9}, "other seeds"), ({"duration_s": 40}, "another scenario"),
    ({"replications": 7}, "another number of replications"), ({"grid": ("zones=2,3",)}, "another grid"),
])  # fmt: skip
def test_the_folder_of_another_sweep_is_refused_and_the_difference_named(asked, words, copy):
    assert f"the folder holds a sweep of {words}" in refusal(plan(**asked), copy)


def test_the_folder_of_another_engine_is_refused(copy):
    note = copy / "plan.json"
    told = json.loads(note.read_text())
    told["made_with"]["engine"] = "0123456789abcdef"
    note.write_text(json.dumps(told | {"digest": "another"}))

    assert "another version of the engine" in refusal(plan(), copy)


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("not a sweep")

    assert "letter.txt" in refusal(plan(), tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_plan_that_cannot_be_read_is_refused(text, copy):
    (copy / "plan.json").write_text(text)

    assert "the folder holds something else" in refusal(plan(), copy)


def test_a_folder_that_is_a_file_is_refused_in_words(tmp_path):
    (tmp_path / "out").write_text("")

    with pytest.raises(ScenarioError, match="cannot keep anything there"):
        sweep.play(plan(), workers=1, folder=tmp_path / "out")


def test_two_sweeps_do_not_write_to_one_folder(copy):
    with (copy / ".lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        words = refusal(plan(), copy)

    assert "another process is writing there" in words


@pytest.mark.parametrize("harm", [
    lambda content: content[:-9], lambda content: content[:0], lambda content: content[:2_000] + b"\x00" + content[2_001:],
])  # fmt: skip
def test_a_damaged_batch_is_played_again(harm, copy, undisturbed):
    path = copy / "batches" / "0000007.parquet"
    path.write_bytes(harm(path.read_bytes()))
    (copy / "runs.parquet").unlink()
    sweep.play(plan(), workers=1, folder=copy)

    assert files(copy) == files(undisturbed)


def test_the_batch_of_another_place_is_played_again(copy, undisturbed):
    shutil.copy(copy / "batches" / "0000000.parquet", copy / "batches" / "0000020.parquet")
    sweep.play(plan(), workers=1, folder=copy)

    assert files(copy) == files(undisturbed)


def test_what_a_killed_writer_left_is_cleared_away(copy, undisturbed):
    (copy / "batches" / "0000003.parquet.unfinished").write_bytes(b"PAR1")
    (copy / "runs.parquet.unfinished").write_bytes(b"")
    sweep.play(plan(), workers=1, folder=copy)

    assert files(copy) == files(undisturbed)


def test_a_full_disk_is_told_in_words(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    asked = plan()
    with store.opened(asked, tmp_path) as kept:
        monkeypatch.setattr(store.os, "fsync", full)
        with pytest.raises(ScenarioError, match="No space left on device"):
            kept.keep(asked.batches[0], sweep.Results.empty(asked).values[0, :1])

    assert list((tmp_path / "batches").glob("*.parquet")) == []


# --- the tables ---


def test_one_row_a_run_and_one_column_a_measure(undisturbed):
    table = pq.read_table(undisturbed / "runs.parquet")

    assert table.column_names == ["variant", "launch_type", "traffic.rps", "replication", "seed", *MEASURED]
    assert table.num_rows == 24
    assert table["launch_type"].to_pylist() == ["ecs-ec2"] * 12 + ["ecs-fargate"] * 12
    assert table["traffic.rps"].to_pylist() == ([40] * 6 + [60] * 6) * 2
    assert table["seed"].to_pylist() == list(range(1, 7)) * 4
    assert table["node_update"].null_count == 24  # nobody updated a node: missing, and not a number


def test_the_summary_has_a_row_for_each_variant_and_measure(undisturbed):
    table = pq.read_table(undisturbed / "summary.parquet")

    assert table.column_names == [
        "variant", "label", "measure", "unit", "missing", "n", "mean", "sd", "low", "high", "half_width",
    ]  # fmt: skip
    pairs = list(zip(table["variant"].to_pylist(), table["measure"].to_pylist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert (0, "failed") in pairs
    assert (0, "node_update") not in pairs  # nobody came to it


def test_the_differences_follow_from_the_runs(undisturbed):
    runs = pq.read_table(undisturbed / "runs.parquet").to_pandas()
    apart = pq.read_table(undisturbed / "differences.parquet").to_pandas()
    row = apart[(apart.variant == 3) & (apart.against == 1) & (apart.measure == "failed")].iloc[0]
    less = runs.failed[runs.variant == 3].to_numpy() - runs.failed[runs.variant == 1].to_numpy()

    assert (row.along, row.value, row.instead_of) == ("launch_type", "ecs-fargate", "ecs-ec2")
    assert row["where"] == "traffic.rps=60"
    assert row["mean"] == pytest.approx(less.mean())
    assert row.half_width == pytest.approx(2.570582 * less.std(ddof=1) / 6**0.5, rel=1e-6)


def test_one_variant_has_no_differences(tmp_path):
    sweep.play(plan(2, grid=()), workers=1, folder=tmp_path)

    assert pq.read_table(tmp_path / "differences.parquet").num_rows == 0


def test_values_of_several_kinds_are_kept_as_typed(tmp_path):
    sweep.play(plan(2, grid=("services.web.scaling=null,{period_s: 20}",)), workers=1, folder=tmp_path)
    column = pq.read_table(tmp_path / "runs.parquet")["services.web.scaling"].to_pylist()

    assert column == ["null", "null", '{"period_s": 20}', '{"period_s": 20}']
    assert SMALL["services"][0].get("scaling") is None
