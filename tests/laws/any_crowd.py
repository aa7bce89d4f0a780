"""Any small cluster whose pods care who is where, and any stream of such pods for it."""

from hypothesis import strategies as st

from engine.placement.kube.objects import (
    Affinity,
    Container,
    Node,
    NodeAffinity,
    NodeTerm,
    Pod,
    PodAffinity,
    PodTerm,
    Requirement,
    Selector,
    Spread,
    Taint,
    Toleration,
    WeightedNodeTerm,
    WeightedPodTerm,
)  # fmt: skip
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.spread_rules import HOSTNAME, ZONE

KEYS = (HOSTNAME, ZONE, "rack")
APPS = ("a", "b", "c")

selectors = st.one_of(
    st.sampled_from(APPS).map(lambda app: Selector({"app": app})),
    st.sampled_from([
        Selector(), None, Selector(exprs=(Requirement("app", "In", ("a", "b")),)),
        Selector(exprs=(Requirement("app", "NotIn", ("a",)),)), Selector(exprs=(Requirement("new", "Exists"),)),
        Selector({"app": "c"}, (Requirement("new", "DoesNotExist"),)),
    ]),
)  # fmt: skip
terms = st.builds(PodTerm, st.sampled_from(KEYS), selectors, st.sampled_from([(), (), ("d",), ("e", "d")]))
weighted = st.builds(WeightedPodTerm, st.integers(1, 100), terms)
sides = st.builds(PodAffinity, st.lists(terms, max_size=2).map(tuple), st.lists(weighted, max_size=2).map(tuple))
spreads = st.builds(
    Spread,
    max_skew=st.integers(1, 3),
    topology_key=st.sampled_from(KEYS),
    when=st.sampled_from(["DoNotSchedule", "ScheduleAnyway"]),
    selector=selectors,
    min_domains=st.sampled_from([None, None, 1, 3]),
    affinity_policy=st.sampled_from(["Honor", "Ignore"]),
    taints_policy=st.sampled_from(["Honor", "Ignore"]),
    match_label_keys=st.sampled_from([(), (), ("new",)]),
)
ON_SSD = NodeTerm((Requirement("disk", "In", ("ssd",)),))
node_wishes = st.sampled_from([
    NodeAffinity(), NodeAffinity(), NodeAffinity((ON_SSD,)), NodeAffinity(None, (WeightedNodeTerm(5, ON_SSD),)),
])  # fmt: skip


def pods(nodes=("",)):
    """Any pod, on one of some nodes."""
    return st.builds(
        Pod,
        namespace=st.sampled_from(["d", "d", "e"]),
        labels=st.builds(
            lambda app, new: {"app": app} | new, st.sampled_from(APPS), st.sampled_from([{}, {"new": "1"}])
        ),
        node=st.sampled_from(nodes),
        containers=st.builds(
            lambda cpu, mib: (Container({"cpu_m": cpu * 100, "memory": mib << 20}),),
            st.integers(0, 9),
            st.integers(1, 900),
        ),
        tolerations=st.sampled_from([(), (), (Toleration("", "Exists"),)]),
        affinity=st.builds(Affinity, node_wishes, sides, sides),
        spread=st.lists(spreads, max_size=3).map(tuple),
        terminating=st.just(False),
        owner=st.sampled_from([None, Selector({"app": "a"}), Selector({"app": "b"})]),
    )


@st.composite
def clusters(draw):
    """A few nodes of any labels, taints and sizes, with pods on them, some on their way out."""
    n = draw(st.integers(1, 7))
    found = []
    for i in range(n):
        labels = {HOSTNAME: f"n{i}"} if draw(st.integers(0, 5)) else {}
        for key, values in ((ZONE, ["a", "b", "c", None]), ("rack", ["r", None, ""]), ("disk", ["ssd", "hdd"])):
            if (value := draw(st.sampled_from(values))) is not None:
                labels[key] = value
        taints = draw(st.sampled_from([(), (), (Taint("t", "", "NoSchedule"),), (Taint("t", "", "PreferNoSchedule"),)]))
        size = {
            "cpu_m": draw(st.integers(0, 40)) * 100,
            "memory": draw(st.integers(1, 8)) << 30,
            "pods": draw(st.integers(1, 9)),
        }
        found.append(Node(f"n{i}", labels, taints, draw(st.integers(0, 9)) == 0, size))
    running = draw(st.lists(pods(tuple(node.name for node in found)), max_size=5))
    leaving = draw(st.lists(st.booleans(), min_size=5, max_size=5))
    there = [
        Pod(**{f: getattr(pod, f) for f in Pod.__slots__} | {"terminating": gone})
        for pod, gone in zip(running, leaving, strict=False)
    ]
    return Snapshot.of(found, there)


shapes = st.lists(pods(), min_size=1, max_size=3)
