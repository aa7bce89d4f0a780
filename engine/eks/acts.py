"""The rows of S30 acted out: work, charge, AMI and pods a host. Host lifecycle has a module of its own."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from engine import catalog
from engine.eks import rules
from engine.eks.asks import ChargeAsk, NodeAsk
from engine.eks.packing import NodePacking, blast, pack
from engine.eks.records import Column, Enactment, RowName, Step, Verdict, Word
from engine.eks.rounding import GIB, MILLI, usd_per_month
from engine.eks.updating import node_ready_s
from engine.era import Era, day
from engine.errors import Problem, ScenarioError
from engine.fargate.pace import DAY_S, start_s
from engine.placement import eks_fargate_size
from engine.pricing import fargate_usd_per_hour
from engine.sentence import Amount

MONTH_S = 30 * DAY_S
_IMAGE_MIB = 250.0
_NODE_ENDS_S = 600.0


def work(column: Column, era: Era, ask: ChargeAsk) -> Enactment:
    """Ask for pods; see what else has to be asked for."""
    verdict: Verdict = "yes" if column == "eks-fargate" else "partly" if column == "eks-auto" else "no"
    return _made("work", column, era, verdict, _work(column, ask), Step(0.0, f"reason.work.{_kind(column)}"))


def _work(column: Column, ask: ChargeAsk) -> Iterator[Step]:
    yield Step(0.0, "step.work.asked", {"n": ask.pods})
    if column == "eks-fargate":
        yield Step(0.0, "step.work.own_machine")
        yield Step(start_s("ecs-fargate", _IMAGE_MIB), "step.work.run_alone", {}, "ok")
        return
    found = _packed(ask)
    yield Step(0.0, "step.work.no_room", {"n": ceil(ask.pods / found.pods), "host": found.kind.name})
    is_auto = column == "eks-auto"
    yield Step(0.0, "step.work.aws_orders" if is_auto else "step.work.you_order", {}, "ok" if is_auto else "lost")
    ready_s = node_ready_s(karpenter=is_auto)
    yield Step(ready_s, "step.work.nodes_ready", {"time": Amount(ready_s, "s")})
    yield Step(ready_s, "step.work.run_shared", {}, "ok")
    if is_auto:
        yield Step(ready_s, "step.work.look")


def charge(column: Column, era: Era, ask: ChargeAsk) -> Enactment:
    """Run the pods for a month and read the bill, down to the line that the slide leaves out."""
    steps = tuple(_charge(column, ask))
    total = sum(one.value for step in steps if isinstance(one := step.values.get("usd"), Amount))
    reason = Step(0.0, f"reason.charge.{_kind(column)}", {"total": Amount(total, "usd")})
    return _made("charge", column, era, "yes" if column == "eks-fargate" else "no", steps, reason)


def _charge(column: Column, ask: ChargeAsk) -> Iterator[Step]:
    """Write the bill; every `usd` among the values is a line of it."""
    cpu, memory = Amount(ask.cpu_m / MILLI, "vcpu"), Amount(ask.memory_mib / GIB, "gib")
    yield Step(0.0, "step.charge.asked", {"n": ask.pods, "cpu": cpu, "memory": memory})
    if column == "eks-fargate":
        yield from _fargate_bill(ask)
    else:
        yield from _node_bill(column, ask)
    cluster = usd_per_month(catalog.number("eks.price.standard"))
    yield Step(MONTH_S, "step.charge.cluster", {"usd": Amount(cluster, "usd")})


def _fargate_bill(ask: ChargeAsk) -> Iterator[Step]:
    size = eks_fargate_size(ask.cpu_m / MILLI, ask.memory_mib)
    if size is None:
        yield Step(0.0, "step.charge.no_size", {}, "lost")
        return
    yield Step(0.0, "step.charge.on_top", {"extra": Amount(catalog.number("eks.fargate.overhead"), "mib")})
    units = catalog.number("ecs.placement.cpu_unit")
    billed = {"cpu": Amount(size.cpu_units / units, "vcpu"), "memory": Amount(size.memory_mib / GIB, "gib")}
    yield Step(0.0, "step.charge.rounded", {**billed})
    usd = usd_per_month(ask.pods * fargate_usd_per_hour(size.cpu_units, size.memory_mib))
    yield Step(MONTH_S, "step.charge.pods", {"n": ask.pods, "usd": Amount(usd, "usd")})


def _node_bill(column: Column, ask: ChargeAsk) -> Iterator[Step]:
    found = _packed(ask)
    nodes = ceil(ask.pods / found.pods)
    yield Step(0.0, "step.charge.nodes", {"n": nodes, "host": found.kind.name, "each": found.pods})
    usd = usd_per_month(nodes * found.kind.usd_per_hour)
    yield Step(MONTH_S, "step.charge.whole", {"n": nodes, "usd": Amount(usd, "usd")})
    empty = 1 - ask.pods / (nodes * found.pods)
    if empty > 0:
        yield Step(MONTH_S, "step.charge.empty", {"share": Amount(empty, "share")})
    if column == "eks-auto":
        share = catalog.number("eks.automode.fee") / 100
        values = {"share": Amount(share, "share"), "usd": Amount(usd * share, "usd")}
        yield Step(MONTH_S, "step.charge.fee", {**values})


def ami(column: Column, era: Era) -> Enactment:
    """Want an agent of your own in the nodes' image."""
    words = rules.answers("ami", column, day(era))
    steps = [Step(0.0, "step.ami.wanted")]
    if "no_host" in words:
        steps += [Step(0.0, "step.ami.no_image", {}, "lost"), Step(0.0, "step.ami.sidecar")]
    elif "locked" in words:
        steps += [Step(0.0, "step.ami.locked", {}, "lost"), Step(0.0, "step.ami.daemon_set")]
    elif "byo" not in words:
        steps += [Step(0.0, "step.ami.refused", {}, "lost"), Step(0.0, "step.ami.daemon_set")]
    else:
        key = "template" if "vetted" in words else "any"
        steps += [Step(0.0, f"step.ami.{key}", {}, "ok"), Step(0.0, "step.ami.build")]
    may = "byo" in words
    reason = Step(0.0, f"reason.ami.{'byo' if may else next(iter(sorted(words)))}")
    return _made("ami", column, era, "yes" if may else "no", steps, reason)


