"""One image: what a container image asks of the place that runs it. A usual web image comes first."""

from __future__ import annotations

from typing import Literal

from engine.era import Era
from engine.fields import Record, setting

Arch = Literal["x86", "arm", "both"]
From = Literal["ecr", "public", "private"]
Listens = Literal["fixed", "env", "runtime-api", "adapter"]
Stops = Literal["finishes", "exits", "ignores", "shell"]
Neighbour = Literal["none", "host-agent", "docker-socket"]


class OneImage(Record):
    """A container image, and what its process does. Sizes are unpacked, as the disk holds them."""

    era: Era = setting("today", "What the five places take today, or took in early 2020.")
    listens: Listens = setting("fixed", "How requests reach the process.")
    port: int = setting(8080, "The port that it listens on.", ge=1, le=65_535)
    host_port: bool = setting(False, "Its clients call a fixed port of the host itself.")
    image_mib: float = setting(300, "The image, unpacked.", unit="MiB", gt=0, le=1_000_000)
    arch: Arch = setting("x86", "For which CPU it was built.")
    registry: From = setting("ecr", "Where the image lies.", fact="ecr.stores")
    root: bool = setting(True, "Its process runs as root, as it does where nobody says otherwise.", fact="docker.root")
    privileged: bool = setting(False, "It needs all rights on its host.")
    writes_root: bool = setting(False, "It writes to its own file system, not only to /tmp.", fact="docker.writable")
    scratch_gib: float = setting(0, "Disk that it fills while it runs, and may lose.", unit="GiB", ge=0, le=10_000)
    keeps_data: bool = setting(False, "It keeps data that must outlive the container.")
    memory_gib: float = setting(2, "Memory that it needs.", unit="GiB", gt=0, le=10_000)
    start_s: float = setting(12, "Time until it answers its first request.", unit="s", ge=0, le=86_400)
    longest_s: float = setting(1200, "Its longest request.", unit="s", gt=0, le=86_400)
    body_mib: float = setting(1, "Its largest request or answer.", unit="MiB", gt=0, le=100_000)
    stops: Stops = setting("finishes", "What its first process does when SIGTERM comes.", fact="docker.shell_form")
    background: bool = setting(False, "It works on after the answer is sent.")
    together: bool = setting(False, "Requests at work at once share memory: a pool, a cache, a lock.")
    websocket: bool = setting(False, "Clients keep a connection open.")
    gpu: bool = setting(False, "It needs a GPU.")
    neighbour: Neighbour = setting("none", "Whom it talks to on its host.")
