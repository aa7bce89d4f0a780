"""The rooms fit together: who may import whom, what lies where, and what a clone needs is in it."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TOP = {"app.py", "pyproject.toml", "pages", "engine", "data", "tests"}
NAMELESS = {"utils.py", "helpers.py", "common.py", "manager.py", "misc.py"}
FOR_PAGES = {"engine.metrics", "engine.pricing", "engine.frames", "engine.catalog", "engine.errors", "engine.scenario"}


def files(root):
    """Give what is, or would be, committed; in a copy without git, what lies here."""
    git = shutil.which("git")
    if git and (root / ".git").exists():
        listed = subprocess.run(
            [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        found = [root / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in root.rglob("*") if not {".venv", "__pycache__"} & set(path.parts)]
    return [path for path in found if path.is_file()]


def imports(path):
    """Give the modules that a file imports, at the top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def tops(path):
    return {name.split(".")[0] for name in imports(path)}


# --- arrows ---


def test_import_linter_keeps_its_contracts(root):
    kept = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert kept.returncode == 0, kept.stdout + kept.stderr


def test_the_engine_uses_its_few_tools_only(root):
    allowed = sys.stdlib_module_names | {"engine", "numpy", "numba", "simpy", "pydantic", "pydantic_core", "yaml"}
    also = {"frames.py": {"pandas", "pyarrow"}, "bench.py": {"ciw"}}
    for path in (root / "engine").rglob("*.py"):
        # ECS's own model of a definition, and Kubernetes' own schemas.
        reads_designs = {"botocore", "jsonschema", "referencing"} if "importers" in path.parts else set()
        # Many runs: shared out to processes and clusters, kept as Parquet.
        shares_out = {"joblib", "distributed", "pyarrow"} if path.parent.name == "sweep" else set()
        mine = also.get(path.name, set()) | reads_designs | shares_out
        assert tops(path) <= allowed | mine, path.relative_to(root)


def test_pandas_stays_at_the_engines_door(root):
    for path in (root / "engine").rglob("*.py"):
        assert path.name == "frames.py" or "pandas" not in tops(path), path.relative_to(root)


