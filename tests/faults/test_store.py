"""Nothing lost: what was answered waits while the store is full, locked or away, and is kept as soon as it is back."""

import logging
import os
import subprocess
import sys
import traceback
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from pages.parts import progress
from pages.parts.progress import kept
from pages.parts.progress import store as stores
from pages.parts.progress.records import Answer
from pages.parts.progress.store import KEPT, Store, StoreError
from pages.parts.progress.visitors import COOKIE, known

TOKEN = "f" * 32
SECRET = "s3cret-and-no-one-elses"  # noqa: S105 - it opens nothing


@pytest.fixture
def path(tmp_path):
    return tmp_path / "kept" / "progress.sqlite3"


@pytest.fixture
def store(path, monkeypatch):
    """The store of this process, in a folder of its own, which waits for nobody long."""
    monkeypatch.setattr(stores, "PATIENCE_S", 0.2)
    path.parent.mkdir()
    found = Store(f"sqlite:///{path}")
    monkeypatch.setattr(kept, "store", lambda: found)
    yield found
    found.close()


@pytest.fixture
def visit(monkeypatch):
    """Begin a session of the same visitor."""

    def begin():
        here = SimpleNamespace(session_state={}, context=SimpleNamespace(cookies={COOKIE: TOKEN}))
        monkeypatch.setattr(kept, "st", here)

    begin()
    return begin


def say(what, answer="two"):
    progress.answered("quiz", what, answer, right=True)


def whats():
    return [one.what for one in progress.answers()]


def full(store, pages):
    """Let the file grow no further: SQLite says what it says of a full disk."""

    def limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count={pages}")

    store.engine.dispose()
    sa.event.listen(store.engine, "connect", limit)
    return lambda: (sa.event.remove(store.engine, "connect", limit), store.engine.dispose())


def test_on_a_full_disk_answers_wait_and_are_kept_once_there_is_room(store, visit, caplog):
    say("fleet.before")
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    make_room = full(store, pages)
    for n in range(60):
        say(f"fleet.q{n}", "x" * 400)

    assert progress.is_waiting()
    assert whats() == ["fleet.before", *(f"fleet.q{n}" for n in range(60))]
    assert "wait for the store" in caplog.text
    make_room()
    assert not progress.is_waiting()
    visit()
    assert whats() == ["fleet.before", *(f"fleet.q{n}" for n in range(60))]


def test_a_disk_that_is_full_in_the_middle_of_an_answer_keeps_the_old_ones_whole(store):
    visitor = known(TOKEN)
    store.add(visitor, [Answer(kind="quiz", what="fleet.old", answer="two")])
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    make_room = full(store, pages + 1)
    many = [Answer(kind="quiz", what=f"fleet.n{n}", answer="x" * 400) for n in range(200)]
    with pytest.raises(StoreError):
        store.add(visitor, many)

    assert [one.what for one in store.of(visitor)] == ["fleet.old"]  # all of them or none
    make_room()
    assert store.add(visitor, many) == 200


HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.mark.usefixtures("store")
def test_a_store_that_another_process_holds_is_waited_for_and_then_written(path, visit):
    say("fleet.before")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        say("fleet.while")
        assert progress.is_waiting()
        assert whats() == ["fleet.before", "fleet.while"]
    finally:
        holder.communicate("let go\n", timeout=20)

    assert not progress.is_waiting()
    visit()
    assert whats() == ["fleet.before", "fleet.while"]


def test_a_store_that_goes_and_comes_back_has_lost_nothing(store, path, visit):
    say("fleet.before")
    away = path.parent.with_name("away")
    store.engine.dispose()
    path.parent.rename(away)
    say("fleet.while")
    assert progress.is_waiting()
    visit_while = whats()
    away.rename(path.parent)

    assert visit_while == ["fleet.before", "fleet.while"]
    assert not progress.is_waiting()
    visit()
    assert whats() == ["fleet.before", "fleet.while"]


