"""A manifest of the visitor's own: its objects, what its pods ask for and what Fargate bills, who would run it, and a run of it."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import catalog
from engine.importers import kubernetes
from engine.importers.kubernetes import Budget, Manifest, Workload
from pages.parts.experiment import Experiment
from pages.parts.sources import cited_facts, listing
from pages.parts.verdicts import noted, offered, verdicts
from pages.parts.words import FIRM, Voice

MOST = 40  # workloads that are shown
FACTS = (
    "eks.fargate.overhead", "eks.fargate.pod_sum_rule", "fargate.combos", "eks.fargate.unsupported", "eks.fargate.platform",
    "eks.fargate.static_only", "eks.fargate.storage", "eks.fargate.ip_targets", "eks.fargate.no_affinity",
    "eks.automode.linux_only", "eks.automode.ebs_provisioner", "k8s.api.removed",
)  # fmt: skip


def show(experiment: Experiment, speaker: Voice, manifest: Manifest) -> None:
    """Show what was read, a verdict for each launch type, and offer to run it where the experiment can."""
    found = {kind: kubernetes.refusals(manifest, kind) for kind in kubernetes.RULES}
    with st.container(border=True, key="q-bring-0"):
        st.html(
            _objects(speaker, manifest)
            + _workloads(speaker, manifest)
            + verdicts(speaker, found, is_manifest=True)
            + noted(speaker, kubernetes.remarks(manifest))
            + _sources(speaker)
        )
        _offer(experiment, speaker, manifest, [kind for kind, reasons in found.items() if not reasons])


def _offer(experiment: Experiment, speaker: Voice, manifest: Manifest, runs: list[str]) -> None:
    """Offer the launch types that both run it and can be had here; say so where there is none."""
    here = [kind for kind in offered(experiment) if kind in runs]
    if not manifest.workloads or not runs:
        return
    if not here:
        st.markdown(speaker.say("bring.manifest.elsewhere"))
        return
    with st.container(horizontal=True):
        for kind in here:
            st.button(
                speaker.say("bring.manifest.run", launch_type=speaker.say(f"common.launch_type.{kind}.name")),
                key=f"bring.run.0.{kind}", on_click=_run, args=(experiment, manifest, kind),
            )  # fmt: skip


def _run(experiment: Experiment, manifest: Manifest, kind: str) -> None:
    """Make the manifest the experiment's scenario, under its own traffic and operations; undo brings the old one back."""
    experiment.change(lambda scenario: kubernetes.scenario_of(manifest, kind, scenario))


def _objects(speaker: Voice, manifest: Manifest) -> str:
    """Count the objects, and tell what stands around the pods, as a row of figures."""
    say = speaker.say
    counted = " · ".join(
        f"{speaker.number(count)}{FIRM}{kind}" for kind, count in list(manifest.counted.items())[:MOST]
    )
    told = {
        "fronts": [f"{front.name}: {front.type}" for front in manifest.fronts],
        "scalers": [
            say("bring.manifest.scaler", target=one.target_name, least=one.least, most=one.most or 0)
            for one in manifest.autoscalers
        ],
        "budgets": [_budget(speaker, one) for one in manifest.budgets],
    }
    body = "".join(
        f"<div><dt>{escape(say(f'bring.manifest.{name}'))}</dt><dd>{'<br>'.join(map(escape, texts[:MOST]))}</dd></div>"
        for name, texts in told.items()
        if texts
    )
    title = escape(say("bring.manifest.title", n=len(manifest.objects)))
    around = f'<dl class="q-outcome q-bring-read">{body}</dl>' if body else ""
    return f'<h3 class="q-bring">{title}</h3><p class="q-bring-counted">{escape(counted)}</p>{around}'


def _budget(speaker: Voice, one: Budget) -> str:
    if one.min_available is not None:
        return speaker.say("bring.manifest.stay", name=one.name, amount=one.min_available)
    amount = "–" if one.max_unavailable is None else one.max_unavailable
    return speaker.say("bring.manifest.go", name=one.name, amount=amount)


def _workloads(speaker: Voice, manifest: Manifest) -> str:
    """List the workloads: pods, what each asks for, and the size of Fargate that this becomes."""
    if not manifest.workloads:
        return ""
    say = speaker.say
    columns = ("workload", "pods", "asks", "fargate")
    head = "".join(f'<th scope="col">{escape(say(f"bring.manifest.column.{name}"))}</th>' for name in columns)
    body = "".join(_row(speaker, one) for one in manifest.workloads[:MOST])
    extra = speaker.number(catalog.number("eks.fargate.overhead"))
    told = [say("bring.manifest.rounded", extra=extra)]
    if kubernetes.verdict(manifest) == "refused":
        told.append(say("bring.manifest.hypothetical"))
    if len(manifest.workloads) > MOST:
        told.append(say("bring.manifest.more", n=len(manifest.workloads) - MOST))
    return (
        f'<div class="q-scroll q-bring-pods" role="region" tabindex="0" aria-label="{escape(say("bring.manifest.workloads"))}">'
        f'<table class="q-facts"><caption>{escape(say("bring.manifest.workloads"))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        f'<p class="q-bring-told">{escape(" ".join(told))}</p>'
    )


def _row(speaker: Voice, one: Workload) -> str:
    say, size = speaker.say, one.fargate_size
    if size is None:
        billed = say("bring.manifest.no_size")
    else:
        counted = kubernetes.size_of(size)
        billed = say("bring.manifest.size", vcpu=_plain(speaker, counted["vcpu"]), gb=_plain(speaker, counted["gb"]))
    cells = (
        say("bring.manifest.each_node") if one.replicas is None else speaker.number(one.replicas),
        _asked(speaker, one),
        billed,
    )
    told = "".join(f"<td>{escape(text)}</td>" for text in cells)
    return f'<tr><th scope="row">{escape(one.name or "–")} <span>{escape(one.kind)}</span></th>{told}</tr>'


def _sources(speaker: Voice) -> str:
    """Tell what sizes and reasons rest on, folded away."""
    title = escape(speaker.say("bring.manifest.sources"))
    return (
        f'<details class="q-bring-sources"><summary>{title}</summary>{listing(speaker, cited_facts(FACTS))}</details>'
    )


def _asked(speaker: Voice, one: Workload) -> str:
    """Write what the scheduler counts of a pod; nothing where it asks for nothing."""
    cpu = speaker.say("bring.manifest.cpu", cpu=speaker.number(one.needed_cpu_m)) if one.needed_cpu_m else ""
    memory = (
        speaker.say("bring.manifest.memory", memory=speaker.number(one.needed_memory_mib))
        if one.needed_memory_mib
        else ""
    )
    return ", ".join(filter(None, (cpu, memory))) or speaker.say("bring.none")


def _plain(speaker: Voice, number: float) -> str:
    """Write a size without needless zeros: 0.25, 0.5, 2.

    >>> _plain(Voice("en"), 0.25), _plain(Voice("es"), 0.5), _plain(Voice("en"), 2)
    ('0.25', '0,5', '2')
    """
    digits = next(places for places in (0, 1, 2) if places == 2 or round(number, places) == number)
    return speaker.number(number, digits)
