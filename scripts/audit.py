"""Hold the pinned packages against what is known to be wrong with them: `python scripts/audit.py requirements.lock`.

With a network, pip-audit asks for each; it is installed into a folder of its own, so that what is pinned stays as it is.
Without one, `--advisories` names a stored copy of the OSV records for PyPI: the zip as OSV publishes it, a folder, or a file.

Exit code 0: every package was looked up, and nothing is known. 1: something is known. 2: nobody could be asked.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

FINE, KNOWN, UNASKED = 0, 1, 2
PATIENCE_S = 600
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


class Unasked(Exception):  # noqa: N818 - it is an outcome
    """Nobody could be asked: the message says why."""


def pins(text: str) -> dict[str, str]:
    r"""Read names and versions out of a lock file.

    >>> pins("Some_Package==1.2.3 \\\n    --hash=sha256:00\n# other==1\n")
    {'some-package': '1.2.3'}
    """
    return {plain(name): version for name, version in _PIN.findall(text)}


def plain(name: str) -> str:
    """Write a package's name as the index does."""
    return re.sub(r"[-_.]+", "-", name).lower()


# --- a stored copy ----------------------------------------------------------------------------------------------------------


def records(source: Path) -> Iterator[dict[str, Any]]:
    """Read OSV records: of a zip, a folder, or one JSON file that holds one or a list. Raises Unasked where there are none."""
    try:
        if source.is_dir():
            texts = [path.read_text(encoding="utf-8") for path in sorted(source.rglob("*.json"))]
        elif zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as packed:
                texts = [packed.read(name).decode() for name in packed.namelist() if name.endswith(".json")]
        else:
            texts = [source.read_text(encoding="utf-8")]
        found = [one for text in texts for one in _listed(json.loads(text))]
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise Unasked(f"{source} cannot be read: {error}") from error
    if not found or not all(isinstance(one, dict) and "id" in one for one in found):
        raise Unasked(f"{source} holds no OSV records")
    return iter(found)


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def stored(pinned: dict[str, str], source: Path) -> list[str]:
    """Give what a stored copy knows of the pinned versions, a line each."""
    return sorted(
        f"{name} {pinned[name]}: {record['id']} {record.get('summary', '')}".rstrip()
        for record in records(source)
        if not record.get("withdrawn")
        for affected in record.get("affected", ())
        if affected.get("package", {}).get("ecosystem") == "PyPI"
        and (name := plain(affected["package"]["name"])) in pinned
        and concerns(affected, pinned[name])
    )


def concerns(affected: dict[str, Any], version: str) -> bool:
    """Say whether a record's list or one of its ranges holds a version. A version that cannot be ordered is held by its name alone.

    >>> span = {"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]}]}
    >>> concerns(span, "1.1.9"), concerns(span, "1.2"), concerns({"versions": ["2.0"]}, "2.0")
    (True, False, True)
    """
    if version in affected.get("versions", ()):
        return True
    return any(
        _is_in(one.get("events", ()), version) for one in affected.get("ranges", ()) if one.get("type") == "ECOSYSTEM"
    )


def _is_in(events: Any, version: str) -> bool:
    """Walk a range's events in their order: each changes whether the versions from it on are concerned."""
    try:
        here = Version(version)
        steps = sorted(
            (Version("0" if at == "0" else at), what)
            for event in events
            for what, at in event.items()
            if what != "limit"
        )
    except InvalidVersion:
        return False
    inside = False
    for at, what in steps:
        if here > at or (here == at and what != "last_affected"):
            inside = what == "introduced"
    return inside


# --- over the network -------------------------------------------------------------------------------------------------------


def asked(lock: Path, folder: Path) -> list[str]:
    """Let pip-audit ask for each pinned package. Raises Unasked where it cannot be had, or gets no answer."""
    tool = folder / ("Scripts" if sys.platform == "win32" else "bin") / "pip-audit"
    if not tool.exists():
        venv.create(folder, with_pip=True)
        _run(
            [str(tool.parent / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pip-audit"]
        )
    told = _run([
        str(tool), "--requirement", str(lock), "--disable-pip", "--no-deps", "--format", "json", "--progress-spinner", "off",
    ])  # fmt: skip
    try:
        found = json.loads(told.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        raise Unasked(f"pip-audit got no answer:\n{told.stderr[-1_000:]}") from None
    if left := [one["name"] for one in found if "skip_reason" in one]:
        raise Unasked(f"pip-audit could not look up {', '.join(left)}")
    return sorted(f"{one['name']} {one['version']}: {bad['id']}" for one in found for bad in one["vulns"])


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a tool; what it says of itself decides, not its exit code: pip-audit has one for "found" and "failed"."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)  # noqa: S603 - ours
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unasked(f"{Path(command[0]).name} cannot be run: {error}") from error
    if done.returncode and "install" in command:
        raise Unasked(f"pip-audit cannot be installed:\n{done.stderr[-1_000:]}")
    return done


def main(arguments: list[str] | None = None) -> int:
    """Read the options, ask, and say what came of it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("lock", type=Path)
    options.add_argument("--advisories", type=Path, help="a stored copy of the OSV records for PyPI")
    options.add_argument("--tools", type=Path, default=Path(".venv/audit"), help="where pip-audit is installed")
    given = options.parse_args(arguments)
    pinned = pins(given.lock.read_text(encoding="utf-8"))
    try:
        if not pinned:
            raise Unasked(f"{given.lock} pins nothing")  # noqa: TRY301 - told as all the others are
        known = stored(pinned, given.advisories) if given.advisories else asked(given.lock, given.tools)
    except Unasked as why:
        print(f"NOT AUDITED: {why}", file=sys.stderr)
        print("Without a network: make audit ADVISORIES=all.zip, the PyPI records that OSV publishes.", file=sys.stderr)
        return UNASKED
    print("\n".join(known) or f"{len(pinned)} packages of {given.lock}: nothing is known against them")
    return KNOWN if known else FINE


if __name__ == "__main__":
    sys.exit(main())
