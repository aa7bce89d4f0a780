"""The roll-out lab's panel: when the circuit breaker opens, the same version every way, and how small a canary of pods can be."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import Run, Scenario, ScenarioError, catalog, deployed, metrics
from engine.changes import changed
from engine.errors import Problem
from engine.launch import launch_type
from engine.scaling.deploying import pods_for, threshold
from pages.parts import chapter, show
from pages.parts.ask import choice_of
from pages.parts.experiment import Experiment
from pages.parts.lesson import name_of
from pages.parts.predict import guess_of
from pages.parts.words import Voice

NAME = "delivery_rollout"
WAYS = {
    "rolling": "rolling", "all_at_once": "all-at-once", "blue_green": "blue-green", "linear": "linear", "canary": "canary",
}  # fmt: skip
TOLD = ("met_new", "rollout_ended", "went_back", "extra_hours")
CANARIES = (1, 2, 3, 5, 10, 20)  # pods
STRATEGY, ALARM = "services.web.deployment.strategy", "services.web.deployment.alarm"


def rollout_panel(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Show what the breaker counts, then hold every way beside each other; it gives the answer away, so it waits for the guess."""
    if guess_of(experiment, speaker, run) is None:
        return
    st.header(speaker.say(f"{NAME}.ways.title"))
    _ways(experiment, speaker)
    left, right = st.columns(2, gap="large")
    with left:
        st.html(_breaker(run, speaker))
    with right:
        st.html(_pods(run.scenario, speaker))


# --- the circuit breaker ---------------------------------------------------------------------------------------------


def _breaker(run: Run, speaker: Voice) -> str:
    """Write the threshold's sum with the numbers of this service, and how far this run came."""
    say, service = speaker.say, run.scenario.services[0]
    rule = service.deployment
    lines, is_kubernetes = [say(f"{NAME}.breaker.what")], launch_type(run.scenario.launch_type).is_kubernetes
    if is_kubernetes:
        lines = [say(f"{NAME}.breaker.kubernetes")]
    elif rule.shifts_traffic:
        lines.append(say(f"{NAME}.breaker.shifting"))
    elif not rule.breaker:
        lines.append(say(f"{NAME}.breaker.off"))
    else:
        limit = threshold(rule.breaker_type, rule.breaker_value, service.desired)
        lines.append(say(f"{NAME}.breaker.counted", n=deployed.failed_tasks(run), of=limit))
    rest = "".join(f"<p>{escape(line)}</p>" for line in lines)
    title = escape(say(f"{NAME}.breaker.title"))
    formula = "" if is_kubernetes else f'<p class="formula">{escape(formula_of(run.scenario, speaker))}</p>'
    return f'<section class="q-sum"><h3 class="q-small-head">{title}</h3>{formula}{rest}</section>'


def formula_of(scenario: Scenario, speaker: Voice) -> str:
    """Write the threshold as a sum."""
    service = scenario.services[0]
    rule = service.deployment
    key = {"BOUNDED_PERCENT": "bounded", "UNBOUNDED_PERCENT": "unbounded", "COUNT": "count"}[rule.breaker_type]
    low, high = (int(catalog.number("ecs.circuit_breaker.formula", name)) for name in ("min", "max"))
    n = threshold(rule.breaker_type, rule.breaker_value, service.desired)
    return speaker.say(
        f"{NAME}.breaker.{key}", value=rule.breaker_value, desired=service.desired, low=low, high=high, n=n
    )


# --- every way ---------------------------------------------------------------------------------------------------------


def _ways(experiment: Experiment, speaker: Voice) -> None:
    """Run the first deployment alone, by every strategy, with an alarm and without."""
    say, scenario = speaker.say, experiment.scenario
    rule = scenario.services[0].deployment
    watched = (False,) if launch_type(scenario.launch_type).is_kubernetes else (False, True)
    st.markdown(
        say(f"{NAME}.ways.alone") if watched == (False,)
        else say(
            f"{NAME}.ways.lede", points=rule.alarm_points, period=speaker.seconds(rule.alarm_period_s),
            limit=speaker.percent(rule.alarm_percent / 100, 0), delay=speaker.seconds(rule.alarm_delay_s),
            whose=_small(choice_of(speaker, rule.alarm_on)),
        )
    )  # fmt: skip
    runs: dict[tuple[str, bool], Run] = {}
    problems: list[Problem] = []
    for way, strategy in WAYS.items():
        for has_alarm in watched:
            try:
                made = changed(only_deploy(scenario), {STRATEGY: strategy, ALARM: has_alarm})
            except ScenarioError as error:
                problems += [problem for problem in error.problems if problem not in problems]
                continue
            runs[way, has_alarm] = show.run_of(made)
    chapter.mend(speaker, problems, title="common.error.variant")
    if runs:
        st.html(_table(runs, experiment, speaker))


