"""The image without a container engine: what it would hold, and the same command under the same rules as a process.

The virtual environment is the tests' own: to install the packages once more takes minutes, and whether they can be is what
`make run` shows. Everything else is the Dockerfile's: the files that are let in, the command, the environment, the user's number,
the health check. The files are nobody's to write, and what may be written is what the image declares, /data and /tmp.
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import yaml
from numba.core.caching import _CacheLocator

from tests.load.protocol import Browser
from tests.the_image import ROOT, held, image, let_in

PATIENCE_S = 240  # a shared machine stalls; nobody waits so long when all is well
PORT, TMP = "8501", "/" + "tmp"


def tracked():
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [name for name in found.split("\0") if name and (ROOT / name).exists()]


# --- what it holds ---------------------------------------------------------------------------------------------------


def test_it_holds_what_the_dashboard_runs_on_and_nothing_else():
    ours = {"LICENSE", "app.py", ".streamlit", "data", "deploy", "engine", "pages"}
    files = set(held())

    assert {name.split("/")[0] for name in files} == ours
    assert {name for name in tracked() if name.split("/")[0] in ours} <= files
    assert not [name for name in files if "__pycache__" in name or name.endswith((".pyc", ".sqlite3", ".nbi"))]


@pytest.mark.parametrize(
    "name",
    [".git/config", "tests/conftest.py", "docs/measured.md", ".ci/run", ".venv/bin/python", ".env", "README.md"],
)
def test_what_is_nobodys_business_is_not_even_sent_to_the_builder(name):
    assert not let_in(name)


def test_what_the_builder_copies_is_let_in():
    for source in ("requirements.lock", *image().copies):
        assert (ROOT / source).exists()
        assert let_in(source), source


def test_no_file_of_it_holds_a_secret():
    for name in ("Dockerfile", "compose.yaml", *(one for one in held() if one.startswith("deploy/"))):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if "postgresql://" in line:
                assert "user:password@" in line or "${POSTGRES_PASSWORD" in line, (name, line)


def test_it_is_built_in_stages_from_a_pinned_base_and_runs_as_nobody():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    bases = [line.split()[1] for line in text.splitlines() if line.startswith("FROM")]
    found = image()

    assert len(bases) == 2
    assert all(":" in base and not base.endswith(":latest") for base in bases)
    assert all(int(part) > 0 for part in found.user.split(":"))
    assert "--require-hashes" in text
    assert found.signal == "SIGTERM"


# --- what it runs ----------------------------------------------------------------------------------------------------


@dataclass
class Container:
    """The image as a folder, and how a process of it is begun. /data and /tmp stand for the image's own."""

    app: Path
    data: Path
    tmp: Path
    port: int
    prefix: list[str] = field(default_factory=list)

    @property
    def environment(self):
        """The Dockerfile's, with the paths and the port put where they are here, and nothing of this shell."""
        found = {"TMPDIR": TMP} | image().env
        del found["NUMBA_CPU_NAME"]  # what is compiled already was compiled for this one
        return {name: ":".join(map(self._here, value.split(":"))) for name, value in found.items()}

    def _here(self, text):
        places = {
            "/opt/venv/bin": Path(sys.executable).parent, "/opt/compiled": self.app.parent / "compiled", "/data": self.data,
            TMP: self.tmp,
        }  # fmt: skip
        for place, here in places.items():
            if text == place or text.startswith(place + "/"):
                return str(here) + text.removeprefix(place)
        return text.replace(PORT, str(self.port))

    def command(self, words):
        """Give a command as it is run here."""
        return [*self.prefix, *(word.replace(PORT, str(self.port)) for word in words)]

    def run(self, words, **more):
        """Run a command in it to its end."""
        return subprocess.run(
            self.command(words), cwd=self.app, env=self.environment, capture_output=True, text=True, check=False, **more
        )


def as_nobody(number):
    """Give the words in front of a command that take every right from it but to read, where root runs these tests.

    To read everything stands for files that an image holds readable: a Python may lie in root's own folder here. Where somebody
    else runs them, they are nobody special already, and a file without its write bit is as closed to them.
    """
    if os.getuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root runs these tests and there is no setpriv (util-linux) to become somebody else with")
    user, group = number.split(":")
    right = "-all,+dac_read_search"
    return [
        "setpriv", "--reuid", user, "--regid", group, "--clear-groups", "--no-new-privs", f"--inh-caps={right}",
        f"--ambient-caps={right}", f"--bounding-set={right}",
    ]  # fmt: skip


def compiled_so_far(app, kept):
    """Take over what the other tests have compiled in the checkout, where numba would keep it for the copy.

    So this takes seconds and not a minute of a core. It is for this very processor, where the image's own is for any of its kind.
    """
    for source in ROOT.glob("engine/**/*.py"):
        there = kept / _CacheLocator.get_suitable_cache_subpath(str(app / source.relative_to(ROOT)))
        for file in (source.parent / "__pycache__").glob(f"{source.stem}.*.nb[ic]"):
            there.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, there)


