"""A sweep's folder: what is done stays done, through kill -9 and a loss of power, and belongs to one plan alone.

    plan.json             what the results follow from, and its digest
    batches/0000017.parquet   what one worker handed in
    runs.parquet, summary.parquet, differences.parquet   at the end

A file is there whole or not at all: it is written under another name, brought to the disk, and then renamed.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.errors import Problem, ScenarioError
from engine.sweep import tables
from engine.sweep.measured import Floats
from engine.sweep.plan import Batch, Plan
from engine.sweep.results import Results
from engine.sweep.spread import differences, summary

_WORDS = {
    "scenario": "another scenario",
    "grid": "another grid",
    "replications": "another number of replications",
    "seeds": "other seeds",
    "variants": "other variants",
    "runs_in_a_batch": "batches of another size",
    "made_with": "another version of the engine or of what it stands on",
}
_UNFINISHED = ".unfinished"
_LOCK = ".lock"


class Store:
    """What is kept of one plan in one folder. Make it with `opened`."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self._batches = folder / "batches"

    def kept(self) -> Iterator[tuple[Batch, Floats]]:
        """Yield the batches that are done. A file that is damaged counts as not there: its batch is played again."""
        for batch in self.plan.batches:
            path = self._path(batch)
            if path.exists():
                rows = tables.rows_of(self.plan, batch, path.read_bytes())
                if rows is not None:
                    yield batch, rows

    def keep(self, batch: Batch, rows: Floats) -> None:
        """Keep a batch: when this returns, it is on the disk."""
        self._write(self._path(batch), tables.batch(self.plan, batch, rows))

    def finish(self, results: Results) -> None:
        """Write the three tables."""
        self._write(self.folder / "summary.parquet", tables.summary(summary(results)))
        self._write(self.folder / "differences.parquet", tables.differences(differences(results)))
        self._write(self.folder / "runs.parquet", tables.runs(results))

    def _write(self, path: Path, table: Any) -> None:
        try:
            _write(path, tables.written(table))
        except OSError as error:
            came = error.strerror or "an error"
            raise _refused(self.folder, came, "room, and leave to write", "cannot keep what is done") from None

    def _path(self, batch: Batch) -> Path:
        return self._batches / f"{batch.number:07}.parquet"

    def begin(self) -> None:
        """Take the folder for this plan, and clear away what a killed writer left."""
        self.refuse_others()
        note = self.folder / "plan.json"
        if not note.exists():
            told = self.plan.said | {"digest": self.plan.digest}
            _write(note, (json.dumps(told, indent=1, sort_keys=True) + "\n").encode())
        self._batches.mkdir(exist_ok=True)
        for path in [*self.folder.glob(f"*{_UNFINISHED}"), *self._batches.glob(f"*{_UNFINISHED}")]:
            path.unlink()

    def refuse_others(self) -> None:
        """Errors: ScenarioError if the folder holds another plan, or something else."""
        note = self.folder / "plan.json"
        if note.exists():
            self._refuse_another(note.read_bytes())
            return
        names = sorted(path.name for path in self.folder.iterdir())
        strangers = [name for name in names if name != _LOCK and not name.endswith(_UNFINISHED)]
        if strangers:
            came = ", ".join(strangers[:3]) + (" …" if len(strangers) > 3 else "")
            raise _refused(self.folder, came, "an empty folder, or one of a sweep", "the folder holds something else")

    def _refuse_another(self, content: bytes) -> None:
        try:
            found = json.loads(content)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise _refused(
                self.folder, "plan.json that cannot be read", "the plan of a sweep", "the folder holds something else"
            )
        mine: dict[str, Any] = json.loads(json.dumps(self.plan.said))
        if found.get("digest") == self.plan.digest:
            return
        other = [name for name in _WORDS if found.get(name) != mine[name]]
        if len(other) > 1 and "variants" in other:
            other.remove("variants")  # they follow from what else is another
        raise ScenarioError(
            Problem(
                str(self.folder),
                _short(found.get(name)),
                _short(mine[name]),
                f"the folder holds a sweep of {_WORDS[name]}",
            )
            for name in other
        )


@contextmanager
def opened(plan: Plan, folder: Path) -> Iterator[Store]:
    """Open a folder for one plan and one process. Errors: ScenarioError where it cannot be had."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        store = Store(plan, folder)
        store.refuse_others()  # before anything is written there
        lock = (folder / _LOCK).open("wb")
    except OSError as error:
        raise _refused(
            folder, error.strerror or "an error", "a folder that can be written", "cannot keep anything there"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # given back by the system, however this process ends
        except OSError:
            raise _refused(folder, "a sweep that runs", "one at a time", "another process is writing there") from None
        store.begin()
        yield store


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and wait until it is on the disk."""
    unfinished = path.with_name(path.name + _UNFINISHED)
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    place = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(place)  # the new name too
    finally:
        os.close(place)


def _refused(folder: Path, came: str, allowed: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(str(folder), came, allowed, message)])


def _short(value: object) -> str:
    """Show a part of a plan in few words."""
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= 160 else text[:157] + "…"
