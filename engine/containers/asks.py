"""What the reader may turn: how an image is built and pulled, and how a container is stopped."""

from __future__ import annotations

from typing import Literal

from engine import catalog
from engine.era import Era
from engine.fields import Record, setting

Order = Literal["code-first", "packages-first"]
Part = Literal["base", "packages", "code"]
Lands = Literal["warm-host", "new-host", "fargate"]
Behaviour = Literal["agent-default", "always", "once", "prefer-cached"]
Way = Literal["endpoints", "nat", "no-s3"]
StopsIn = Literal["ecs", "ecs-spot", "kubernetes"]
OnTerm = Literal["finishes", "exits", "ignores"]


class ImageAsk(Record):
    """An image of four layers, a new version of it, and a task that wants it. Sizes are compressed, as a registry keeps them."""

    era: Era = setting("today", "Prices and limits of today, or of the talk, in early 2020.")
    order: Order = setting("code-first", "What the Dockerfile copies first.")
    changed: Part = setting("code", "What the new version changes.")
    base_mib: float = setting(30, "The system at the bottom.", unit="MiB", assumed=True, ge=1, le=4_000)
    runtime_mib: float = setting(90, "The language's runtime.", unit="MiB", assumed=True, ge=1, le=4_000)
    packages_mib: float = setting(180, "The packages that your code imports.", unit="MiB", assumed=True, ge=1, le=8_000)
    code_mib: float = setting(4, "Your own code.", unit="MiB", assumed=True, ge=0.1, le=4_000)
    lands: Lands = setting("warm-host", "Where the task lands; a warm host has run the version before.")
    behaviour: Behaviour = setting(
        "agent-default", "When the agent of a host asks the registry.", fact="ecs.agent.image_pull_behavior"
    )
    same_tag: bool = setting(False, "The new version goes by the old one's tag, such as latest.")
    way: Way = setting("endpoints", "How a private subnet reaches the registry.", fact="ecr.stores")
    lazy: bool = setting(False, "Load lazily on Fargate: start before all is there.", fact="fargate.soci.threshold")
    needed_share: float = setting(
        0.2,
        "Share of the image that a lazy start needs.",
        unit="share",
        assumed=True,
        fact="soci.motivation",
        gt=0,
        le=1,
    )
    link_mib_per_s: float = setting(
        50, "What the link to the registry carries.", unit="MiB/s", assumed=True, gt=0, le=10_000
    )
    unpack_mib_per_s: float = setting(
        30, "How fast layers are unpacked, counted compressed.", unit="MiB/s", assumed=True, gt=0, le=10_000
    )
    tasks: int = setting(20, "Tasks that each new version starts.", unit="tasks", ge=1, le=10_000)
    versions: int = setting(100, "Versions a month.", unit="versions", ge=1, le=10_000)
    kept: int = setting(50, "Versions that the registry keeps.", unit="versions", ge=1, le=10_000)


class StopAsk(Record):
    """One container of several is stopped while requests come."""

    place: StopsIn = setting("kubernetes", "Who stops it, and in which order.")
    on_term: OnTerm = setting("finishes", "What the process does when SIGTERM comes; a shell in front of it counts as ignoring.",
                              fact="docker.shell_form")  # fmt: skip
    rps: float = setting(20, "Requests a second to this container.", unit="req/s", ge=0, le=200)
    usual_ms: float = setting(200, "How long a usual request takes, on average.", unit="ms", gt=0, le=60_000)
    long_share: float = setting(0, "Share of requests that take long: uploads, exports.", unit="share", ge=0, le=1)
    long_s: float = setting(40, "How long those take, on average.", unit="s", gt=0, le=600)
    deregistration_delay_s: float = setting(
        catalog.seconds("elb.dereg_delay"), "A leaving target may finish for so long.", unit="s", fact="elb.dereg_delay",
        ge=0, le=3_600,
    )  # fmt: skip
    stop_timeout_s: float = setting(
        catalog.seconds("ecs.agent.stop_timeout_default"), "ECS kills a container that outlives SIGTERM by this.", unit="s",
        fact="ecs.agent.stop_timeout_default", ge=2, le=3_600,
    )  # fmt: skip
    grace_s: float = setting(
        catalog.seconds("k8s.pod.grace_default"), "Kubernetes kills a pod that is still there after this.", unit="s",
        fact="k8s.pod.grace_default", ge=0, le=3_600,
    )  # fmt: skip
    pre_stop_s: float = setting(0, "A sleep in the pod's preStop hook; it comes out of the grace.", unit="s",
                                fact="k8s.pod.stop_parallel", ge=0, le=3_600)  # fmt: skip
    routed_s: float = setting(5, "New requests still come for so long: the news has to reach the load balancer.", unit="s",
                              assumed=True, ge=0, le=120)  # fmt: skip
    exit_s: float = setting(
        0.5, "A process needs so long to end once its work is done.", unit="s", assumed=True, ge=0, le=60
    )
    seed: int = setting(7, "The requests' own chance: same seed, same requests.", ge=0, le=2**31)
