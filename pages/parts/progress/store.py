"""The store of answers: SQLite in a file, or PostgreSQL where DATABASE_URL says so.

An answer that `add` has taken is on disk: SQLite writes ahead and syncs at each commit, PostgreSQL does so by itself.
Whoever holds a visitor's token sees that visitor's answers and nobody else's; the store itself knows only the token's hash.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from pages.parts.progress.records import MOST, Answer

FILE = "progress.sqlite3"
KEPT = timedelta(days=366)  # a visitor who does not come for longer is forgotten
# By so much the machine's clock may differ from the last visit that the store knows, before it is doubted.
TRUSTED = timedelta(days=2)
PATIENCE_S = 10.0  # so long a write waits for others

_log = logging.getLogger("quayside.progress")
_tables = sa.MetaData()
_visitors = sa.Table(
    "visitor", _tables,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("seen", sa.String(32), nullable=False, index=True),
)  # fmt: skip
_answers = sa.Table(
    "answer", _tables,
    sa.Column("visitor", sa.String(64), sa.ForeignKey("visitor.hash", ondelete="CASCADE"), primary_key=True),
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("what", sa.String(120), nullable=False),
    sa.Column("answer", sa.String(400), nullable=False),
    sa.Column("right", sa.Boolean),
    sa.Column("sure", sa.Integer),
)  # fmt: skip
_COLUMNS = tuple(name for name in _answers.columns.keys() if name != "visitor")  # noqa: SIM118 - not a dict


class StoreError(Exception):
    """The store cannot be read or written now; what was to be written must be kept elsewhere."""


class Store:
    """Answers by visitor. Every method raises StoreError where the database does not answer."""

    def __init__(self, url: str) -> None:
        """Open it, and make its tables where they are missing. A SQLite file that is none is set aside, and a new one begun."""
        self.is_file = url.startswith("sqlite")
        # One process writes one file: its writers wait for each other here, and for other processes in the database.
        self._writing = threading.Lock()
        arguments: dict[str, Any] = {"timeout": PATIENCE_S} if self.is_file else {"connect_timeout": int(PATIENCE_S)}
        pool: dict[str, Any] = {} if self.is_file else {"pool_pre_ping": True, "pool_size": 20, "max_overflow": 0}
        self.engine = sa.create_engine(url, connect_args=arguments, **pool)
        if self.is_file:
            sa.event.listen(self.engine, "connect", _careful)
            sa.event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        self._making = threading.Lock()
        self._made: object = None  # what the tables were made in
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    # --- what is asked of it ---------------------------------------------------------------------------------------------

    def add(self, visitor: str, answers: Iterable[Answer]) -> int:
        """Write answers, all or none; say how many were new. Once this returns they are on disk. visitor: the token's hash.

        An answer that is there already (an import, a second try) is not written again. No visitor has more than `MOST`.
        """
        rows = [{"visitor": visitor, **answer.model_dump()} for answer in answers]
        if not rows:
            return 0
        with self._writing if self.is_file else _nobody(), self._begin() as connection:
            self._saw(connection, visitor)
            held = connection.execute(sa.select(sa.func.count()).where(_answers.c.visitor == visitor)).scalar_one()
            new = self._insert(_answers).on_conflict_do_nothing().returning(_answers.c.id)
            return sum(len(connection.execute(new.values(row)).all()) for row in rows[: max(0, MOST - held)])

    def of(self, visitor: str) -> list[Answer]:
        """Give a visitor's answers, oldest first."""
        with self._begin() as connection:
            asked = sa.select(*(_answers.c[name] for name in _COLUMNS)).where(_answers.c.visitor == visitor)
            found = connection.execute(asked.order_by(_answers.c.at, _answers.c.id)).mappings().all()
        return [Answer.model_validate(dict(row)) for row in found]

    def forget(self, visitor: str) -> int:
        """Delete everything about a visitor; say how many answers that were."""
        with self._writing if self.is_file else _nobody(), self._begin() as connection:
            gone = connection.execute(sa.delete(_answers).where(_answers.c.visitor == visitor)).rowcount
            connection.execute(sa.delete(_visitors).where(_visitors.c.hash == visitor))
        return gone

    def sweep(self, now: datetime | None = None) -> int:
        """Forget who has not been here for a year; say how many visitors that were.

        The year ends no later than `TRUSTED` after the last visit of anybody: a machine that starts with a clock far ahead forgets
        nobody. So who came last of all is forgotten once somebody else has come.
        """
        with self._writing if self.is_file else _nobody(), self._begin() as connection:
            newest = self._newest(connection)
            if newest is None:
                return 0
            last = (min(now or self.now(), newest + TRUSTED) - KEPT).isoformat()
            gone = sa.select(_visitors.c.hash).where(_visitors.c.seen < last)
            connection.execute(sa.delete(_answers).where(_answers.c.visitor.in_(gone)))
            return connection.execute(sa.delete(_visitors).where(_visitors.c.seen < last)).rowcount

    # --- how -------------------------------------------------------------------------------------------------------------

    def _saw(self, connection: sa.Connection, visitor: str) -> None:
        # A clock that is years behind would have its visitors forgotten once it is right again.
        newest = self._newest(connection)
        now = max(self.now(), newest - TRUSTED) if newest else self.now()
        seen = self._insert(_visitors).values(hash=visitor, seen=now.isoformat())
        connection.execute(seen.on_conflict_do_update(index_elements=["hash"], set_={"seen": now.isoformat()}))

    def _newest(self, connection: sa.Connection) -> datetime | None:
        """Give the moment of the last visit of anybody; None where nobody came yet."""
        found = connection.execute(sa.select(sa.func.max(_visitors.c.seen))).scalar()
        return datetime.fromisoformat(found) if found else None

    def _insert(self, table: sa.Table) -> Any:
        return sqlite.insert(table) if self.is_file else postgresql.insert(table)

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        """Begin a transaction, and end it well or not at all."""
        try:
            if self._made is None or self._made != self._place():
                with self._making:
                    if self._made is None or self._made != self._place():  # another thread may have been here first
                        self._make()
            with self.engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            if isinstance(error, DatabaseError) and _is_broken(error):
                self._made = None  # looked into before anything else is done with it
            raise StoreError(type(error).__name__) from error

    def _place(self) -> object:
        """Tell one file from another of its name: whoever writes into a file that was deleted writes into nothing."""
        if not self.is_file:
            return True
        path = self._path()
        return path.stat().st_ino if path.exists() else False

    def _make(self) -> None:
        """Make the tables; where the file holds something else, or is damaged, set it aside and begin a new one."""
        if self.is_file:
            self.engine.dispose()  # its connections may hold a file that is not there any more
        try:
            _tables.create_all(self.engine)
            is_sound = not self.is_file or self._is_sound()
        except DatabaseError as error:
            if not self.is_file or not _is_broken(error):
                raise
            is_sound = False
        if not is_sound:
            self.engine.dispose()
            self._set_aside()
            _tables.create_all(self.engine)
        self._made = self._place()

    def _is_sound(self) -> bool:
        with self.engine.connect() as connection:
            return bool(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok")

    def _path(self) -> Path:
        return Path(str(self.engine.url.database))

    def _set_aside(self) -> None:
        path = self._path()
        aside = path.with_name(f"{path.name}.broken-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
        path.replace(aside)
        for tail in ("-wal", "-shm"):  # they belong to the file that was broken
            path.with_name(path.name + tail).unlink(missing_ok=True)
        _log.error("the store of answers was no database: it lies in %s now, and a new one was begun", aside.name)


def _careful(connection: Any, _record: Any) -> None:
    """Have SQLite sync at each commit. Transactions are ours to begin: the driver would begin none for a read."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _is_broken(error: DatabaseError) -> bool:
    """Tell a file that is no database from one that is busy, missing or read-only."""
    return any(word in str(error.orig) for word in ("not a database", "malformed", "file is encrypted"))


@contextmanager
def _nobody() -> Iterator[None]:
    """Wait for nobody: the database itself sees to its writers."""
    yield


def url() -> str:
    """Say where the store is: DATABASE_URL, else a file in QUAYSIDE_DATA, else one in the user's own folder for data."""
    if asked := os.environ.get("DATABASE_URL"):
        return asked.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1)
    folder = os.environ.get("QUAYSIDE_DATA")
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    where = Path(folder) if folder else Path(home) / "quayside"
    return f"sqlite:///{where / FILE}"


@cache
def opened(address: str) -> Store:
    """Open a store once a process. Raises StoreError where its folder cannot be made, or its address is none."""
    if address.startswith("sqlite:///"):
        try:
            Path(address.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError("no folder") from error
    try:
        return Store(address)
    except (SQLAlchemyError, ValueError):  # an address that is none; what it is stays out of every log
        raise StoreError("no address of a database") from None


def store() -> Store:
    """Give this process' store. Raises StoreError where there is no place for one."""
    return opened(url())