def only_deploy(scenario: Scenario) -> Scenario:
    """Keep the first deployment alone, by the service's own settings: nothing else happens."""
    first = next((o for o in scenario.operations if o.do == "deploy"), None)
    kept = [] if first is None else [first.model_dump(mode="json") | {"deployment": None}]
    return scenario.with_("operations", kept)


def _table(runs: dict[tuple[str, bool], Run], experiment: Experiment, speaker: Voice) -> str:
    """Write a row for each run: a bar of what failed, and how it ended."""
    say = speaker.say
    failed = {key: metrics.totals(run).failed for key, run in runs.items()}
    most, fewest = max(failed.values()), min(failed.values())
    is_alone = list(failed.values()).count(fewest) == 1  # what most ways share is no distinction
    body = ""
    for (way, has_alarm), run in runs.items():
        n = failed[way, has_alarm]
        best = f' <span class="q-best">{escape(say(f"{NAME}.ways.best"))}</span>' if n == fewest and is_alone else ""
        alarm = say(f"{NAME}.ways.{'alarm' if has_alarm else 'no_alarm'}") if len(runs) > len(WAYS) else ""
        cells = "".join(f"<td>{escape(show.OUTCOMES[row].write(run, speaker))}</td>" for row in TOLD)
        body += (
            f'<tr class="{"watched" if has_alarm else "plain"}"><th scope="row">{escape(say(f"{NAME}.variant.{way}"))}'
            f"{f' <em>{escape(alarm)}</em>' if alarm else ''}</th>"
            f'<td class="bar"><i{" hidden" if not n else ""} style="--much:{100 * n / max(most, 1):.1f}%" aria-hidden="true"></i>'
            f"<b>{escape(speaker.number(n))}</b>{best}</td>{cells}</tr>"
        )
    heads = "".join(
        f'<th scope="col">{escape(text)}</th>'
        for text in (
            say(f"{NAME}.ways.way"), *(say(f"common.outcome.{row}") for row in ("failed", *TOLD)),
        )
    )  # fmt: skip
    caption = escape(
        say(f"{NAME}.ways.caption", kind=_kind(experiment, speaker), where=say(f"common.launch_type.{experiment.scenario.launch_type}.name"))
    )  # fmt: skip
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{caption}"><table class="q-facts q-every"><caption>{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _kind(experiment: Experiment, speaker: Voice) -> str:
    """Name what is wrong with version 2."""
    control = next(one for one in experiment.lesson.controls if one.url == "version")
    name = name_of(control, experiment.scenario)
    return _small(speaker.say(f"{NAME}.choice.version.{name}") if name else speaker.say("furniture.own"))


def _small(text: str) -> str:
    """Begin small, as inside a sentence."""
    return text[:1].lower() + text[1:]


# --- a canary of pods ----------------------------------------------------------------------------------------------------


def _pods(scenario: Scenario, speaker: Voice) -> str:
    """Write what a share comes to in pods: a dot for each, those of the new version hatched."""
    say, rule = speaker.say, scenario.services[0].deployment
    wanted = rule.canary_percent / 100
    digits = 0 if rule.canary_percent == int(rule.canary_percent) else 1
    percent = speaker.number(rule.canary_percent, digits)
    body = ""
    for n in CANARIES:
        new = pods_for(wanted, n)
        dots = "".join(f'<i class="{"new" if place < new else "old"}"></i>' for place in range(n))
        body += (
            f'<tr><th scope="row">{speaker.number(n)}</th><td><span class="q-pods" aria-hidden="true">{dots}</span>'
            f'<span class="q-hidden">{speaker.number(new)}</span></td><td>{escape(speaker.percent(new / n, 0))}</td></tr>'
        )
    heads = "".join(
        f'<th scope="col">{escape(say(f"{NAME}.pods.{head}"))}</th>' for head in ("pods", "canary", "share")
    )
    desired = max(1, scenario.services[0].desired)  # a service of none has no canary; the smallest one says as much
    says = say(
        f"{NAME}.pods.says",
        n=desired,
        share=speaker.percent(pods_for(wanted, desired) / desired, 0),
        percent=percent,
    )
    return (
        f'<section class="q-sum"><h3 class="q-small-head">{escape(say(f"{NAME}.pods.title"))}</h3>'
        f"<p>{escape(say(f'{NAME}.pods.lede', percent=percent))}</p>"
        f'<table class="q-facts q-canaries"><caption class="q-hidden">{escape(say(f"{NAME}.pods.caption"))}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table><p>{escape(says)}</p></section>"
    )