@pytest.fixture(scope="module")
def container(tmp_path_factory):
    """Build the folder as the Dockerfile does."""
    own = tmp_path_factory.mktemp("container")
    app, data, tmp, kept = own / "app", own / "data", own / "tmp", own / "compiled"
    for name in held():  # times and all: numba tells by them what it has compiled already
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, app / name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    found = Container(app, data, tmp, port, as_nobody(image().user))
    for path in (data, tmp):
        path.mkdir()
        if found.prefix:
            os.chown(path, *map(int, image().user.split(":")))

    # The Dockerfile's own step, as its builder runs it: not yet as nobody.
    compiled_so_far(app, kept)
    step = next(run for run in image().runs if "engine.precompiled" in run)
    cache, python, *words = step.rpartition("&& ")[2].split()
    assert (cache, python) == ("NUMBA_CACHE_DIR=/opt/compiled", "/opt/venv/bin/python")
    builder = found.environment | {"NUMBA_CACHE_DIR": str(kept)}
    subprocess.run([sys.executable, *words], cwd=app, env=builder, check=True, timeout=2 * PATIENCE_S)
    assert list(kept.rglob("*.nbi"))

    for path in sorted((app, *app.rglob("*"), kept, *kept.rglob("*"))):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield found
    for path in (app, *app.rglob("*"), kept, *kept.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)  # pytest clears up behind us


@contextmanager
def running(container, **more):
    """Start the image's command, wait until its own health check passes, and end it if nobody else did."""
    log = container.tmp.parent / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            container.command(image().command),
            cwd=container.app,
            env=container.environment | more,
            stdout=out,
            stderr=out,
        )
    began = time.monotonic()
    try:
        until = began + PATIENCE_S
        while container.run(image().health).returncode:
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"it did not become healthy:\n{log.read_text(encoding='utf-8')[-3_000:]}")
            time.sleep(0.2)
        print(f"healthy {time.monotonic() - began:.1f} s after its start")
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def asked(url, **headers):
    """Ask our own server."""
    return urlopen(Request(url, headers=headers), timeout=30)  # noqa: S310 - ours


def grace_s():
    """The least time that any of our deployments leaves between SIGTERM and SIGKILL."""
    template = (ROOT / "deploy" / "ecs-fargate.yaml").read_text(encoding="utf-8")
    ecs = next(int(line.split()[1]) for line in template.splitlines() if line.strip().startswith("StopTimeout:"))
    pod = yaml.safe_load((ROOT / "deploy" / "kubernetes" / "deployment.yaml").read_text(encoding="utf-8"))["spec"][
        "template"
    ]["spec"]
    sleeps = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["quayside"][
        "stop_grace_period"
    ]
    return min(ecs, pod["terminationGracePeriodSeconds"] - sleeps, int(compose.removesuffix("s")))


def test_nothing_of_it_can_be_written_but_what_is_declared(container):
    tried = "import pathlib, sys; [pathlib.Path(one, 'x').write_text('x') for one in sys.argv[1:]]"

    assert set(image().volumes) == {"/data", TMP}
    assert container.run(["python", "-c", tried, str(container.data), str(container.tmp)]).returncode == 0
    for place in (container.app, container.app / "pages" / "static", container.app / "data"):
        assert "PermissionError" in container.run(["python", "-c", tried, str(place)]).stderr
    if container.prefix:
        assert (
            container.run(["python", "-c", "import os; print(os.getuid())"]).stdout == image().user.split(":")[0] + "\n"
        )


def test_it_holds_every_module_and_every_text_that_it_asks_for(container):
    look = """
import importlib, pathlib
for top in ("engine", "pages/parts", "pages/figures"):
    for path in sorted(pathlib.Path(top).rglob("*.py")):
        if path.name != "__main__.py":
            importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
from engine import catalog
from pages.parts.lab.gallery import entries
from pages.parts.stage.deck import deck
print(len(catalog.facts()) > 100, len([one.scenario for one in entries().values()]) > 100, len(deck().beats) > 50)
"""
    found = container.run(["python", "-W", "ignore", "-c", look])

    assert found.stdout.split() == ["True"] * 3, found.stderr[-2_000:]


def test_it_starts_answers_whoever_knows_it_and_ends_in_time(container):
    proxied = {"QUAYSIDE_HOSTS": "quayside.example.org", "FORWARDED_ALLOW_IPS": "10.0.0.0/8,127.0.0.0/8"}
    with running(container, **proxied) as process:
        here = f"http://127.0.0.1:{container.port}"
        # A load balancer and a kubelet ask by an address.
        for host in ("10.0.3.17:8501", "172.31.7.9", "[fd00::7]:8501", "quayside.example.org"):
            with asked(f"{here}/ready", Host=host) as answer:
                assert answer.read() == b'{"ready":true}'
        with urlopen(
            Request(here, headers={"Host": "quayside.example.org", "Accept": "text/html"}), timeout=30
        ) as page:
            first = page.read().decode()
            assert "<title>" in first
            assert "quayside=" in page.headers["set-cookie"]
            assert "Secure" not in page.headers["set-cookie"]
        with asked(
            here, Accept="text/html", **{"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        ) as page:
            assert (
                "Secure" in page.headers["set-cookie"]
            )  # from a proxy that is trusted, as a load balancer in front is
        with asked(f"{here}/_stcore/health") as answer:
            assert answer.status == 200

        took_s = asyncio.run(_visited_and_ended(container, process))

        print(f"ended {took_s:.1f} s after SIGTERM, of {grace_s()} s")
        assert took_s < grace_s()
        assert process.returncode in {0, -signal.SIGTERM}
    assert (container.data / "progress.sqlite3").exists()


async def _visited_and_ended(container, process):
    """Open two pages by their sockets; with one of them open, ask the server to stop, as an orchestrator does."""
    browser = Browser(container.port)
    await browser.open("start", lang="en")
    await browser.open("az_failure", lang="es", guess="skip")
    assert browser.widgets
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(process.wait, PATIENCE_S)
    took_s = time.monotonic() - began
    with suppress(Exception):
        await browser.close()
    return took_s
