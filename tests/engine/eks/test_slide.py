"""Slide S30, cell by cell: what held at the talk, what holds today, and since when it does not."""

import pytest

from engine import ScenarioError, catalog
from engine.eks import COLUMNS, ROWS, ChargeAsk, NodeAsk, TableAsks, UpdateAsk, cell, enact, rules, table
from engine.era import ERAS, day, existed
from engine.errors import CatalogError

FARGATE, MANAGED, UNMANAGED, AUTO = COLUMNS


def keys(found):
    return [step.key.split(".", 2)[2] for step in found.steps]


# The talk's map, by hand: row by row Fargate then and now, managed nodes then and now, unmanaged then and now.
@pytest.mark.parametrize(
    ("row", "fargate", "managed", "unmanaged"),
    [
        ("work",      ("holds", "holds"), ("holds", "holds"),   ("holds", "holds")),
        ("charge",    ("holds", "holds"), ("holds", "holds"),   ("holds", "holds")),
        ("lifecycle", ("holds", "holds"), ("half", "half"),     ("holds", "holds")),
        ("ami",       ("holds", "holds"), ("holds", "changed"), ("holds", "holds")),
        ("pods",      ("holds", "holds"), ("holds", "holds"),   ("holds", "holds")),
    ],
)  # fmt: skip
def test_does_the_slide_hold(row, fargate, managed, unmanaged):
    found = [tuple(cell(row, column, era).status for era in ERAS) for column in (FARGATE, MANAGED, UNMANAGED)]

    assert found == [fargate, managed, unmanaged]


def test_only_vetted_amis_became_wrong_in_august_2020():
    found = cell("ami", MANAGED, "today")

    assert found.says == ("vetted",)
    assert found.words == ("byo", "vetted")
    assert found.changed_on == "2020-08"
    assert "Aug 2020" in catalog.fact("eks.mng.custom_ami").changed_since_talk


def test_the_slide_forgot_who_presses_the_button():
    found = cell("lifecycle", MANAGED, "talk")

    assert set(found.words) - set(found.says) == {"you_start"}
    assert found.changed_on == "", "nothing changed: it was so already"


@pytest.mark.parametrize(("row", "words"), [
    ("work", ("ec2_seen", "pod")), ("charge", ("ec2", "fee")), ("lifecycle", ("aws",)), ("ami", ("locked",)), ("pods", ("many",)),
])  # fmt: skip
def test_the_fourth_column_answers_where_the_slide_is_silent(row, words):
    found = cell(row, AUTO, "today")

    assert (found.status, found.says, found.words) == ("unsaid", (), words)
    assert cell(row, AUTO, "talk").status == "absent"
    assert cell(row, AUTO, "talk").words == ()


def test_five_rows_in_the_slides_order_with_four_cells_each():
    for era in ERAS:
        found = table(era)

        assert [(row.number, row.name) for row in found] == list(enumerate(ROWS, 1))
        assert all([one.column for one in row.cells] == list(COLUMNS) for row in found)


def test_duties_and_answers_say_the_same_of_the_hosts():
    """Whoever patches by the facts is whom the table names."""
    who = {column: rules.column_duties(column)["host_os_patching"] for column in COLUMNS}

    assert who == {FARGATE: "aws", MANAGED: "shared", UNMANAGED: "customer", AUTO: "aws"}
    assert {"aws", "you_start"} <= set(cell("lifecycle", MANAGED, "today").words), "shared: both have a part"


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("era", ERAS)
def test_every_cell_can_be_acted_out(row, column, era):
    found = enact(row, column, era)
    exists = existed(rules.column_since(column), day(era))

    assert (found.verdict == "absent") == (not exists)
    assert bool(found.steps) == exists
    assert [step.at_s for step in found.steps] == sorted(step.at_s for step in found.steps)
    assert found == enact(row, column, era), "the same story every time"
    assert set(found.facts) <= set(catalog.facts())
    assert set(found.notes) <= set(catalog.notes("eks"))
    assert found.facts


# --- the stories ---


def test_every_bill_has_the_line_that_the_slide_leaves_out():
    lines = {column: enact("charge", column, "today") for column in COLUMNS}

    for found in lines.values():
        assert keys(found)[-1] == "cluster"
        assert found.steps[-1].values["usd"].value == pytest.approx(73)
    # ten pods of half a vCPU and a gigabyte: 10 x (0.5 vCPU, 2 GB); four m5.large that hold three each
    assert lines[FARGATE].reason.values["total"].value == pytest.approx(73 + 10 * 730 * (0.5 * 0.04048 + 2 * 0.004445))
    assert lines[MANAGED].reason.values["total"].value == pytest.approx(73 + 4 * 730 * 0.096)
    assert lines[AUTO].reason.values["total"].value == pytest.approx(73 + 4 * 730 * 0.096 * 1.12)
    assert lines[UNMANAGED].reason == lines[MANAGED].reason, "managed nodes cost nothing on top"


