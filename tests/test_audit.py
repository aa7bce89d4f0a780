"""The audit: what a stored copy knows of a pinned version is told, and not to have been able to ask is no "all is well"."""

import importlib.util
import json
import subprocess
import sys
import zipfile

import pytest

OLD = "PYSEC-1"


@pytest.fixture(scope="module")
def audit(root):
    spec = importlib.util.spec_from_file_location("audit", root / "scripts" / "audit.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "requirements.lock"
    path.write_text(
        "# made by hand\nLeft.Pad==1.5.0 ; python_version < '4' \\\n    --hash=sha256:00\nright-pad[x]==2.0\n",
        encoding="utf-8",
    )
    return path


def record(name="left-pad", id_=OLD, **more):
    events = [{"introduced": "0"}, {"fixed": "1.5.1"}, {"introduced": "1.7"}, {"last_affected": "1.8"}]
    ranges = [{"type": "ECOSYSTEM", "events": events}]
    return {
        "id": id_,
        "summary": "It pads.",
        "affected": [{"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges} | more],
    }


def wrote(path, found):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as packed:
            for one in found:
                packed.writestr(f"{one['id']}.json", json.dumps(one))
    else:
        path.write_text(json.dumps(found), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["all.zip", "all.json"])
def test_a_stored_copy_tells_what_is_known(audit, lock, tmp_path, capsys, name):
    stored = wrote(tmp_path / name, [record(), record("another", "PYSEC-2")])

    assert audit.main([str(lock), "--advisories", str(stored)]) == audit.KNOWN == 1
    assert capsys.readouterr().out == "left-pad 1.5.0: PYSEC-1 It pads.\n"


def test_nothing_known_is_said_with_how_many_were_looked_up(audit, lock, tmp_path, capsys):
    stored = wrote(tmp_path / "all.zip", [record("another")])

    assert audit.main([str(lock), "--advisories", str(stored)]) == audit.FINE == 0
    assert capsys.readouterr().out.startswith("2 packages of ")


@pytest.mark.parametrize(("version", "is_known"), [
    ("0.1", True), ("1.5.0", True), ("1.5.1", False), ("1.6", False), ("1.7", True), ("1.8", True), ("1.8.1", False), ("1.5.1rc1", True),
    ("odd!", False),
])  # fmt: skip
def test_a_range_is_open_and_closed_as_osv_writes_it(audit, version, is_known):
    assert audit.concerns(record()["affected"][0], version) is is_known


def test_a_withdrawn_record_and_another_ecosystem_are_no_finding(audit, lock, tmp_path):
    npm = record()
    npm["affected"][0]["package"]["ecosystem"] = "npm"
    stored = wrote(tmp_path / "all.json", [record() | {"withdrawn": "2026-01-01T00:00:00Z"}, npm])

    assert audit.main([str(lock), "--advisories", str(stored)]) == audit.FINE


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": 1', "[1]"])
def test_a_copy_that_holds_nothing_is_no_all_clear(audit, lock, tmp_path, capsys, text):
    (tmp_path / "all.json").write_text(text, encoding="utf-8")

    assert audit.main([str(lock), "--advisories", str(tmp_path / "all.json")]) == audit.UNASKED == 2
    assert audit.main([str(lock), "--advisories", str(tmp_path / "none.zip")]) == audit.UNASKED
    assert "NOT AUDITED" in capsys.readouterr().err


@pytest.mark.parametrize(("said", "code"), [
    ({"dependencies": [{"name": "left-pad", "version": "1.5.0", "vulns": []}]}, 0),
    ({"dependencies": [{"name": "left-pad", "version": "1.5.0", "vulns": [{"id": OLD}]}]}, 1),
    ({"dependencies": [{"name": "left-pad", "skip_reason": "not found"}]}, 2),
    ("no route to host", 2),
])  # fmt: skip
def test_what_pip_audit_says_decides_and_not_how_it_ends(audit, lock, tmp_path, said, code):
    tool = tmp_path / "tools" / "bin" / "pip-audit"
    tool.parent.mkdir(parents=True)
    tool.write_text(
        f"#!{sys.executable}\nimport sys\nprint({(json.dumps(said) if isinstance(said, dict) else said)!r})\nsys.exit(1)\n",
        encoding="utf-8",
    )
    tool.chmod(0o755)

    assert audit.main([str(lock), "--tools", str(tmp_path / "tools")]) == code


def test_our_own_lock_is_read_whole(audit, root):
    text = (root / "requirements.lock").read_text(encoding="utf-8")

    assert len(audit.pins(text)) == sum(line[:1].isalnum() for line in text.splitlines())
    assert {"streamlit", "sqlalchemy", "numpy"} <= set(audit.pins(text))


def test_it_runs_as_make_runs_it(root, tmp_path, lock):
    stored = wrote(tmp_path / "all.json", [record()])
    told = subprocess.run(
        [sys.executable, "scripts/audit.py", str(lock), "--advisories", str(stored)], cwd=root, capture_output=True, text=True, check=False
    )  # fmt: skip

    assert (told.returncode, told.stdout) == (1, "left-pad 1.5.0: PYSEC-1 It pads.\n")
