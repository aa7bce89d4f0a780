"""What a service's pods ask of other pods: to be spread evenly, to be near some, to be far from others."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator, model_validator

from engine.fields import Record, setting
from engine.placement.kube.selectors import is_label

Topology = Literal["zone", "hostname"]
Policy = Literal["Honor", "Ignore"]
MOST_RULES = 20


class Whose(Record):
    """Which pods are meant: those of a service, those with some labels, or (neither told) the service's own."""

    service: str = setting("", "Whose pods; none = the service's own, unless labels are told.", max_length=40)
    labels: dict[str, str] = setting({}, "Labels that the pods have, name: value.")

    @field_validator("labels")
    @classmethod
    def _are_labels(cls, given: dict[str, str]) -> dict[str, str]:
        return checked_labels(given)

    def __hash__(self) -> int:
        """Hash the labels too: a scenario can be a key."""
        fields = (getattr(self, name) for name in type(self).model_fields if name != "labels")
        return hash((*fields, tuple(sorted(self.labels.items()))))


class SpreadRule(Whose):
    """Keep pods even over zones or hosts (a topology spread constraint)."""

    over: Topology = setting("zone", "What they are spread over.")
    max_skew: int = setting(
        1, "How many pods more a domain may have than the emptiest one.", unit="pods", ge=1, le=1000
    )
    when: Literal["DoNotSchedule", "ScheduleAnyway"] = setting(
        "DoNotSchedule", "Where it cannot be kept: let the pod wait, or put it where it hurts least."
    )
    min_domains: int | None = setting(
        None, "With fewer domains than this, the emptiest counts as empty; none = 1.", unit="domains", ge=1, le=1000
    )
    node_affinity: Policy = setting("Honor", "Whether nodes that the pod may not go to are left out of the count.")
    node_taints: Policy = setting(
        "Ignore", "Whether nodes whose taints it does not tolerate are left out of the count."
    )

    @model_validator(mode="after")
    def _can_wait(self) -> SpreadRule:
        if self.min_domains is not None and self.when != "DoNotSchedule":
            raise ValueError("min_domains goes with DoNotSchedule only")
        return self

    def __hash__(self) -> int:
        """Hash as every choice of pods."""
        return super().__hash__()


class NearRule(Whose):
    """Pods to be near to, or far from: in the same zone, or on the same host."""

    over: Topology = setting("hostname", "How near is near.")

    def __hash__(self) -> int:
        """Hash as every choice of pods."""
        return super().__hash__()


class NearWish(NearRule):
    """The same as a wish."""

    weight: int = setting(100, "How much the wish counts.", ge=1, le=100)

    def __hash__(self) -> int:
        """Hash as every choice of pods."""
        return super().__hash__()


class Neighbours(Record):
    """What a service's pods ask of other pods."""

    labels: dict[str, str] = setting({}, "Labels of its pods beside `app`, which is the service's name.")
    spread: tuple[SpreadRule, ...] = setting(
        (), "Keep pods even over zones or hosts; none = softly over both, as the scheduler does by itself.",
        fact="k8s.topology.default", max_length=MOST_RULES,
    )  # fmt: skip
    near: tuple[NearRule, ...] = setting((), "Pods that must be there already (affinity).", max_length=MOST_RULES)
    apart: tuple[NearRule, ...] = setting((), "Pods that must not be there (anti-affinity).", max_length=MOST_RULES)
    rather_near: tuple[NearWish, ...] = setting((), "Pods that it would rather be near to.", max_length=MOST_RULES)
    rather_apart: tuple[NearWish, ...] = setting((), "Pods that it would rather be far from.", max_length=MOST_RULES)

    @field_validator("labels")
    @classmethod
    def _are_labels(cls, given: dict[str, str]) -> dict[str, str]:
        if "app" in given:
            raise ValueError("the label app is the service's name, and needs no telling")
        return checked_labels(given)

    @field_validator("spread")
    @classmethod
    def _are_apart(cls, rules: tuple[SpreadRule, ...]) -> tuple[SpreadRule, ...]:
        told = [(rule.over, rule.when) for rule in rules]
        if len(set(told)) < len(told):
            raise ValueError("one constraint for each topology and each `when`: the API server refuses a second one")
        return rules

    def __hash__(self) -> int:
        """Hash the labels too: a scenario can be a key."""
        rest = (self.spread, self.near, self.apart, self.rather_near, self.rather_apart)
        return hash((tuple(sorted(self.labels.items())), *rest))

    def named(self) -> list[tuple[str, str]]:
        """List the services that the rules name: (where, name)."""
        groups: dict[str, tuple[Whose, ...]] = {
            "spread": self.spread, "near": self.near, "apart": self.apart, "rather_near": self.rather_near,
            "rather_apart": self.rather_apart,
        }  # fmt: skip
        return [
            (f"{group}.{number}.service", rule.service)
            for group, rules in groups.items()
            for number, rule in enumerate(rules)
            if rule.service
        ]


def checked_labels(given: dict[str, str]) -> dict[str, str]:
    """Give labels back. Errors: ValueError for those that can be none."""
    wrong = [f"{key!r}: {value!r}" for key, value in given.items() if not is_label(key, value)]
    if wrong:
        raise ValueError(f"a label is at most 63 letters, digits, `-`, `_` and `.`, got {', '.join(wrong)}")
    return given