def test_only_the_catalog_opens_data_files(root):
    for path in (root / "engine").rglob("*.py"):
        # bench and grow ask the system for their memory; schemas are another package's data; a sweep's store keeps results
        if path.name in {"catalog.py", "__main__.py", "bench.py", "grow.py", "schemas.py", "store.py"}:
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bopen\(|\.read_text\(|\.read_bytes\(", text), path.relative_to(root)


def test_figures_and_furniture_keep_apart(root):
    for path in (root / "pages" / "figures").rglob("*.py"):
        assert not tops(path) & {"streamlit", "simpy"}, path.relative_to(root)
        assert not any(name.startswith("pages.parts") for name in imports(path)), path.relative_to(root)
    for path in (root / "pages" / "parts").rglob("*.py"):
        assert not tops(path) & {"plotly", "simpy", "numba"} or _asks_only_where(path), path.relative_to(root)


def _asks_only_where(path):
    """Allow the charts' component to ask where plotly.js lies in the installed package, and nothing else."""
    return path.parent.name == "charts" and "plotly.graph_objects" not in imports(path)


def test_a_page_does_no_arithmetic(root):
    for path in (root / "pages").glob("*.py"):
        assert not tops(path) & {"numpy", "pandas", "plotly", "simpy", "numba"}, path.name
        inside = {name for name in imports(path) if name.startswith("engine.") and name.count(".") == 1}
        modules = {name for name in inside if (root / f"{name.replace('.', '/')}.py").exists()}
        packages = {name for name in inside if (root / name.replace(".", "/")).is_dir()}
        assert modules <= FOR_PAGES, path.name
        assert not packages, path.name


def calls(path):
    """Give the names of the functions that a file calls."""
    found = (node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return {func.id for func in found if isinstance(func, ast.Name)}


def test_every_room_that_asks_for_a_guess_keeps_it(root):
    asking = [path for path in (root / "pages").rglob("*.py") if "guessed" in calls(path)]

    assert len(asking) > 20
    assert [str(path.relative_to(root)) for path in asking if "lock" not in calls(path)] == []


# --- what lies where ---


def test_the_top_level_is_as_agreed(root):
    assert {name for name in TOP if not (root / name).exists()} == set()


def test_data_holds_no_code_and_nothing_is_called_nothing(root):
    for path in files(root):
        place = path.relative_to(root)
        assert not (place.parts[0] == "data" and path.suffix == ".py"), place
        assert path.name not in NAMELESS, place


def test_a_page_is_called_as_the_navigation_calls_it(root):
    from engine import catalog

    chapters = {key.removeprefix("common.nav.") for key in catalog.texts("en") if key.startswith("common.nav.")}
    pages = {path.stem for path in (root / "pages").glob("*.py")} - {"tour", "__init__"}

    assert pages
    assert pages <= chapters


def test_nothing_committed_names_the_machine_it_was_made_on(root):
    # "shared" is looked for beside the checkout, never at an absolute place.
    here = re.compile(
        r"(?<![\w.])/(?:work|root|home)/|/tmp/q\b|/opt/(?:wheels|pypi)|[a-z]+\.pythonhosted\.org|registry\.npm"
    )
    for path in files(root):
        place = path.relative_to(root)
        if path.suffix in {".png", ".webp", ".woff2", ".ico"} or place == Path(__file__).relative_to(root):
            continue
        assert not here.search(path.read_text(encoding="utf-8")), place


# --- what a clone needs ---


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_everything_and_names_no_registry(root, name):
    text = (root / name).read_text()

    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    pins = re.findall(r"^([a-z0-9-]+)==\S+ ?(?:;[^\\]*)?\\$", text, re.MULTILINE)
    assert set(pins) >= {"streamlit", "plotly", "numba", "simpy", "pydantic", "babel"}
    assert text.count("--hash=sha256:") >= len(pins)


def test_the_developers_lock_holds_all_of_the_other_one(root):
    def pinned(name):
        return set(re.findall(r"^\S+==[^\\]+", (root / name).read_text(), re.MULTILINE))

    assert pinned("requirements.lock") <= pinned("requirements-dev.lock")


def test_every_dependency_is_locked(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    locked = (root / "requirements-dev.lock").read_text()
    for wanted in project["dependencies"] + project["optional-dependencies"]["dev"]:
        name = re.split(r"[<>=\[]", wanted)[0]
        assert re.search(rf"^{re.escape(name)}==", locked, re.MULTILINE), name


def test_streamlit_knows_every_setting(root):
    from streamlit import config

    known = config.get_config_options()
    settings = tomllib.loads((root / ".streamlit" / "config.toml").read_text())
    for section, options in settings.items():
        for option, found in options.items():
            name = f"{section}.{option}"
            if isinstance(found, dict):
                assert all(f"{name}.{inner}" in known for inner in found), name
            else:
                assert name in known, name


def test_the_typeface_and_the_mark_are_here_and_fetch_nothing(root):
    assert (root / "pages" / "static" / "source-sans-3-latin-wght-normal.woff2").stat().st_size > 20_000
    assert "SIL OPEN FONT LICENSE" in (root / "pages" / "static" / "OFL-source-sans-3.txt").read_text()
    mark = (root / "pages" / "static" / "favicon.svg").read_text()
    assert re.findall(r"https?://\S+?[\"']", mark) == ['http://www.w3.org/2000/svg"']


@pytest.mark.parametrize("script", [".ci/run", "scripts/make_venv.sh", "scripts/find_chromium.sh"])
def test_scripts_are_sound(root, script):
    path = root / script
    checked = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stderr
    assert path.read_text().splitlines()[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in path.read_text()
    assert path.stat().st_mode & 0o100


def test_every_open_chapter_has_a_course():
    from engine import catalog
    from pages.parts.chapter import OPEN

    assert sorted(set(OPEN) - set(catalog.courses())) == []


def test_no_select_is_left_to_streamlits_own_english_words(root):
    calls = [
        (path, node)
        for path in sorted((root / "pages").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"selectbox", "multiselect"}
    ]

    assert len(calls) > 5
    assert [
        f"{path.name}:{node.lineno}" for path, node in calls if "placeholder" not in {w.arg for w in node.keywords}
    ] == []
