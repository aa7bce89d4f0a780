"""python -m engine sweep: what it prints, and what it refuses."""

import json

from engine.__main__ import main
from tests.engine.sweep.a_sweep import GRID


def test_means_and_differences_are_printed(scenario, capsys):
    code = main(
        ["sweep", str(scenario), "--replications", "3", "--grid", GRID[0], "--workers", "1", "--within", "0.01"]
    )
    said = capsys.readouterr()

    assert code == 0
    assert "A small zone: 6 of 6 runs, seeds 1 to 3" in said.out
    assert "launch_type: ecs-fargate less ecs-ec2" in said.out
    assert "±0.01 of the mean: " in said.out
    assert said.err == ""  # no bar where there is no terminal


def test_settings_come_before_the_grid(scenario, capsys):
    main(["sweep", str(scenario), "--replications", "2", "--set", "seed=40", "--workers", "1", "--json"])
    found = json.loads(capsys.readouterr().out)

    assert found["seeds"] == [40, 41]
    assert found["differences"] == []
    failed = next(row for row in found["summary"] if row["measure"] == "failed")
    assert failed["spread" if "spread" in failed else "n"] == 2


def test_everything_wrong_is_told_at_once_with_exit_code_2(scenario, capsys):
    code = main([
        "sweep", str(scenario), "--replications", "1", "--set", "zones", "--grid", "trafic.rps=1", "--grid", "zones",
        "--grid", "launch_type=nowhere", "--workers", "0", "--within", "-1", "--cluster", "there",
    ])  # fmt: skip
    told = capsys.readouterr().err

    assert code == 2
    for path in ("replications", "--set", "trafic", "--grid", "launch_type", "workers", "within", "cluster"):
        assert f"  {path}: " in told, path


def test_a_file_that_is_not_there_is_told(tmp_path, capsys):
    assert main(["sweep", str(tmp_path / "none.yaml")]) == 2
    assert "cannot read it" in capsys.readouterr().err
