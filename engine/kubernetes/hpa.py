"""The HorizontalPodAutoscaler's own settings; metric, target and bounds are the service's `scaling`."""

from __future__ import annotations

from typing import Literal

from engine import catalog
from engine.fields import Record, setting

Select = Literal["Max", "Min", "Disabled"]


class Policy(Record):
    """One limit of how fast the size may change: so many pods, or percent of the size, within a period."""

    type: Literal["Percent", "Pods"] = setting("Percent", "Percent of the size at the period's begin, or pods.")
    value: int = setting(100, "So many, in each period.", ge=1, le=100_000)
    period_s: float = setting(15, "The period.", unit="s", ge=1, le=1_800)


def _share(key: str) -> Policy:
    return Policy(
        type="Percent",
        value=int(catalog.number("k8s.hpa.policies", f"{key}_pct")),
        period_s=catalog.seconds("k8s.hpa.policies", f"{key}_period_s"),
    )


def _pods() -> Policy:
    return Policy(
        type="Pods",
        value=int(catalog.number("k8s.hpa.policies", "up_pods")),
        period_s=catalog.seconds("k8s.hpa.policies", "up_period_s"),
    )


class Rules(Record):
    """How fast the size may change in one direction. What is left out is Kubernetes' own."""

    select: Select = setting("Max", "Which policy counts: the one that allows most, or least; Disabled: no change.")
    stabilization_s: float | None = setting(
        None, "The window in which the most careful recommendation counts; none = at once upwards, downwards the "
        "controller's own window.", unit="s", ge=0, le=3_600,
    )  # fmt: skip
    policies: tuple[Policy, ...] = setting(
        (), "Limits of the pace; none = Kubernetes' own.", fact="k8s.hpa.policies", max_length=10
    )

    def up(self) -> Rules:
        """Fill in what Kubernetes assumes of a scale-up."""
        window = catalog.number("k8s.hpa.policies", "up_stab_s")
        return Rules(
            select=self.select,
            stabilization_s=window if self.stabilization_s is None else self.stabilization_s,
            policies=self.policies or (_pods(), _share("up")),
        )

    def down(self, window_s: float) -> Rules:
        """Fill in what Kubernetes assumes of a scale-down. window_s: the controller's own."""
        return Rules(
            select=self.select,
            stabilization_s=window_s if self.stabilization_s is None else self.stabilization_s,
            policies=self.policies or (_share("down"),),
        )


class Hpa(Record):
    """The HorizontalPodAutoscaler's own settings; metric, target and bounds are the service's `scaling`."""

    sync_s: float = setting(
        catalog.seconds("k8s.hpa.sync"), "How often it looks.", unit="s", fact="k8s.hpa.sync", ge=1, le=600
    )
    tolerance: float = setting(
        catalog.number("k8s.hpa.tolerance"), "No action while metric over target is so close to 1.", unit="share",
        fact="k8s.hpa.tolerance", ge=0, le=1,
    )  # fmt: skip
    readiness_delay_s: float = setting(
        catalog.seconds("k8s.hpa.cpu_init", "readiness_s"),
        "A pod that became unready within so long after its start was never ready: its CPU does not count.",
        unit="s", fact="k8s.hpa.cpu_init", ge=0, le=3_600,
    )  # fmt: skip
    cpu_init_s: float = setting(
        catalog.seconds("k8s.hpa.cpu_init", "cpu_init_s"),
        "So long after its start, a pod's CPU counts only while it is ready.",
        unit="s", fact="k8s.hpa.cpu_init", ge=0, le=3_600,
    )  # fmt: skip
    down_window_s: float = setting(
        catalog.seconds("k8s.hpa.down_stabilization"), "Scaling in, the highest recommendation of this window counts.",
        unit="s", fact="k8s.hpa.down_stabilization", ge=0, le=3_600,
    )  # fmt: skip
    metrics_every_s: float = setting(
        catalog.seconds("k8s.metrics_server.resolution"),
        "How often metrics-server asks the kubelets; a reading covers the time since the one before.",
        unit="s", fact="k8s.metrics_server.resolution", ge=10, le=300,
    )  # fmt: skip
    scale_up: Rules | None = setting(
        None, "Rules of your own for growing; none = at each look to the double, or to a few pods, whichever is more.",
        fact="k8s.hpa.policies",
    )  # fmt: skip
    scale_down: Rules | None = setting(
        None, "Rules of your own for shrinking; none = the window alone.", fact="k8s.hpa.policies"
    )