def pods(column: Column, era: Era, ask: NodeAsk) -> Enactment:
    """Fill a node, and lose it."""
    if column == "eks-fargate":
        steps = [
            Step(0.0, "step.pods.asked", {"n": ask.pods}),
            Step(0.0, "step.pods.one_each", {"n": ask.pods}, "ok"),
            Step(_NODE_ENDS_S, "step.pods.machine_ends", {}, "lost"),
        ]
        return _made("pods", column, era, "no", steps, Step(0.0, "reason.pods.alone"))
    found = on_node(column, era, ask)
    lost = blast(found, ask.pods)
    reason = Step(
        0.0, "reason.pods.many", {"n": found.pods, "host": found.kind.name, "lost": Amount(lost.share, "share")}
    )
    return _made("pods", column, era, "yes", _pods(era, ask, found), reason)


def on_node(column: Column, era: Era, ask: NodeAsk) -> NodePacking:
    """Fill a node as the era and the column allow. Source: note `table.eks_auto_pods`."""
    asked = ask.model_copy(update={"prefixes": ask.prefixes and rules.has_prefixes(day(era))})
    found = pack(asked)
    most = int(rules.note("table.eks_auto_pods"))
    return found if column != "eks-auto" or found.cap <= most else pack(asked, most=most)


def _pods(era: Era, ask: NodeAsk, found: NodePacking) -> Iterator[Step]:
    """Tell what caps the pods, one measure after the other."""
    kind, room = found.kind, found.room
    yield Step(0.0, "step.pods.asked", {"n": ask.pods})
    if ask.prefixes and not rules.has_prefixes(day(era)):
        yield Step(0.0, "step.pods.no_prefixes", {}, "lost")
    key = "prefixes" if found.cap != kind.max_pods else "addresses"
    slots = {"enis": kind.enis, "addresses": kind.ipv4_per_eni, "n": found.cap}
    yield Step(0.0, f"step.pods.{key}", {"host": kind.name, **slots})
    cpu, memory = Amount(room.cpu_m / MILLI, "vcpu"), Amount(room.memory_mib / GIB, "gib")
    of_cpu, of_memory = Amount(kind.vcpu, "vcpu"), Amount(kind.memory_mib / GIB, "gib")
    yield Step(0.0, "step.pods.room", {"cpu": cpu, "memory": memory, "of_cpu": of_cpu, "of_memory": of_memory})
    if ask.daemons:
        yield Step(0.0, "step.pods.daemons", {"n": ask.daemons})
    yield Step(0.0, "step.pods.fits", {"n": found.pods, "why": Word(f"bound.{found.bound_by}")}, "ok")
    lost = blast(found, ask.pods)
    if lost.lost:
        yield Step(_NODE_ENDS_S, "step.pods.node_ends", {"n": lost.lost, "of": ask.pods}, "lost")


def _packed(ask: ChargeAsk) -> NodePacking:
    """Fill a node with the workload's pods; one that holds none is the reader's to mend."""
    found = pack(NodeAsk(cpu_m=ask.cpu_m, memory_mib=ask.memory_mib, instance_type=ask.instance_type))
    if not found.pods:
        came = f"{ask.cpu_m} mCPU and {ask.memory_mib} MiB a pod"
        allowed = f"what {ask.instance_type} holds"
        raise ScenarioError([Problem("asks.charge.instance_type", came, allowed, "no node holds a single pod")])
    return found


def _kind(column: Column) -> str:
    return {"eks-fargate": "fargate", "eks-auto": "auto"}.get(column, "nodes")


def _made(
    row: RowName,
    column: Column,
    era: Era,
    verdict: Verdict,
    steps: Iterator[Step] | list[Step] | tuple[Step, ...],
    reason: Step,
) -> Enactment:
    facts, notes = rules.rests_on(row)
    return Enactment(row, column, era, verdict, tuple(steps), reason, facts, notes)