def test_a_pod_too_large_for_fargate_still_pays_the_cluster():
    found = enact(
        "charge",
        FARGATE,
        "today",
        TableAsks(charge=ChargeAsk(cpu_m=2000, memory_mib=122_880, instance_type="r5.8xlarge")),
    )

    assert keys(found) == ["asked", "no_size", "cluster"]


def test_pods_that_no_node_holds_are_the_readers_to_mend():
    asks = TableAsks(charge=ChargeAsk(cpu_m=8000, instance_type="m5.large"))

    with pytest.raises(ScenarioError, match="no node holds a single pod"):
        enact("work", MANAGED, "today", asks)
    with pytest.raises(ScenarioError, match="no instance type is called so"):
        enact("pods", MANAGED, "today", TableAsks(node=NodeAsk(instance_type="m5.moon")))


@pytest.mark.parametrize(("column", "may_leave", "force", "end", "last_day"), [
    (FARGATE,   1, False, "evicts",      0),
    (FARGATE,   0, False, "deletes",     3),   # the budget only delays it
    (FARGATE,   0, True,  "deletes",     3),
    (MANAGED,   1, False, "done",       10),
    (MANAGED,   0, False, "failed",     10),   # fifteen minutes later: nothing is patched
    (MANAGED,   0, True,  "done",       10),
    (UNMANAGED, 1, False, "done",       10),
    (UNMANAGED, 0, False, "waits",      11),   # kubectl asks on and on
    (UNMANAGED, 0, True,  "done",       10),
    (AUTO,      1, False, "replaced",    1),
    (AUTO,      0, False, "ends_anyway", 6),   # six nodes, one a day
])  # fmt: skip
def test_a_budget_that_lets_nobody_go_ends_differently_everywhere(column, may_leave, force, end, last_day):
    found = enact("lifecycle", column, "today", TableAsks(update=UpdateAsk(may_leave=may_leave, force=force)))

    assert keys(found)[-1] == end
    assert found.steps[-1].at_s // 86_400 == last_day
    assert found.steps[-1].at_s <= 21 * 86_400, "nothing of AWS's lives longer"


def test_prefixes_had_not_come_at_the_talk():
    asks = TableAsks(node=NodeAsk(cpu_m=10, memory_mib=16, prefixes=True))
    then, now = (enact("pods", MANAGED, era, asks) for era in ERAS)

    assert "no_prefixes" in keys(then)
    assert (then.reason.values["n"], now.reason.values["n"]) == (26, 107)


def test_auto_mode_stops_at_110_where_a_managed_node_goes_on():
    asks = TableAsks(node=NodeAsk(instance_type="m5.16xlarge", cpu_m=10, memory_mib=16, prefixes=True, pods=1000))
    managed, auto = (enact("pods", column, "today", asks).reason.values["n"] for column in (MANAGED, AUTO))

    assert (managed, auto) == (247, 107)


# --- the table's own file ---


def test_notes_are_sourced_as_facts_are_and_every_one_is_cited():
    notes, rows = catalog.notes("eks"), catalog.table("eks")
    cited = {name for row in ROWS for name in rules.rests_on(row)[1]}
    cited |= {name for stop in rows["stops"].values() for name in stop.get("notes", ())}
    cited |= set(rows["prefix_delegation"]["notes"]) | set(rows["versions"]["notes"])

    assert set(notes) == cited
    for name, note in notes.items():
        assert note.says_es, name
        assert note.basis == "assumed" or note.link or "botocore" in note.source, name


def test_dates_from_memory_are_marked_so():
    note = catalog.notes("eks")["table.eks_since"]

    assert note.basis == "assumed"
    assert note.value["launch_templates"] == cell("ami", MANAGED, "today").changed_on
    assert (
        catalog.value("eks.launched", "auto")
        == rules.column_since(AUTO)
        == catalog.table("eks")["stops"][AUTO]["since"]
    )
    assert note.value["prefix_delegation"] == catalog.table("eks")["prefix_delegation"]["since"]
    assert note.value["hybrid"] == catalog.table("eks")["stops"]["hybrid"]["since"]


def test_what_is_wrong_in_the_file_is_our_bug():
    with pytest.raises(CatalogError, match="nobody wrote down"):
        rules.ids({"notes": ["table.moon"]}, "notes")
    with pytest.raises(CatalogError, match="layers are needed"):
        rules.duties("eks.price.standard")
    with pytest.raises(CatalogError, match="a number is needed"):
        rules.note("table.eks_hybrid")
