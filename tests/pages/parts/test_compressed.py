"""Streamlit's own files: compressed once, kept, and the same as what was asked for."""

import asyncio

import brotli
import pytest

from pages.parts.compressed import MOST_FILES, Compressed

SCRIPT = b"let quay = 'side';\n" * 200


class Files:
    """An application that counts how often it is asked."""

    def __init__(self, status=200, kind=b"text/javascript"):
        self.status, self.kind, self.asked = status, kind, []

    async def __call__(self, scope, _receive, send):
        self.asked.append(dict(scope["headers"]))
        headers = [(b"content-type", self.kind), (b"content-length", str(len(SCRIPT)).encode()), (b"etag", b'"1"')]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": SCRIPT[:100], "more_body": True})
        await send({"type": "http.response.body", "body": SCRIPT[100:]})


def get(app, path="/static/js/index.js", **headers):
    sent = []

    async def send(message):
        sent.append(message)

    asked = {"accept-encoding": "gzip, br", **headers}
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [(k.encode(), v.encode()) for k, v in asked.items()],
    }
    asyncio.run(app(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(one.get("body", b"") for one in sent[1:])


def test_a_file_is_compressed_once_and_comes_back_the_same():
    files = Files()
    app = Compressed(files)
    first, second = get(app), get(app)

    assert first == second
    assert first[1][b"content-encoding"] == b"br"
    assert int(first[1][b"content-length"]) == len(first[2]) < len(SCRIPT) / 10
    assert brotli.decompress(first[2]) == SCRIPT
    assert len(files.asked) == 1
    assert b"accept-encoding" not in files.asked[0]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/az_failure", {}),
        ("/static/js/index.js", {"accept-encoding": "gzip"}),
        ("/static/js/index.js", {"range": "bytes=0-9"}),
        ("/static/js/index.js", {"if-none-match": '"1"'}),
    ],
)
def test_everything_else_is_left_to_the_application(path, headers):
    status, sent, body = get(Compressed(Files()), path, **headers)

    assert (status, body) == (200, SCRIPT)
    assert b"content-encoding" not in sent


@pytest.mark.parametrize("files", [Files(status=404), Files(kind=b"font/woff2")])
def test_what_is_not_there_or_is_small_already_is_passed_on(files):
    status, sent, body = get(Compressed(files))

    assert (status, body) == (files.status, SCRIPT)
    assert b"content-encoding" not in sent


def test_no_more_is_kept_than_there_is_room_for():
    app = Compressed(Files())
    for n in range(MOST_FILES + 5):
        get(app, f"/static/js/{n}.js")

    assert len(app._kept) == MOST_FILES
