"""`python -m engine pipeline FILE`: an account as a sum, or every problem."""

import csv
import io
import json

from engine.__main__ import main
from engine.serverless import Pipeline, run
from engine.serverless.summary import log_csv, seconds_csv

ORDERS = Pipeline.named("orders").to_yaml()


def test_the_account_is_printed_as_a_sum(tmp_path, capsys):
    file = tmp_path / "orders.yaml"
    file.write_text(ORDERS)

    assert main(["pipeline", str(file), "--set", "duration_s=60", "--set", "services.orders.visibility_s=1"]) == 0
    printed = capsys.readouterr().out
    assert " done" in printed
    assert "accepted" in printed

    assert main(["pipeline", str(file), "--json", "--set", "duration_s=60"]) == 0
    orders = json.loads(capsys.readouterr().out)["orders"]
    assert orders["accepted"] == sum(n for name, n in orders.items() if name not in {"accepted", "copied"})


def test_problems_are_printed_all_at_once(tmp_path, capsys):
    file = tmp_path / "bad.yaml"
    file.write_text("services: [{kind: sqs-queue, name: a}]\ntraffic: {orders_per_s: -1}\n")

    assert main(["pipeline", str(file)]) == 2
    assert "to mend" in capsys.readouterr().err
    assert main(["pipeline", str(file), "--set", "nonsense"]) == 2


def test_log_and_seconds_are_tables():
    flow = run(Pipeline.read(ORDERS).with_("duration_s", 20))

    seconds = list(csv.DictReader(io.StringIO(seconds_csv(flow))))
    assert len(seconds) == 21 * len(flow.boxes)
    assert int(seconds[-1]["offered"]) == int(flow.of("offered", "live")[-1])
    assert log_csv(flow).splitlines()[0] == "at_s,what,box,value,reason"
    assert len(log_csv(flow).splitlines()) == len(flow) + 1
