"""The command line plays an organisation both ways."""

import json

import pytest

from engine.__main__ import main


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "organisation.yaml"
    path.write_text("{days: 20, teams: 3, coupling: 0.2}")
    return path


def test_the_four_are_printed_with_their_spread_for_both_ways(file, capsys):
    assert main(["delivery", str(file), "--replications", "5"]) == 0
    out = capsys.readouterr().out

    assert "5 quarters of 20 working days, 480 minutes each" in out
    for line in ("deployment frequency", "change lead time", "change fail rate", "failed deployment recovery time"):
        assert line in out
    assert "DORA 2024, by lead_min" in out


def test_plain_data_holds_low_median_high(file, capsys):
    assert main(["delivery", str(file), "--replications", "5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    for way in ("train", "pipelines"):
        low, middle, high = found[way]["lead_median_min"]
        assert 0 < low <= middle <= high
    assert found["train"]["dora_2024"]["frequency_per_day"] in {"elite", "high", "medium", "low"}


def test_what_is_wrong_is_listed_and_nothing_is_played(tmp_path, capsys):
    path = tmp_path / "bad.yaml"
    path.write_text("{teams: 0, fails: 1.5, test_min: -1}")

    assert main(["delivery", str(path)]) == 2
    error = capsys.readouterr().err
    assert "3 to mend" in error
    for name in ("teams", "fails", "test_min"):
        assert name in error


def test_a_wrong_number_of_replications_is_named(file, capsys):
    assert main(["delivery", str(file), "--replications", "0"]) == 2
    assert "replications" in capsys.readouterr().err