def test_a_session_that_begins_while_the_store_is_away_gets_its_answers_later(store, path, visit):
    say("fleet.before")
    store.engine.dispose()
    path.parent.rename(path.parent.with_name("away"))
    visit()
    say("fleet.while")
    assert whats() == ["fleet.while"]
    path.parent.with_name("away").rename(path.parent)

    assert not progress.is_waiting()
    assert whats() == ["fleet.before", "fleet.while"]


def test_a_file_that_is_spoiled_under_a_running_server_is_set_aside_with_a_message(store, path, visit, caplog):
    say("fleet.before")
    store.engine.dispose()
    for tail in ("-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
    path.write_bytes(b"\xa5" * 40_000)
    say("fleet.q1")
    say("fleet.q2")

    assert not progress.is_waiting()
    (aside,) = path.parent.glob("*.broken-*")
    assert aside.read_bytes() == b"\xa5" * 40_000  # whoever knows how may mend it
    assert f"it lies in {aside.name} now, and a new one was begun" in caplog.text
    visit()
    assert whats() == ["fleet.q1", "fleet.q2"]


# --- the clock ---------------------------------------------------------------------------------------------------------------


class Clock(datetime):
    off = timedelta(0)

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.off


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=-1), timedelta(days=1), timedelta(days=365)])
@pytest.mark.usefixtures("store")
def test_whatever_the_clock_does_the_first_answer_stays_the_first(visit, monkeypatch, jump):
    monkeypatch.setattr(kept, "datetime", Clock)
    say("fleet.q", "first")
    monkeypatch.setattr(Clock, "off", jump)
    say("fleet.q", "second")
    monkeypatch.setattr(Clock, "off", timedelta(0))
    visit()
    if jump < timedelta(days=2):
        say("fleet.q", "third")

    assert [one.answer for one in progress.answers()] == ["first", "second", "third"][
        : 3 if jump < timedelta(days=2) else 2
    ]
    assert [one.answer for one in progress.first_answers()] == ["first"]
    assert len({one.at for one in progress.answers()}) == len(progress.answers())


@pytest.mark.usefixtures("store", "visit")
def test_answers_from_years_ahead_move_no_clock():
    progress.take_in([Answer(kind="quiz", what="fleet.q", answer="far", at="9999-12-31T23:59:59.999999+00:00")])
    say("fleet.now")

    assert [one.what for one in progress.answers()] == ["fleet.now", "fleet.q"]


def test_a_clock_that_jumps_a_day_forgets_nobody(store):
    store.add(known(TOKEN), [Answer(kind="quiz", what="fleet.q", answer="two")])

    assert store.sweep(datetime.now(UTC) + timedelta(days=1)) == 0
    assert store.sweep(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert store.sweep(datetime.now(UTC) + KEPT - timedelta(days=1)) == 0
    assert len(store.of(known(TOKEN))) == 1


# --- what is told ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [
    f"postgresql://quay:{SECRET}@127.0.0.1:1/none", f"postgres://quay:{SECRET}@127.0.0.1:1/none?sslmode=bogus",
    f"postgresql://quay:{SECRET}@127.0.0.1:port/none", f"nosuch://quay:{SECRET}@host/none", f"quay:{SECRET}", f"://{SECRET}",
    f"postgresql://quay:{SECRET}@[::1/none",
])  # fmt: skip
@pytest.mark.usefixtures("visit")
def test_the_address_of_the_store_is_in_no_log_and_no_error(monkeypatch, caplog, capsys, address):
    monkeypatch.setattr(stores, "PATIENCE_S", 1.0)
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setattr(kept, "store", stores.store)
    caplog.set_level(logging.DEBUG)
    stores.opened.cache_clear()
    try:
        say("fleet.q")
        assert progress.is_waiting()
        with pytest.raises(StoreError) as told:
            stores.store().sweep()
        with pytest.raises(StoreError):
            progress.forget()
    finally:
        stores.opened.cache_clear()
    written = caplog.text + "".join(capsys.readouterr()) + "".join(traceback.format_exception(told.value))

    assert "wait for the store" in caplog.text
    assert SECRET not in written
    assert os.environ["DATABASE_URL"] not in written
